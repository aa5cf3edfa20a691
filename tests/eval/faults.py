"""Faults to plant: services that repeat recorded answers with one thing wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rag.types import Answer, Citation, Hit, Paper, Refusal, SearchResult, Sentence, Span, Turn

Change = Callable[[Answer], Answer]
Key = tuple[str, tuple[Turn, ...]]


def unchanged(answer: Answer) -> Answer:
    """No fault."""
    return answer


@dataclass(frozen=True)
class Replay:
    """Gives recorded answers again, each changed by one fault."""

    answers: Mapping[Key, Answer]
    searches: Mapping[str, SearchResult]
    stored: Mapping[str, Paper]
    fault: Change = unchanged

    def ask(self, question: str, *, history: Sequence[Turn] = (), **_: Any) -> Answer:
        """The recorded answer, with the fault."""
        return self.fault(self.answers[question, tuple(history)])

    def search(self, query: str, **_: Any) -> SearchResult:
        """The recorded result."""
        return self.searches[query]

    def paper(self, paper_id: str) -> Paper:
        """The stored paper."""
        return self.stored[paper_id]


def shuffled_retrieval(answer: Answer) -> Answer:
    """The papers found, in any order but theirs."""
    hits = list(answer.retrieved)
    random.Random(answer.question).shuffle(hits)  # noqa: S311  # no secret is made
    return replace(answer, retrieved=tuple(hits))


def wrong_paper(stored: Mapping[str, Paper]) -> Change:
    """Every citation is of the paper that comes next in the library, words and all."""
    papers = [stored[name] for name in sorted(stored)]
    following = dict(zip((paper.id for paper in papers), papers[1:] + papers[:1], strict=True))

    def change(answer: Answer) -> Answer:
        def moved(citation: Citation) -> Citation:
            paper = following[citation.paper.id]
            return replace(citation, paper=paper, span=Span(0, paper.abstract.index(" ")))

        return replace(answer, citations=tuple(moved(citation) for citation in answer.citations))

    return change


def shifted_span(answer: Answer) -> Answer:
    """Every citation starts and ends one character late."""
    moved = tuple(
        replace(citation, span=Span(citation.span.start + 1, citation.span.end + 1))
        for citation in answer.citations
    )
    return replace(answer, citations=moved)


def answers_everything(answer: Answer) -> Answer:
    """Where it refused, it now quotes whatever came first."""
    if answer.status == "answered" or not answer.retrieved:
        return replace(answer, status="answered", refusal=None)
    return _quoting(answer, answer.retrieved[0])


def refuses_everything(answer: Answer) -> Answer:
    """Never an answer."""
    return replace(
        answer,
        status="insufficient_evidence",
        answer="The papers don't say.",
        sentences=(),
        citations=(),
        refusal=Refusal("nothing is ever found"),
    )


def _quoting(answer: Answer, hit: Hit) -> Answer:
    text = f"{hit.snippet.of(hit.paper.abstract)} [1]"
    return replace(
        answer,
        status="answered",
        refusal=None,
        answer=text,
        sentences=(Sentence(text, Span(0, len(text)), (1,), supported=True, support=1.0),),
        citations=(Citation(1, hit.paper, hit.snippet, verified=True),),
    )
