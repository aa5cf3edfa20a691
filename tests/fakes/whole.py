"""The whole service in memory, ingestion and removal too: what the doors are tested against.

Word overlap finds, quoted sentences answer. It honours the real one's signatures and promises (exact spans,
verified citations, a refusal without citations, its refusals of bad input).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from rag.checks import MAX_QUESTION, check_comment, check_filters, check_request, check_text, check_top_k
from rag.corpus import read_papers, sentence_spans
from rag.errors import InvalidInput, NotFound, UnknownFormat
from rag.events import AskEvent, AskEvents, answer_of, told
from rag.saved import Feedback, Keeper, Provenance, Rating, Replay, Saved
from rag.types import (
    Answer,
    Cancelled,
    Citation,
    EmbeddingIdentity,
    Facet,
    Facets,
    Filters,
    Hit,
    IndexInfo,
    IngestReport,
    Mode,
    Overview,
    Paper,
    PaperPage,
    Refusal,
    Rejection,
    Request,
    SearchResult,
    Sentence,
    ServiceStatus,
    Span,
    StageScore,
    Turn,
    never,
)
from tests.fakes.answers import MemoryAnswers

MADE_BY = Provenance("0.0.0", "0" * 64, EmbeddingIdentity("words", "", 1))
Progress = Callable[[int, int | None], None]


class WholeService:
    """Papers in a dictionary, and what can be said of them by counting shared words."""

    def __init__(self, papers: Iterable[Paper] = ()) -> None:
        self.stored = {paper.id: paper for paper in papers}
        self.generation = 1
        self.answers = MemoryAnswers()
        self.keeper = Keeper(MADE_BY, self.answers)
        self.closed = False
        self.sure = 0.9
        self.unready: tuple[str, ...] = ()
        self.mode: Literal["extractive", "llm"] = "extractive"
        self.before_call: Callable[[], None] = lambda: None
        """Called at the start of every ask and search: a place to wait or to fail."""
        self.after_event: Callable[[AskEvent, Cancelled], None] = lambda _event, _cancelled: None
        """Called after every event of an ask was handed out."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008  # frozen
        top_k: int = 8,
        mode: Mode = "auto",
    ) -> Answer:
        """The answer at the end of ``ask_events``."""
        events = self.ask_events(question, history=history, filters=filters, top_k=top_k, mode=mode)
        return answer_of(events)

    def ask_events(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008  # frozen
        top_k: int = 8,
        mode: Mode = "auto",
        cancelled: Cancelled = never,
    ) -> AskEvents:
        """Quote the sentence that shares most words, of up to two papers; refuse where none does."""
        request = Request(question, tuple(history), filters, top_k, mode)
        check_request(request)
        self.before_call()
        for event in told(self.keeper.keep(request, self._answered(request))):
            yield event
            self.after_event(event, cancelled)

    def saved_answer(self, answer_id: str) -> Saved:
        """An answer that was given."""
        return self.keeper.get(answer_id)

    def rate(
        self, answer_id: str, rating: Rating, *, citation: int | None = None, comment: str = ""
    ) -> Feedback:
        """Keep an opinion."""
        check_comment(comment)
        feedback = Feedback(answer_id, rating, citation, comment)
        self.keeper.rate(feedback)
        return feedback

    def replay(self, answer_id: str) -> Replay:
        """Ask again."""
        return self.keeper.replay(answer_id, self._answered)

    def _answered(self, request: Request) -> Answer:
        question, top_k = request.question, request.top_k
        standalone = " ".join([*(turn.content for turn in request.history if turn.role == "user"), question])
        hits = tuple(self._hits(standalone, request.filters)[:top_k])
        citations = tuple(
            Citation(number, hit.paper, hit.snippet, verified=True) for number, hit in enumerate(hits[:2], 1)
        )
        text, sentences = _written(citations)
        return Answer(
            id="",
            status="answered" if citations else "insufficient_evidence",
            confidence=self.sure if citations else 0.1,
            question=question,
            standalone_question=standalone,
            answer=text,
            sentences=sentences,
            citations=citations,
            retrieved=hits,
            refusal=None if citations else self._refusal(question),
            mode="llm" if request.mode == "llm" else "extractive",
            model="words",
            index=self._index(),
            timings_ms={"retrieve": 1.0, "total": 1.5},
        )

    def search(
        self,
        query: str,
        *,
        top_k: int = 8,
        filters: Filters = Filters(),  # noqa: B008  # frozen
    ) -> SearchResult:
        """Papers by the number of words they share with the query."""
        check_text(query, "query", longest=MAX_QUESTION)
        check_filters(filters)
        check_top_k(top_k)
        self.before_call()
        return SearchResult(tuple(self._hits(query, filters)[:top_k]), {"total": 1.0}, self._index())

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        format: str | None = None,  # noqa: A002  # the real one's name
        on_progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> IngestReport:
        """Read files with the real readers."""
        items: list[Paper | Rejection] = []
        for path in paths:
            if not path.exists():
                raise InvalidInput(f"There is no file or folder {str(path)!r}.", field="paths")
            for file in sorted(path.iterdir()) if path.is_dir() else [path]:
                with file.open("rb") as stream:
                    try:
                        items.extend(read_papers(stream, name=str(file), format=format))
                    except UnknownFormat as unknown:
                        items.append(Rejection(str(file), str(unknown)))
        return self.ingest_papers(items, on_progress=on_progress, cancelled=cancelled)

    def ingest_papers(
        self,
        records: Iterable[Paper | Rejection],
        *,
        on_progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        run_id: str | None = None,  # noqa: ARG002  # it keeps no runs
    ) -> IngestReport:
        """Keep papers, hand rejections back."""
        counts = {"added": 0, "updated": 0, "unchanged": 0}
        rejected: list[Rejection] = []
        for done, item in enumerate(records, 1):
            if cancelled is not None and cancelled():
                break
            if isinstance(item, Rejection):
                rejected.append(item)
            else:
                known = self.stored.get(item.id)
                counts["added" if known is None else "unchanged" if known == item else "updated"] += 1
                self.stored[item.id] = item
            if on_progress is not None:
                on_progress(done, None)
        self.generation += 1
        return IngestReport(**counts, rejected=tuple(rejected), generation=self.generation)

    def papers(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        q: str | None = None,
        filters: Filters = Filters(),  # noqa: B008  # frozen
    ) -> PaperPage:
        """Papers in id order; the cursor is the last id of the page before."""
        check_filters(filters)
        wanted = [
            paper
            for paper_id, paper in sorted(self.stored.items())
            if (cursor is None or paper_id > cursor)
            and (q is None or q.casefold() in paper.title.casefold())
            and (filters.year_from is None or (paper.year or 0) >= filters.year_from)
        ]
        page = tuple(wanted[:limit])
        return PaperPage(page, page[-1].id if len(wanted) > limit else None)

    def paper(self, paper_id: str) -> Paper:
        """One paper."""
        try:
            return self.stored[paper_id]
        except KeyError:
            raise NotFound(f"There is no paper {paper_id!r}.") from None

    def remove(self, paper_ids: Sequence[str]) -> tuple[str, ...]:
        """Drop papers; the ids that were there."""
        there = tuple(paper_id for paper_id in paper_ids if self.stored.pop(paper_id, None) is not None)
        self.generation += bool(there)
        return there

    def status(self) -> ServiceStatus:
        """What is stored."""
        return ServiceStatus(
            papers=len(self.stored),
            chunks=len(self.stored),
            revision=self.generation,
            generation=self.generation,
            embedding_model="words",
            data_dir="memory",
            mode="extractive",
            model="words",
        )

    def overview(self) -> Overview:
        """Years, and a question."""
        years = sorted({paper.year for paper in self.stored.values() if paper.year}, reverse=True)
        of_year = [Facet(str(year), sum(p.year == year for p in self.stored.values())) for year in years]
        return Overview(Facets(years=tuple(of_year)), ("What does sparse attention do?",))

    def not_ready(self) -> tuple[str, ...]:
        """What a test says is missing."""
        return self.unready

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _hits(self, text: str, filters: Filters) -> list[Hit]:
        asked = _words(text)
        found = []
        for paper in self.stored.values():
            if filters.paper_ids and paper.id not in filters.paper_ids:
                continue
            if filters.year_from and (paper.year or 0) < filters.year_from:
                continue
            if score := len(asked & _words(f"{paper.title} {paper.abstract}")):
                found.append((score, paper, _best(asked, paper.abstract)))
        found.sort(key=lambda entry: (-entry[0], entry[1].id))
        return [
            Hit(paper, float(score), span, {"words": StageScore(rank, float(score))})
            for rank, (score, paper, span) in enumerate(found, 1)
        ]

    def _refusal(self, question: str) -> Refusal:
        return Refusal(
            "No paper shares a word with the question.",
            missing=tuple(sorted(_words(question))),
            nearest=tuple(self.stored.values())[:3],
            suggestions=("Ask about translation.",),
        )

    def _index(self) -> IndexInfo:
        return IndexInfo(self.generation, len(self.stored), "words", self.generation)


def _best(asked: set[str], abstract: str) -> Span:
    return max(sentence_spans(abstract), key=lambda span: len(asked & _words(span.of(abstract))))


def _written(citations: Sequence[Citation]) -> tuple[str, tuple[Sentence, ...]]:
    if not citations:
        return "The stored papers do not answer this.", ()
    text = ""
    sentences = []
    for citation in citations:
        text += " " if text else ""
        piece = f"{citation.quote} [{citation.number}]"
        span = Span(len(text), len(text) + len(piece))
        sentences.append(Sentence(piece, span, (citation.number,), supported=True, support=1.0))
        text += piece
    return text, tuple(sentences)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3}
