"""What a kill leaves, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_twenty_kills_at_random_moments_lose_nothing_acknowledged(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.rag.library.killing", str(tmp_path), "20", "7"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    kills, versions, papers = (int(word) for word in done.stdout.split() if word.isdecimal())
    assert kills == 20
    assert versions > 1
    assert papers > 0
