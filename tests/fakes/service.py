"""A service over a handful of papers: word overlap finds, whole sentences answer, little overlap refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from rag.corpus import read_papers
from rag.errors import NotFound
from rag.types import (
    Answer,
    Citation,
    Filters,
    Hit,
    IndexInfo,
    IngestReport,
    Mode,
    Paper,
    PaperPage,
    Refusal,
    Rejection,
    SearchResult,
    Sentence,
    ServiceStatus,
    Span,
    StageScore,
    Turn,
)

_SENTENCE = re.compile(r"\S[^.]*\.")
_COMMON = frozenset(
    {"a", "an", "and", "by", "does", "for", "how", "in", "is", "it", "of", "the", "to", "what"}
)
_SMALL_TALK = frozenset({"thanks", "hello", "cheers"})
_ENOUGH = 0.3


def _terms(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - _COMMON


@lru_cache(maxsize=512)  # a whole question set goes over the bundled papers
def _read(paper: Paper) -> tuple[set[str], list[tuple[Span, set[str]]]]:
    """The terms of a title, and of each sentence of the abstract."""
    spans = [Span(found.start(), found.end()) for found in _SENTENCE.finditer(paper.abstract)]
    return _terms(paper.title), [(span, _terms(span.of(paper.abstract))) for span in spans]


class FakeService:
    """Answers like the real one, by its contract, from the papers it is given."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._papers = {paper.id: paper for paper in papers}
        self._info = IndexInfo(1, len(papers), "words")
        self.asked: list[str] = []

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008  # the service's own signature
        top_k: int = 8,
        mode: Mode = "auto",  # noqa: ARG002  # only one way to write
    ) -> Answer:
        """The best sentence of the best paper, cited; a refusal where too few words are known."""
        self.asked.append(question)
        spoken = [turn.content for turn in history if turn.role == "user"]
        standalone = " ".join([*spoken[-1:], question])
        if _terms(question) & _SMALL_TALK:
            return self._answer(question, standalone, (), 1.0, "You're welcome.")
        hits = self.search(standalone, top_k=top_k, filters=filters).hits
        confidence = hits[0].score if hits else 0.0
        if confidence < _ENOUGH:
            return self._answer(question, standalone, hits, confidence, None)
        return self._answer(
            question, standalone, hits, confidence, hits[0].snippet.of(hits[0].paper.abstract)
        )

    def search(
        self,
        query: str,
        *,
        top_k: int = 8,
        filters: Filters = Filters(),  # noqa: ARG002, B008  # the service's own signature
    ) -> SearchResult:
        """Papers by the share of the query's words that their best sentence holds."""
        asked = _terms(query)
        scored = []
        for paper in self._papers.values():
            title, sentences = _read(paper)
            best, words = max(sentences, key=lambda sentence: len(asked & sentence[1]))
            scored.append((len(asked & (words | title)) / max(1, len(asked)), paper, best))
        scored.sort(key=lambda entry: (-entry[0], entry[1].id))
        hits = tuple(
            Hit(paper, score, best, {"words": StageScore(rank, score)})
            for rank, (score, paper, best) in enumerate(scored[:top_k], start=1)
            if score
        )
        return SearchResult(hits, {"search": 1.0, "total": 1.0}, self._info)

    def paper(self, paper_id: str) -> Paper:
        """One paper."""
        try:
            return self._papers[paper_id]
        except KeyError:
            raise NotFound(f"No paper {paper_id!r}.") from None

    def papers(self, *, limit: int = 50, cursor: str | None = None) -> PaperPage:  # noqa: ARG002  # one page
        """All papers."""
        return PaperPage(tuple(self._papers.values()), None)

    def ingest(self, paths: Sequence[Path]) -> IngestReport:
        """Adds the papers of files."""
        added = 0
        for path in paths:
            with path.open("rb") as stream:
                added += self.ingest_papers(read_papers(stream, name=path.name)).added
        return IngestReport(added=added, generation=1)

    def ingest_papers(self, records: Iterable[Paper | Rejection]) -> IngestReport:
        """Adds papers, and passes rejections over."""
        papers = {record.id: record for record in records if isinstance(record, Paper)}
        self._papers |= papers
        return IngestReport(added=len(papers), generation=1)

    def status(self) -> ServiceStatus:
        """How much it holds."""
        return ServiceStatus(len(self._papers), 0, 1, 1, "words", "", "extractive", "words")

    def close(self) -> None:
        """Nothing to give back."""

    def _answer(
        self, question: str, standalone: str, hits: tuple[Hit, ...], confidence: float, quote: str | None
    ) -> Answer:
        sentences: tuple[Sentence, ...] = ()
        citations: tuple[Citation, ...] = ()
        text = quote or "The papers don't say."
        if quote and hits:
            text = f"{quote} [1]"
            sentences = (Sentence(text, Span(0, len(text)), (1,), supported=True, support=1.0),)
            citations = (Citation(1, hits[0].paper, hits[0].snippet, verified=True),)
        refusal = (
            None if quote else Refusal("too few words are known", nearest=tuple(h.paper for h in hits[:3]))
        )
        return Answer(
            id="fake",
            status="answered" if quote else "insufficient_evidence",
            confidence=confidence,
            question=question,
            standalone_question=standalone,
            answer=text,
            sentences=sentences,
            citations=citations,
            retrieved=hits,
            refusal=refusal,
            mode="extractive",
            model="words",
            index=self._info,
            timings_ms={"retrieve": 1.0, "total": 2.0},
        )
