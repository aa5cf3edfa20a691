"""Variants that a question names, beside papers on other ones alone: CIFAR-100 is not CIFAR-10."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.evidence.reading import Reading
from rag.answer.text.introduced import without_talk
from rag.answer.text.names import stands_in

_VARIANT = re.compile(r"(?<![\w-])(?P<stem>[A-Z][A-Za-z]+)(?:-(?:\d[\w.]*\b|[A-Z]{1,3}))+(?![\w-])")


def missing_variants(question: str, cited: Sequence[Reading]) -> tuple[str, ...]:
    """The variants that a question names of which no paper has the name, but some the stem, or another.

    Only names with a hyphen count: by "CDK9" papers may mean the family.
    """
    texts = [f"{reading.paper.title}. {reading.paper.abstract}" for reading in cited]
    return tuple(
        variant.group()
        for variant in _VARIANT.finditer(without_talk(question))
        if any(re.search(rf"\b{variant['stem']}(?:s|-?\d\w*)?\b", text) for text in texts)
        and not any(stands_in(variant.group(), text) or _written_out(variant.group(), text) for text in texts)
    )


def _written_out(variant: str, text: str) -> bool:
    """Whether a text writes the last letter out: HDL cholesterol is HDL-C."""
    stem, _, letter = variant.rpartition("-")
    return bool(re.search(rf"\b{re.escape(stem)}[ -](?i:{re.escape(letter)})[a-z]{{2,}}", text))
