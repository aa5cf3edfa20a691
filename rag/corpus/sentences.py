"""Where the sentences of an abstract begin and end."""

from __future__ import annotations

import pysbd  # type: ignore[import-untyped]

from rag.types import Span


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Exact spans of the sentences: ordered, apart, trimmed; only white space lies outside them."""
    spans = []
    segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)
    start = 0
    for piece in segmenter.segment(text):
        end = piece.end
        part = text[start:end]
        if part.strip():
            spans.append(Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
        start = max(start, end)
    return tuple(spans)
