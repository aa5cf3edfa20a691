"""A draft with ``[n]`` markers, cut into sentences as it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.corpus import sentence_spans

_NUMBERS = r"\^?\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})*"
_MARKER = re.compile(rf"\s*(?:\[({_NUMBERS})\]|【({_NUMBERS})[^】]{{0,20}}】)")
_AFTER_STOP = re.compile(rf"([.!?]+[\"”’)]?)((?:\s*(?:\[{_NUMBERS}\]|【{_NUMBERS}[^】]{{0,20}}】))+)")
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+|^\s*#{1,6}\s+|^\s*>\s?")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_`]+(?=\w)|(?<=[\w.,!?])[*_`]+(?!\w)")
_LETTER = re.compile(r"[^\W_]")
_AHEAD = 2  # sentences seen beyond one before it is whole: markers, or a lower-case word, may still join it
_SETTLED = 40  # ... or characters seen beyond its end: all that the segmenter looks at, or markers take up
_LONGEST_RANGE = 20  # markers that "[1-3]" may stand for


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence and the markers that follow it."""

    text: str
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a draft.

    Attributes:
        before: what stands between the sentence before and this one: a space, a new line, a bullet.
        parts: its stretches, one for each place with markers; the last one may have none.
    """

    before: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentence without markers."""
        return _tidy("".join(part.text for part in self.parts))

    @property
    def markers(self) -> tuple[int, ...]:
        """All its markers, each once, in order."""
        return tuple(dict.fromkeys(number for part in self.parts for number in part.markers))


class DraftReader:
    """Takes a draft in any portions and gives its sentences as soon as each is whole.

    The sentences are the same however the draft is portioned.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._fresh_line = True
        self._begun = False

    def feed(self, text: str) -> Iterator[Piece]:
        """The sentences that are whole now."""
        self._rest += text
        *lines, self._rest = self._rest.split("\n")
        for line in lines:
            yield from self._line(line)
            self._fresh_line = True
        while (cut := self._first_end()) is not None:
            done, self._rest = self._rest[:cut], self._rest[cut:]
            yield from self._line(done)

    def finish(self) -> Iterator[Piece]:
        """What is left when the draft has ended."""
        rest, self._rest = self._rest, ""
        yield from self._line(rest)

    def _first_end(self) -> int | None:
        """Where the first sentence of the open line ends; None while it may still grow."""
        bullet = _BULLET.match(self._rest) if self._fresh_line else None
        skipped = bullet.end() if bullet else 0
        spans = sentence_spans(_markers_first(self._rest[skipped:]))
        if len(spans) < 2:
            return None
        end = skipped + spans[1].start
        settled = len(spans) > _AHEAD or len(self._rest) - end >= _SETTLED
        return end if settled else None

    def _line(self, line: str) -> Iterator[Piece]:
        bullet = _BULLET.match(line) if self._fresh_line else None
        body = _markers_first(line[bullet.end() :] if bullet else line)
        for span in sentence_spans(body):
            parts = _parts(span.of(body))
            if not any(_LETTER.search(part.text) for part in parts):
                continue
            before = "" if not self._begun else " "
            if self._fresh_line and self._begun:
                before = "\n"
            if bullet is not None:
                before, bullet = before.strip(" ") + "- ", None
            self._begun, self._fresh_line = True, False
            yield Piece(before, parts)


def read_draft(text: str) -> list[Piece]:
    """All sentences of a draft."""
    reader = DraftReader()
    return [*reader.feed(text), *reader.finish()]


def _markers_first(text: str) -> str:
    """Markers that follow a full stop moved in front of it; the length stays."""
    return _AFTER_STOP.sub(lambda match: match.group(2) + match.group(1), text)


def _parts(sentence: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    start = 0
    for match in _MARKER.finditer(sentence):
        between, numbers = sentence[start : match.start()], tuple(_numbers(match.group(1) or match.group(2)))
        if parts and not between.strip(" ,;"):
            parts[-1] = Part(parts[-1].text, parts[-1].markers + numbers)
        else:
            parts.append(Part(between, numbers))
        start = match.end()
    if tail := sentence[start:]:
        if parts and not _LETTER.search(tail):
            parts[-1] = Part(parts[-1].text + tail.lstrip(), parts[-1].markers)
        else:
            parts.append(Part(tail, ()))
    return tuple(parts)


def _numbers(text: str) -> Iterator[int]:
    for item in re.split(r"\s*[,;]\s*", text.replace("^", "")):
        low, _, high = re.sub(r"\s*[–-]\s*", "-", item).partition("-")
        first, last = int(low), int(high or low)
        yield from range(first, min(last, first + _LONGEST_RANGE) + 1)


def _tidy(text: str) -> str:
    """One space between words, no emphasis, none before a stop."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_EMPHASIS.sub("", text).split()))
