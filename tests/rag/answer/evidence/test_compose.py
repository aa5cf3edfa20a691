from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence.compose import compose
from rag.answer.evidence.quote import Quote
from rag.types import Paper, Span

ONE = Paper("one", "A  title\nin two lines", "First sentence. Second [3] sentence.", year=2020)
TWO = Paper("two", "Another", "Only “this”.")

_abstracts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@st.composite
def _quotes(draw: st.DrawFn) -> list[Quote]:
    quotes = []
    for name in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)):
        paper = Paper(name, draw(st.text(min_size=1, max_size=20)), draw(_abstracts))
        for _ in range(draw(st.integers(1, 3))):
            start = draw(st.integers(0, len(paper.abstract) - 1))
            quotes.append(Quote(paper, Span(start, draw(st.integers(start + 1, len(paper.abstract))))))
    return quotes


@given(_quotes())
def test_every_sentence_stands_where_it_says_and_is_its_citation_word_for_word(quotes: list[Quote]) -> None:
    composed = compose(quotes)
    assert [sentence.span.of(composed.text) for sentence in composed.sentences] == [
        sentence.text for sentence in composed.sentences
    ]
    assert [sentence.citations for sentence in composed.sentences] == [(n + 1,) for n in range(len(quotes))]
    for citation, quote, sentence in zip(composed.citations, quotes, composed.sentences, strict=True):
        assert citation.quote == sentence.text == quote.span.of(quote.paper.abstract)
        assert composed.text[sentence.span.end :].startswith(f" [{citation.number}]")


def test_one_paper_is_named_before_its_sentences() -> None:
    composed = compose([Quote(ONE, Span(0, 15)), Quote(TWO, Span(0, 12))][:1])
    assert composed.text == "“A title in two lines” (2020): First sentence. [1]"


def test_a_paper_without_a_title_is_named_by_its_id() -> None:
    assert compose([Quote(Paper("a/7", " ", "Said."), Span(0, 5))]).text == "Untitled paper a/7: Said. [1]"


def test_several_papers_make_a_list() -> None:
    composed = compose([Quote(ONE, Span(0, 15)), Quote(TWO, Span(0, 12))])
    first = "- “A title in two lines” (2020): First sentence. [1]"
    assert composed.text == f"{first}\n- “Another”: Only “this”. [2]"


def test_what_looks_like_a_marker_in_a_quote_is_no_marker() -> None:
    composed = compose([Quote(ONE, Span(16, 36))])
    assert composed.citations[0].number == 1
    assert composed.text.endswith("sentence. [1]")
