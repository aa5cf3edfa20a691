"""Settings to saved answers; apart from the wiring of a service, which takes seconds to import."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from rag.library.backend import library_url
from rag.saved.store import Retention, SavedAnswers
from rag.settings import Settings

NAME = "answers.sqlite3"


def saved_answers(settings: Settings) -> SavedAnswers | None:
    """Where answers are kept; ``None`` where the settings keep none. Nothing is opened yet.

    Raises:
        ConfigError: the database's URL is wrong.
    """
    keep = Retention(settings.keep_answers_days, settings.keep_answers)
    if not keep:
        return None
    library = library_url(settings.data_dir, settings.database_url)
    return SavedAnswers(saved_url(settings.data_dir, library), keep)


def saved_url(data_dir: Path, library: URL) -> URL:
    """A file of their own beside a library in SQLite: neither waits for the other. Else the same database."""
    if library.get_backend_name() == "sqlite":
        return URL.create("sqlite", database=str(data_dir / NAME))
    return library
