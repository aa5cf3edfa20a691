"""What is embedded of a paper: windows of its abstract, and each of its sentences, with exact spans."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.corpus.sentences import sentence_spans
from rag.types import Chunk, ChunkKind, Paper, Span, title_prefix

CountTokens = Callable[[Sequence[str]], Sequence[int]]


def chunk_paper(paper: Paper, *, count_tokens: CountTokens, max_tokens: int) -> tuple[Chunk, ...]:
    """The paper's windows, then its sentences.

    A window is the whole abstract where that fits with the title in front, else one of several runs of
    sentences, end to end. Every sentence lies within one window: one that is too long alone is cut at
    white space (a word that is too long, anywhere) and its pieces count as sentences.

    Args:
        paper: what to cut up.
        count_tokens: tokens of each text, without the model's own special tokens.
        max_tokens: what a title and a window together may come to. A title that takes more than half is
            taken for half: whoever embeds cuts the title, never the window.
    """
    heading, whole = count_tokens([title_prefix(paper.title), paper.abstract])
    room = max_tokens - min(heading, max_tokens // 2)
    sentences = sentence_spans(paper.abstract)
    if whole <= room:
        windows: tuple[Span, ...] = (Span(0, len(paper.abstract)),)
    else:
        fit = _Fit(paper.abstract, count_tokens, room)
        units = fit.cut(sentences)
        sentences = tuple(span for span, _ in units)
        windows = tuple(fit.pack(units))
    return tuple(
        Chunk(paper.id, kind, ordinal, span)
        for kind, spans in ((ChunkKind.WINDOW, windows), (ChunkKind.SENTENCE, sentences))
        for ordinal, span in enumerate(spans)
    )


class _Fit:
    """Cuts and packs spans of one text so that each fits a number of tokens."""

    def __init__(self, text: str, count_tokens: CountTokens, room: int) -> None:
        self._text = text
        self._count_tokens = count_tokens
        self._room = room

    def _counted(self, spans: Sequence[Span]) -> list[tuple[Span, int]]:
        counts = self._count_tokens([span.of(self._text) for span in spans])
        return list(zip(spans, counts, strict=True))

    def cut(self, spans: Sequence[Span]) -> list[tuple[Span, int]]:
        """The spans with their tokens, those too long halved until they fit; a character is never cut."""
        units = self._counted(spans)
        while any(n > self._room and span.end - span.start > 1 for span, n in units):
            units = [part for unit in units for part in self._halved(*unit)]
        return units

    def _halved(self, span: Span, n: int) -> list[tuple[Span, int]]:
        return [(span, n)] if n <= self._room else self._counted(_halves(self._text, span))

    def pack(self, units: Sequence[tuple[Span, int]]) -> list[Span]:
        """As few runs of whole units, from the first on, as fit."""
        runs: list[list[Span]] = []
        filled = 0
        for span, n in units:
            if not runs or filled + n > self._room:
                runs.append([])
                filled = 0
            runs[-1].append(span)
            filled += n
        return self._windows(runs)

    def _windows(self, runs: Sequence[Sequence[Span]]) -> list[Span]:
        """Each run as one window, or as several where the whole has more tokens than its parts."""
        windows: list[Span] = []
        counted = self._counted([Span(run[0].start, run[-1].end) for run in runs])
        for run, (window, n) in zip(runs, counted, strict=True):
            if n <= self._room or len(run) == 1:
                windows.append(window)
            else:
                middle = len(run) // 2
                windows += self._windows([run[:middle], run[middle:]])
        return windows


def _halves(text: str, span: Span) -> list[Span]:
    """Two parts of a span, cut at the white space nearest its middle, else in the middle."""
    if span.end - span.start < 2:
        return [span]
    middle = (span.start + span.end) // 2
    before = next((i for i in range(middle, span.start, -1) if text[i].isspace()), None)
    after = next((i for i in range(middle, span.end) if text[i].isspace()), None)
    cuts = [cut for cut in (before, after) if cut is not None]
    cut = min(cuts, key=lambda c: abs(c - middle), default=middle)
    left, right = text[span.start : cut].rstrip(), text[cut : span.end]
    return [
        Span(span.start, span.start + len(left)),
        Span(span.end - len(right.lstrip()), span.end),
    ]
