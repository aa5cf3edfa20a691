from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence.reading import Reading
from rag.answer.refuse.word_signals import word_signals
from rag.types import Paper
from tests.rag.answer.sample import ask, weighed

PAPER = Paper("p", "Sparse attention", "We make attention sparse. Translation improves.")
QUESTION = "sparse attention golodirsen translation"
COSINES = (0.9, 0.8, 0.1, 0.3, 0.7)


def read(cosines: tuple[float, ...] = COSINES, word: tuple[int, ...] = (0, 1, 2, 2, 3)) -> Reading:
    """The paper read for the question; the model has the third word in two pieces."""
    reading = weighed(PAPER, [0.5, 0.5], 1.0).reading
    return replace(
        reading,
        nearest=np.array(cosines, np.float32),
        word=np.array(word, np.intp),
    )


def test_a_word_that_stands_in_the_paper_is_not_far_from_it() -> None:
    known = word_signals(ask(QUESTION), read(), [read()])
    assert known["unheld_far"] == pytest.approx((1 - 0.2) / 4)  # of the four words one is missing
    assert known["pieced_missing"] == pytest.approx((1 - 0.2) / 4)
    there = replace(read(), terms=(*read().terms, frozenset({"golodirsen"})))
    assert word_signals(ask(QUESTION), there, [there])["unheld_far"] == 0.0
    assert word_signals(ask(QUESTION), there, [there])["pieced_missing"] == 0.0


def test_what_the_title_leaves_is_what_an_answer_has_to_say() -> None:
    known = word_signals(ask(QUESTION), read(), [read()])
    assert known["beyond_many"] == 0.2  # golodirsen, translation
    assert known["beyond_weak"] == pytest.approx(0.2)
    titled = word_signals(ask("sparse attention"), read((0.9, 0.8), (0, 1)), [read((0.9, 0.8), (0, 1))])
    assert (titled["beyond_many"], titled["beyond_weak"]) == (0.0, 1.0)


def test_the_nearest_of_the_cited_papers_counts() -> None:
    nearer = read((0.1, 0.1, 0.6, 0.6, 0.1))
    assert word_signals(ask(QUESTION), read(), [read(), nearer])["unheld_far"] == pytest.approx(0.4 / 4)


def test_nothing_is_held_against_a_paper_whose_words_are_not_known() -> None:
    bare = read((0.4,), ())
    known = word_signals(ask(QUESTION), bare, [bare])
    assert (known["unheld_far"], known["pieced_missing"], known["beyond_weak"]) == (0.0, 0.0, 1.0)
    assert known["late_rare_by_rarity"] == pytest.approx(0.4)


@given(st.lists(st.floats(-1, 1, width=32), min_size=5, max_size=5))
def test_signals_are_bounded(cosines: list[float]) -> None:
    reading = read(tuple(cosines))
    known = word_signals(ask(QUESTION), reading, [reading])
    assert all(-2.0 <= value <= 2.0 for value in known.values())
