"""What each address needs of a key. A route that is not named here needs the most."""

from __future__ import annotations

import re

from api.keys import Scope

OPEN = frozenset({"/", "/docs", "/openapi.json", "/healthz", "/readyz"})
"""The pages, the document of this API and the probes: nothing of what is stored."""

OPEN_UNDER = ("/static/",)
"""The pages' own files."""

ASKING = re.compile(r"/v1/(ask|search|chat/completions)|/mcp/?|/v1/answers/[^/]+/feedback")
"""Where something is posted and no paper is changed."""

_LOOKING = ("GET", "HEAD", "OPTIONS")


def needed(method: str, path: str) -> Scope | None:
    """What a request needs; None where it is open to everyone."""
    looks = method in _LOOKING
    if looks and (path in OPEN or path.startswith(OPEN_UNDER)):
        return None
    return "read" if looks or ASKING.fullmatch(path) else "write"
