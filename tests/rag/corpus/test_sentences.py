from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import sentence_spans

HARD = Path(__file__).parents[2] / "data" / "corpus" / "hard_sentences.txt"
CASES = [line.replace("\\n", "\n") for line in HARD.read_text(encoding="utf-8").splitlines()]


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@pytest.mark.parametrize("case", CASES)
def test_hard_cases(case: str) -> None:
    text = case.replace(" | ", " ").replace("|", "")
    assert sentences(text) == [part.strip() for part in case.split("|")]


def assert_exact(text: str) -> None:
    spans = sentence_spans(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        end = span.end
    assert not text[end:].strip()


PIECES = st.sampled_from(
    [
        "a",
        "It",
        "The",
        "e.g",
        "al",
        "C",
        "5",
        "mg",
        "$",
        "x^2",
        ".",
        ".",
        "?",
        "!",
        "。",
        " ",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "(",
        ")",
        "[1,2]",
        '"',
        "”",
        "…",
        "\u2028",
        "\x1c",
        "\u00a0",
        "\x00",
        "\u202e",
        "🧬",
        "http://a.b/c.",
    ]
)


@given(st.text())
def test_spans_are_ordered_apart_trimmed_and_hold_all_but_white_space(text: str) -> None:
    assert_exact(text)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_the_same_of_text_made_of_what_decides(text: str) -> None:
    assert_exact(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n \n"])
def test_nothing_has_no_sentence(text: str) -> None:
    assert sentence_spans(text) == ()


def test_stops_alone_are_kept_in_a_sentence() -> None:
    assert sentences("...") == ["..."]
    assert sentences('We see. " It goes on.') == ['We see. "', "It goes on."]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "word " * 20_000,
        "\n" * 100_000,
        " " * 100_000 + "a",
        "." * 100_000,
        '"' * 100_000,
        "$" * 100_000,
        "(" * 100_000,
        "$a b" * 25_000,
        "a\n\n" * 33_000,
        "[1]" * 33_000,
        "A." * 50_000,
        "?!" * 50_000,
        "A sentence of usual length that says a thing or two about it. " * 1600,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_long_text_of_any_kind_is_cut_in_linear_time(text: str) -> None:
    start = time.process_time()
    spans = sentence_spans(text)
    assert time.process_time() - start < 5
    assert bool(spans) == bool(text.strip())
