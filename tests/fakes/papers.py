"""A few papers, with all that a paper can have: an id with a slash, no year, two sources, other scripts."""

from __future__ import annotations

from rag.types import Paper

SPARSE = Paper(
    id="10.1000/sparse.1",
    title="Sparse attention for translation",
    abstract="Attention spreads over irrelevant words. We make attention sparse, e.g. by a new function. "
    "Translation improves by 1.2 BLEU.",
    authors=("Ada Example", "Bo Example"),
    year=2019,
    url="https://example.org/sparse",
    sources=("first.txt",),
    categories=("cs.CL",),
)
PARSING = Paper(
    id="parsing",
    title="Parsing with little data",
    abstract="Parsing needs trees. We need few of them.",
    year=2021,
    url="https://example.org/parsing",
    sources=("first.txt", "second.txt"),
)
SPEECH = Paper(id="speech", title="Speech, naïvely", abstract="Speech is noise — until it’s heard. 雑音も。")

PAPERS = (SPARSE, PARSING, SPEECH)
