from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import chunk_paper
from rag.types import Chunk, ChunkKind, Paper, Span, title_prefix

Count = Callable[[Sequence[str]], Sequence[int]]


def words(texts: Sequence[str]) -> list[int]:
    """A word or a mark is a token."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    """Long words have many tokens."""
    return [sum(1 + len(word) // 4 for word in text.split()) for text in texts]


def joined(texts: Sequence[str]) -> list[int]:
    """The whole has more tokens than its parts."""
    return [len(text) + len(text) // 10 for text in texts]


def paper(abstract: str, title: str = "A title") -> Paper:
    return Paper("p", title, abstract)


def spans(chunks: Sequence[Chunk], kind: ChunkKind) -> list[Span]:
    return [chunk.span for chunk in chunks if chunk.kind is kind]


ABSTRACTS = st.lists(
    st.lists(
        st.sampled_from(["model", "is", "e.g.", "convolutional", "x" * 50, "β", "3.5", "(a)"]), min_size=1
    ),
    min_size=1,
    max_size=12,
).map(lambda sentences: " ".join(" ".join(sentence).capitalize() + "." for sentence in sentences)).filter(
    bool
) | st.text(min_size=1).map(str.strip).filter(bool)


@given(
    ABSTRACTS,
    st.sampled_from(["", "A title", "A long title " * 9]),
    st.sampled_from([words, letters, joined]),
    st.integers(4, 80),
)
def test_chunks_of_any_abstract(abstract: str, title: str, count: Count, most: int) -> None:
    chunks = chunk_paper(paper(abstract, title), count_tokens=count, max_tokens=most)
    windows, sentences = spans(chunks, ChunkKind.WINDOW), spans(chunks, ChunkKind.SENTENCE)

    assert windows
    assert_numbered(chunks)
    for cover in (windows, sentences):
        assert_covers(abstract, cover)
    for sentence in sentences:
        assert sum(window.start <= sentence.start and sentence.end <= window.end for window in windows) == 1

    room = most - min(count([title_prefix(title)])[0], most // 2)
    for window in windows:
        assert count([window.of(abstract)])[0] <= room or window.end - window.start == 1


def assert_numbered(chunks: Sequence[Chunk]) -> None:
    """Windows, then sentences, each numbered from nought."""
    windows = sum(chunk.kind is ChunkKind.WINDOW for chunk in chunks)
    assert [chunk.kind for chunk in chunks[:windows]] == [ChunkKind.WINDOW] * windows
    assert [chunk.ordinal for chunk in chunks] == [*range(windows), *range(len(chunks) - windows)]


def assert_covers(text: str, cover: Sequence[Span]) -> None:
    """In order, apart, not empty, and with only white space outside."""
    end = 0
    for span in cover:
        assert end <= span.start < span.end <= len(text)
        assert not text[end : span.start].strip()
        assert span.of(text).strip()
        end = span.end
    assert not text[end:].strip()


def test_a_short_abstract_is_one_window_and_its_sentences() -> None:
    text = "We gate. It works, e.g. on text."
    chunks = chunk_paper(paper(text), count_tokens=words, max_tokens=100)
    assert [chunk.id for chunk in chunks] == ["p#w0", "p#s0", "p#s1"]
    assert [chunk.span.of(text) for chunk in chunks] == [text, "We gate.", "It works, e.g. on text."]


def test_windows_break_between_sentences_and_are_filled() -> None:
    text = " ".join(f"Sentence number {n} stands here." for n in range(9))
    chunks = chunk_paper(paper(text, ""), count_tokens=words, max_tokens=20)
    assert [words([span.of(text)])[0] for span in spans(chunks, ChunkKind.WINDOW)] == [18, 18, 18]


def test_a_sentence_too_long_is_cut_at_white_space() -> None:
    text = "Short one. " + "many words in a row " * 10 + "end."
    chunks = chunk_paper(paper(text, ""), count_tokens=words, max_tokens=16)
    pieces = [span.of(text) for span in spans(chunks, ChunkKind.SENTENCE)]
    assert pieces[0] == "Short one."
    assert " ".join(pieces) == text


def test_a_word_too_long_is_cut_anywhere() -> None:
    chunks = chunk_paper(paper("x" * 10_000), count_tokens=letters, max_tokens=64)
    windows = spans(chunks, ChunkKind.WINDOW)
    assert "".join(span.of("x" * 10_000) for span in windows) == "x" * 10_000
    assert len(windows) > 10


def test_a_long_title_leaves_half_the_room_to_the_window() -> None:
    text = " ".join(f"Sentence number {n} stands here." for n in range(9))
    chunks = chunk_paper(paper(text, "word " * 500), count_tokens=words, max_tokens=40)
    assert [words([span.of(text)])[0] for span in spans(chunks, ChunkKind.WINDOW)] == [18, 18, 18]


def test_tokens_of_a_short_abstract_are_counted_in_one_call() -> None:
    made: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        made.append(len(texts))
        return words(texts)

    chunk_paper(paper("We gate. It works."), count_tokens=count, max_tokens=20)
    assert len(made) == 1


def test_a_character_with_too_many_tokens_is_a_piece_of_its_own() -> None:
    def heavy(texts: Sequence[str]) -> list[int]:
        return [9 * len(text) for text in texts]

    chunks = chunk_paper(paper("가나다", ""), count_tokens=heavy, max_tokens=8)
    assert [span.of("가나다") for span in spans(chunks, ChunkKind.WINDOW)] == ["가", "나", "다"]
