"""Ingestion killed at random moments: the next start repairs itself, and nothing acknowledged is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


KILLS = 6  # twenty in .ci/run


@pytest.mark.slow
def test_after_kills_library_indexes_and_search_agree(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.killing", str(tmp_path), str(KILLS), "11"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    kills, versions, papers = (int(word) for word in done.stdout.split() if word.isdecimal())
    assert kills == KILLS
    assert versions > 1
    assert papers == 150
