"""The runtime under the model: that it tells nobody, and when it may round."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.embed.openvino import multiplies_bfloat16


def test_a_package_that_reports_imports_is_never_loaded(tmp_path: Path) -> None:
    (tmp_path / "openvino_telemetry.py").write_text("raise SystemExit('reported')", encoding="utf-8")
    code = "from rag.embed.encoder import TokenEncoder; TokenEncoder.load(threads=1); print('read')"
    python = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"]
    done = subprocess.run(python, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "read"), done.stderr


@pytest.mark.parametrize(
    ("vendor", "flags", "expected"),
    [
        ("GenuineIntel", "avx512f amx_bf16 amx_tile", True),
        ("GenuineIntel", "avx512f avx512_bf16", False),
        ("AuthenticAMD", "avx512f avx512_bf16", True),
        ("AuthenticAMD", "avx2", False),
    ],
)
def test_bfloat16_is_taken_only_where_it_is_faster(
    tmp_path: Path, vendor: str, flags: str, expected: bool
) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {flags}\n", encoding="utf-8")
    assert multiplies_bfloat16(info) is expected


def test_where_the_processor_is_not_told_nothing_is_rounded(tmp_path: Path) -> None:
    assert not multiplies_bfloat16(tmp_path / "absent")
