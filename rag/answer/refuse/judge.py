"""How sure it is that an answer answers: by fitted gates, and by what shuts or opens them in any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.weigh import Weighed
from rag.answer.question.asked import Asked
from rag.answer.question.subject import subjects
from rag.answer.refuse.confidence import GATES, Calibration, signals
from rag.answer.refuse.titles import titles_missing
from rag.answer.text.introduced import entitles, is_coined
from rag.index.words import Words
from rag.retrieve import Retrieved

Judgement = tuple[Mapping[str, float], float]
"""The probability of getting through each gate, and that the papers answer."""
CERTAIN: Judgement = (dict.fromkeys(GATES, 1.0), 1.0)
"""The papers themselves are what is asked for: of an author, of a year, like one."""
NOTHING: Judgement = ({}, 0.0)
"""Nothing is asked, or nothing was found."""
_NAMED = 0.95  # probability that what is asked is treated, at least, where a quoted paper bears a coined name
_MOSTLY = 0.7
"""The part, by rarity, of few words for a subject from which it is foreign where no paper has them."""
_FEW = 4  # words that are few


class Judge:
    """Judges answers by extraction. Any thread may ask.

    Args:
        calibration: signals to confidence.
        words: the tokenizer.
    """

    def __init__(self, calibration: Calibration, words: Words) -> None:
        self._calibration = calibration
        self._words = words

    def judgement(
        self, asked: Asked, found: Retrieved, weighed: Sequence[Weighed], quotes: Sequence[Quote]
    ) -> Judgement:
        """The gates and the confidence; nothing gets through where nothing is asked or found."""
        if not quotes or not asked.terms:
            return NOTHING
        known = signals(asked, weighed, quotes, self._words, found.unknown)
        through = self._calibration.through(known)
        strange = frozenset(term for word in found.unknown for term in self._words.terms(word))
        if "work" in asked.wants or self._is_foreign(asked, strange):
            through["about"] = 0.0  # no paper writes it, or has words for what it is about
        elif titles_missing(asked.text, (hit.paper for hit in found.hits)):
            through["found"] = 0.0
        elif not found.unknown or known["plainly_missing"]:  # else HERMES may be a god
            through |= _opened(asked, quotes, through)
        return through, self._calibration.confidence(through)

    def _is_foreign(self, asked: Asked, strange: frozenset[str]) -> bool:
        """Whether no paper has any of the words for what is asked about.

        Of few words, most by rarity are enough, unless one is a coined name that some paper has.
        """
        about = subjects(asked.terms, self._words) or frozenset(asked.terms)
        named = any(is_coined(name) and strange.isdisjoint(self._words.terms(name)) for name in asked.called)
        bar = _MOSTLY if len(about) <= _FEW and not named else 1.0
        return asked.lacking(frozenset(asked.terms) - strange, about) >= bar


def _opened(asked: Asked, quotes: Sequence[Quote], through: Mapping[str, float]) -> dict[str, float]:
    """The gates that stand open where what is asked about is what a quoted paper is called."""
    called = [name for name in asked.called if any(entitles(name, quote.paper.title) for quote in quotes)]
    coined = any(map(is_coined, called))
    return {"about": 1.0} | ({"found": max(through["found"], _NAMED)} if coined else {}) if called else {}
