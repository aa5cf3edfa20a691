"""What a search hands on to the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rag.types import Hit, IndexInfo, Span
from rag.vectors import EncodedQuery, Floats, TokenVectors


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is stored of a hit's abstract.

    Attributes:
        spans: of its sentences, in order.
        vectors: of its sentences, unit, float32 ``[sentences, dim]``.
        tokens: of its words, where they are stored.
        cosines: of those with the words of the query, ``[tokens, of the query]``; none where there are none.
    """

    spans: tuple[Span, ...]
    vectors: Floats
    tokens: TokenVectors | None = None
    cosines: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Retrieved:
    """Ranked papers with all that the answer needs of them; good for as long as it is held.

    Attributes:
        text: the query as it was searched, typing errors mended and acronyms spelt out.
        query: its vectors; ``None`` where the embedding model failed.
        hits: best first, no paper twice.
        evidence: of each hit, in the same order.
        info: the generation that was searched.
        idf: how rare a term is in the papers, highest for one that none has.
        unknown: words of the query that no paper has in any form.
        mended: words of the query that no paper has, and what they were read as.
        hidden: papers as good as the best hit that the filters kept away.
        degraded: parts that failed and were worked around.
        timings_ms: by stage, and ``total``.
    """

    text: str
    query: EncodedQuery | None
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    info: IndexInfo
    idf: Callable[[str], float]
    unknown: tuple[str, ...] = ()
    mended: Mapping[str, str] = field(default_factory=dict)
    hidden: int = 0
    degraded: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
