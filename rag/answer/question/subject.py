"""The words of a question that name what it is about, told from those that go with any question."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rag.answer.lexicon import groups, words_of
from rag.index.words import Words

_ASKING = (
    "abstract according actually answer any anything approach article ask author authors basically brief "
    "certain compare contribute contribution current currently describe differ difference different do "
    "earliest elaborate exactly example explain explanation far few find finding give given happen help "
    "idea information introduce kind know known latest learn list long look main many mean mention much "
    "name newest often oldest overview paper papers people please point possible present problem propose "
    "purpose question recent recently recommend report result results say says several show someone "
    "something sort studies study suggest summarise summarize summary take talk team teams tell thing "
    "things took treat type use used using want way ways work works write"
)
"""Words that say that something is asked, not what: no paper is expected to have them."""


def subjects(terms: Iterable[str], words: Words) -> frozenset[str]:
    """Those of a question's terms that may name a subject."""
    return frozenset(terms) - subjectless(words) - asking(words) - _with_any(words)


@lru_cache(maxsize=4)
def subjectless(words: Words) -> frozenset[str]:
    """What is asked of any subject: a question of these alone asks it of what was spoken of."""
    return frozenset(words.terms(" ".join(words_of("subjectless") | words_of("measured"))))


@lru_cache(maxsize=4)
def asking(words: Words) -> frozenset[str]:
    """What says that something is asked, not what: no paper is expected to have it."""
    return frozenset(words.terms(_ASKING))


@lru_cache(maxsize=4)
def vague(words: Words) -> frozenset[str]:
    """What is asked of any subject and tells nothing where no paper has it: "pros", "drawbacks"."""
    return frozenset(words.terms(" ".join(groups("subjectless")[1])))


@lru_cache(maxsize=4)
def _with_any(words: Words) -> frozenset[str]:
    return frozenset(words.terms(" ".join(words_of("asking"))))
