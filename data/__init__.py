"""The papers that come with Citewell."""

from pathlib import Path


def bundled_papers() -> tuple[Path, ...]:
    """The files of bundled papers, in the order in which they are read."""
    return tuple(sorted((Path(__file__).parent / "papers").glob("*.txt")))
