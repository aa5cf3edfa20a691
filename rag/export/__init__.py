"""An answer's papers, with the words quoted of them, in the formats that reference managers read."""

from __future__ import annotations

from rag.export.formats import FORMATS, Format, export

__all__ = ["FORMATS", "Format", "export"]
