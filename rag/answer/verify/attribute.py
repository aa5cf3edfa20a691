"""Drafts to checked sentences: each is kept, given another source, repaired once, or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.answer.evidence.compose import Composed
from rag.answer.lexicon import words_of
from rag.answer.text.instructions import reads_as_instruction
from rag.answer.verify.clauses import shorter_forms
from rag.answer.verify.markers import DraftReader, Part, Piece
from rag.answer.verify.no_fact import states_no_fact
from rag.answer.verify.statement import read_statement
from rag.answer.verify.verifier import Prepared, Support, rank
from rag.types import Citation, Contradiction, Sentence, Span

_ABOUT = 0.5  # relation from which a sentence is replaced by the words of the paper rather than dropped

_CLAUSE = 2  # words with a meaning that make a clause
_BACK = re.compile(
    r"\W*(?:(?:and|but|so|thus|also|however|moreover|furthermore|in addition|additionally)\W+)*"
    r"(?:it|its|it's|they|their|them|this|that|these|those|such|he|she|his|her|the (?:latter|former|same))\b",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(r":\W*$|\b(?:following|below)\b", re.IGNORECASE)

Deed = Literal["kept", "reattributed", "shortened", "quoted", "said"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence that may be sent.

    Attributes:
        before: what goes in front of it: nothing, a space, a new line, a bullet.
        text: without markers.
        supports: what it rests on; none for a sentence that states no fact.
        deed: what became of it: ``said`` if it states no fact, ``quoted`` if replaced by the paper's words.
        against: what papers that the draft cited say against it.
    """

    before: str
    text: str
    supports: tuple[Support, ...]
    deed: Deed
    against: tuple[Support, ...] = ()


class AnswerChecker:
    """Checks a draft as it is written.

    Args:
        prepared: the papers that may be cited, ``[1]`` the first.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._reader = DraftReader()
        self._quoted: set[tuple[str, Span]] = set()
        self._sent: set[str] = set()
        self._gap = ""
        self._follows_dropped = False
        self._turned_list = False
        self.dropped = 0
        """Sentences that could not be supported."""

    def feed(self, text: str) -> Iterator[Checked]:
        """The checked sentences that are whole now.

        Raises:
            ModelFailed: the embedding model failed.
        """
        yield from self._each(self._reader.feed(text))

    def finish(self) -> Iterator[Checked]:
        """Those that are left when the draft has ended; errors as for ``feed``."""
        yield from self._each(self._reader.finish())

    def _each(self, pieces: Iterable[Piece]) -> Iterator[Checked]:
        for piece in pieces:
            checked = None if self._hangs_on_dropped(piece) else self._check(piece)
            self._follows_dropped = checked is None
            if checked is None:
                self.dropped += 1
                self._turned_list = self._turned_list or self._turns_list(piece.text)
            if checked is None or checked.text in self._sent:
                self._gap = piece.before if piece.before.strip(" ") else self._gap
                continue
            before = checked.before if checked.before.strip(" ") else self._gap or checked.before
            self._gap = ""
            self._sent.add(checked.text)
            self._quoted.update((support.paper.id, support.span) for support in checked.supports)
            yield replace(checked, before=before)

    def _hangs_on_dropped(self, piece: Piece) -> bool:
        """Whether a sentence's meaning hung on one that is not sent: its "it", or what its list is of."""
        if piece.before.startswith("\n") and not piece.is_item:
            self._turned_list = False
        return self._turned_list or (self._follows_dropped and bool(_BACK.match(piece.text)))

    def _turns_list(self, text: str) -> bool:
        """Whether a line says of the list below it that it is not so."""
        if not _LEADS_IN.search(text):
            return False
        statement = read_statement(text, self._prepared.words)
        return bool(statement.denials or statement.words & words_of("refuting"))

    def _check(self, piece: Piece) -> Checked | None:
        text = piece.text
        if reads_as_instruction(text):
            return None
        if states_no_fact(read_statement(text, self._prepared.words)):
            return Checked(piece.before, text, (), "said")
        if clauses := self._clauses(piece):
            found = self._by_clauses(piece, clauses)
            return found or self._repaired(piece)
        cited = self._known(piece.markers)
        near = self._prepared.check_each(text, cited) if cited else []
        against = tuple(support for support in near if support.contradicts)
        held = tuple(support for support in near if support.supported)
        found = Checked(piece.before, text, held, "kept") if held else self._by_others(piece)
        return replace(found, against=against) if found else self._repaired(piece)

    def _clauses(self, piece: Piece) -> tuple[Part, ...]:
        """The parts of a sentence that each have sources of their own and say something by themselves."""
        parts = tuple(part for part in piece.parts if part.text.strip(" .,;"))
        terms = [self._prepared.words.terms(part.text) for part in parts]
        whole = len(parts) > 1 and all(part.markers for part in parts) and min(map(len, terms)) >= _CLAUSE
        return parts if whole else ()

    def _by_clauses(self, piece: Piece, clauses: Sequence[Part]) -> Checked | None:
        """The sentence where each clause is supported by its own source, or by another one."""
        found: list[Support] = []
        against: list[Support] = []
        deed: Deed = "kept"
        for clause in clauses:
            text = clause.text.strip(" ,;")
            near = self._prepared.check_each(text, self._known(clause.markers))
            best = max(near, key=rank, default=None)
            if best is None or not best.supported:
                best, deed = self._prepared.check(text), "reattributed"
            if best is None or not best.supported:
                return None
            found.append(best)
            against += [support for support in near if support.contradicts]
        return Checked(piece.before, piece.text, tuple(dict.fromkeys(found)), deed, tuple(against))

    def _known(self, markers: Sequence[int]) -> list[int]:
        """The places of the papers that markers name; invented ones name none."""
        return [number - 1 for number in markers if 1 <= number <= len(self._prepared.papers)]

    def _by_others(self, piece: Piece) -> Checked | None:
        best = self._prepared.check(piece.text)
        if best is None or not best.supported:
            return None
        return Checked(piece.before, piece.text, (best,), "reattributed")

    def _repaired(self, piece: Piece) -> Checked | None:
        """The sentence without its last clause, or the words of the paper in its place."""
        for shorter in shorter_forms(piece.text):
            best = self._prepared.check(shorter)
            if best is not None and best.supported:
                return Checked(piece.before, shorter, (best,), "shortened")
        cited = self._known(piece.markers)
        near = self._prepared.check_each(piece.text, cited or None)
        best = max(near, key=lambda support: support.related, default=None)
        if best is None or best.related < _ABOUT or (best.paper.id, best.span) in self._quoted:
            return None
        itself = Support(best.paper, best.span, 1.0, True, False, (), 1.0)
        return Checked(piece.before, " ".join(best.quote.split()), (itself,), "quoted")


