"""Text that is safe to show. Papers and models can hold anything; a terminal must not obey it."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Text without what a terminal would obey (escapes, direction overrides) or can't encode."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The same on one line, so that a title can't pass for lines of ours."""
    return plain(" ".join(text.split()))


def plain_json(text: str) -> str:
    """JSON of the same value, with what a terminal would obey written as escapes."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
