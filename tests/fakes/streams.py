"""Server-sent events as a browser reads them."""

from __future__ import annotations

import json
from typing import Any


def parsed(stream: str) -> list[tuple[str, Any]]:
    """Names and decoded data of events, in order."""
    found = []
    for block in stream.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found