def verify_answer(draft: str, prepared: Prepared) -> Composed:
    """A checked answer from a draft by anybody; empty text where nothing of it can be sent as fact.

    Args:
        draft: sentences with ``[n]`` markers that name the prepared papers, from 1.
        prepared: the papers.

    Raises:
        ModelFailed: the embedding model failed.
    """
    checker = AnswerChecker(prepared)
    return assemble([*checker.feed(draft), *checker.finish()])


def assemble(checked: Sequence[Checked]) -> Composed:
    """The text that a person reads, its sentences and citations; nothing where no sentence has a source."""
    page = Page()
    for sentence in checked:
        page.add(sentence)
    return page.composed()


class Page:
    """An answer that grows; each addition tells what it added, for whoever streams it."""

    def __init__(self) -> None:
        self._text = ""
        self._sentences: list[Sentence] = []
        self._citations: dict[tuple[str, Span], Citation] = {}

    def add(self, checked: Checked) -> tuple[str, tuple[Citation, ...]]:
        """The text that came on, and the citations that are new."""
        before = checked.before if self._text else checked.before.lstrip()
        fresh: list[Citation] = []
        numbers: list[int] = []
        for support in checked.supports:
            key = (support.paper.id, support.span)
            if key not in self._citations:
                self._citations[key] = Citation(
                    len(self._citations) + 1, support.paper, support.span, verified=True
                )
                fresh.append(self._citations[key])
            numbers.append(self._citations[key].number)
        start = len(self._text) + len(before)
        added = before + checked.text + "".join(f" [{number}]" for number in dict.fromkeys(numbers))
        score = max((support.score for support in checked.supports), default=1.0)
        span = Span(start, start + len(checked.text))
        against = tuple(Contradiction(support.paper, support.span) for support in checked.against)
        cited = tuple(dict.fromkeys(numbers))
        self._sentences.append(Sentence(checked.text, span, cited, True, score, against))
        self._text += added
        return added, tuple(fresh)

    def composed(self) -> Composed:
        """What there is; empty unless something is cited."""
        if not self._citations:
            return Composed("", (), ())
        return Composed(self._text, tuple(self._sentences), tuple(self._citations.values()))
