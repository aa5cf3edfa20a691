from __future__ import annotations

from rag.answer.evidence.bearing import on_what_is_named
from rag.answer.evidence.weigh import Weighed
from rag.types import Paper
from tests.rag.answer.sample import WORDS, ask, weighed

FOLD = Paper("fold", "FoldNet: folding", "FoldNet folds chains.")
KITE = Paper("kite", "Kites", "We present KiteNet. It flies.")
PLAIN = Paper("plain", "Chains", "Chains are folded and fly.")


def _shares(question: str) -> tuple[int, dict[str, float]]:
    """How many papers a question wants, and each one's share, of three with a third each."""
    read: list[Weighed] = [weighed(paper, [0.5, 0.5], 1 / 3) for paper in (FOLD, KITE, PLAIN)]
    asked, papers = on_what_is_named(ask(question), read, WORDS)
    return asked.papers, {paper.reading.paper.id: round(paper.share, 2) for paper in papers}


def test_a_paper_without_the_name_of_the_thing_asked_about_has_no_share() -> None:
    assert _shares("How does FoldNet fold chains?") == (1, {"fold": 0.33, "kite": 0.0, "plain": 0.0})


def test_two_things_with_papers_of_their_own_want_both() -> None:
    assert _shares("How fast are FoldNet and KiteNet?") == (2, {"fold": 0.33, "kite": 0.33, "plain": 0.33})


def test_a_name_of_several_words_is_that_of_the_paper_whose_title_begins_so() -> None:
    graph = Paper("graph", "Power Law Graph Nets for translation", "Power law graph nets translate.")
    read = [weighed(paper, [0.5], 0.25) for paper in (FOLD, KITE, PLAIN, graph)]
    asked, _ = on_what_is_named(ask("What do FoldNet and Power Law Graph Nets share?"), read, WORDS)
    assert asked.papers == 2
    asked, _ = on_what_is_named(ask("What do FoldNet and power law graph nets share?"), read, WORDS)
    assert asked.papers == 1


def test_a_name_without_a_paper_of_its_own_takes_nothing_from_others() -> None:
    assert _shares("How does BirdNet fly?") == (1, {"fold": 0.33, "kite": 0.33, "plain": 0.33})
    assert _shares("Which papers use FoldNet?")[1] == {"fold": 0.33, "kite": 0.33, "plain": 0.33}
