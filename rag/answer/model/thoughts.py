"""What a model that reasons aloud puts between tags before it answers: it is no part of the answer."""

from __future__ import annotations

import re

_OPENS = re.compile(r"<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSES = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_EITHER = re.compile(f"{_OPENS.pattern}|{_CLOSES.pattern}", re.IGNORECASE)
_BEGINS = re.compile(r"</?[a-zA-Z]{0,9}$")  # may become a tag with the next portion


class Thoughts:
    """Leaves thoughts out of a text that comes in portions; what is left does not depend on the portions.

    A closing tag without an opening one is left out too. A thought that never ends takes the rest with it.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._thinking = False

    def feed(self, text: str) -> str:
        """What is known not to be thought."""
        self._rest += text
        said = ""
        while found := (_CLOSES if self._thinking else _EITHER).search(self._rest):
            said += "" if self._thinking else self._rest[: found.start()]
            self._thinking = bool(_OPENS.fullmatch(found.group()))
            self._rest = self._rest[found.end() :]
        unclear = _BEGINS.search(self._rest)
        settled = unclear.start() if unclear else len(self._rest)
        said += "" if self._thinking else self._rest[:settled]
        self._rest = self._rest[settled:]
        return said

    def finish(self) -> str:
        """What is left at the end."""
        rest, self._rest = self._rest, ""
        return "" if self._thinking else rest
