"""The straight lines: ask, search, ingest. Every door (HTTP, command line, evaluation) enters here."""

from __future__ import annotations
