"""A draft with ``[n]`` markers, cut into sentences as it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.corpus import sentence_spans

_NUMBERS = r"\^?\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})*"
_MARKER = re.compile(rf"\s*(?:\[({_NUMBERS})\]|【({_NUMBERS})[^】]{{0,20}}】)")
_MARKERS = re.compile(rf"^(?:{_MARKER.pattern})+")
_AFTER_STOP = re.compile(
    rf"([.!?]+[\"”’)]?[*_]{{0,3}})((?:\s*(?:\[{_NUMBERS}\]|【{_NUMBERS}[^】]{{0,20}}】))++)(?!\s+[a-z])"
)
_INTERVAL = re.compile(r"(?:[∈=]|\b(?:interval|range))\s*$", re.IGNORECASE)
_AS_NOUN = re.compile(
    r"(?:^|\b(?:according to|as in|by|from|in|like|of|per|see|than|with))\W*$", re.IGNORECASE
)
_AS_SUBJECT = re.compile(r"\b(?:and|but|or|that|whereas|while)\s*$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+|^\s*#{1,6}\s+|^\s*>(?!\s*[\d=.])\s?")
_PAIRED = re.compile(r"(?<![\w*_`])(\*{1,3}|_{1,3}|`{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*_`])")
_LEFT_OVER = re.compile(r"(?<!\w)\*\*(?=\w)|(?<=[\w.,!?])\*\*(?!\w)|^(?:[*_`]+\s*)+(?=\w)|(?<=[.!?])[*_`]+$")
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
    def is_item(self) -> bool:
        """Whether it begins an item of a list."""
        return "-" in self.before

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
        numbers = tuple(_numbers(match.group(1) or match.group(2)))
        if _is_interval(numbers, sentence[: match.start()]):
            continue
        between = sentence[start : match.start()] + _noun(
            sentence[: match.start()], sentence[match.start() :]
        )
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


def _is_interval(numbers: Sequence[int], before: str) -> bool:
    """Whether numbers in brackets are the ends of an interval: ``[0, 1]``; no paper has number 0."""
    return len(numbers) > 1 and (0 in numbers or bool(_INTERVAL.search(before)))


def _noun(before: str, marked: str) -> str:
    """What to read where markers are a word of their sentence: "[2] finds", "according to [1]".

    Args:
        before: the sentence up to them.
        marked: the sentence from them on.
    """
    behind = _MARKERS.sub("", marked)
    goes_on = re.match(r"\s+[a-z]", behind)
    begins = not _LETTER.search(before)
    if not (goes_on if begins else _AS_NOUN.search(before) or (goes_on and _AS_SUBJECT.search(before))):
        return ""
    many = re.search(r"\d\D+\d", marked[: len(marked) - len(behind)])
    return ("The" if begins else " the") + (" papers" if many else " paper")


def _numbers(text: str) -> Iterator[int]:
    for item in re.split(r"\s*[,;]\s*", text.replace("^", "")):
        low, _, high = re.sub(r"\s*[–-]\s*", "-", item).partition("-")
        first, last = int(low), int(high or low)
        yield from range(first, min(last, first + _LONGEST_RANGE) + 1)


def _tidy(text: str) -> str:
    """One space between words, no emphasis, none before a stop."""
    bare = _LEFT_OVER.sub("", _PAIRED.sub(r"\2", _PAIRED.sub(r"\2", text.strip())))
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(bare.split()))
