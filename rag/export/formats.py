"""The formats, by name. A new one is one file beside this one, and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.errors import InvalidInput
from rag.export.bibtex import as_bibtex
from rag.export.csl import as_csl
from rag.export.markdown import as_markdown
from rag.export.ris import as_ris
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Format:
    """How an answer is written down.

    Attributes:
        write: the answer to the file's text.
        media_type: as HTTP names it.
        suffix: of the file.
    """

    write: Callable[[Answer], str]
    media_type: str
    suffix: str


FORMATS: dict[str, Format] = {
    "bibtex": Format(as_bibtex, "application/x-bibtex", "bib"),
    "ris": Format(as_ris, "application/x-research-info-systems", "ris"),
    "csl": Format(as_csl, "application/vnd.citationstyles.csl+json", "json"),
    "markdown": Format(as_markdown, "text/markdown", "md"),
}


def export(answer: Answer, name: str) -> str:
    """An answer in the format of this name.

    Raises:
        InvalidInput: there is no such format.
    """
    if name not in FORMATS:
        raise InvalidInput(f"There is no format {name!r}: take one of {', '.join(FORMATS)}.", field="format")
    return FORMATS[name].write(answer)
