from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.model.thoughts import Thoughts

TEXT = "<think>Is a < b?</think>If a <b then <c> holds.<Thinking>no</thinking> x </think>y <thi"


def without(*portions: str) -> str:
    thoughts = Thoughts()
    return "".join([*map(thoughts.feed, portions), thoughts.finish()])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (TEXT, "If a <b then <c> holds. x y <thi"),
        ("<think>and never an end", ""),
        ("nothing to leave out", "nothing to leave out"),
    ],
)
def test_what_stands_between_tags_is_left_out(text: str, left: str) -> None:
    assert without(text) == left


@given(st.lists(st.integers(0, len(TEXT)), max_size=9))
def test_portions_make_no_difference(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    portions = [TEXT[a:b] for a, b in pairwise(places)]
    assert without(*portions) == without(TEXT)


@given(st.lists(st.text("<>/thinka ", max_size=12), max_size=6))
def test_any_portions_read_as_their_whole(portions: list[str]) -> None:
    assert without(*portions) == without("".join(portions))
