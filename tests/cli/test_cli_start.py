from __future__ import annotations

import subprocess
import sys
import time

HEAVY = (
    "chromadb",
    "llama_index",
    "openvino",
    "fastapi",
    "pydantic",
    "numpy",
    "sqlalchemy",
    "nltk",
    "eval",
)

SHOW_HELP = f"""
import sys
from cli.main import main
from cli.session import Session
status = main(["--help"], Session())
loaded = [name for name in {HEAVY!r} if name in sys.modules]
sys.exit(f"{{status}} {{loaded}}" if status or loaded else 0)
"""


def test_help_loads_nothing_heavy() -> None:
    shown = subprocess.run([sys.executable, "-c", SHOW_HELP], capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Usage: citewell" in shown.stdout


def test_help_comes_at_once() -> None:
    """The best of three, against a start of Python that loads nothing: other tests run beside this one."""

    def best(code: str) -> float:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        return min(times)

    assert best(SHOW_HELP) < max(0.3, 6 * best("pass"))
