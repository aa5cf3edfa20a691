"""API keys: shown once, kept as hashes, in a file that every worker reads again as soon as it changes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock

from rag.errors import ConfigError, InvalidInput, NotFound

Scope = Literal["read", "write"]
"""What a key may do: ``read`` asks, searches and looks; ``write`` also adds and removes papers."""

PREFIX = "citewell_"
"""What every key begins with, so that one that leaked is found by those who scan for keys."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept.

    Attributes:
        name: whose it is; stands in the log beside what was asked for.
        scope: what it may do.
        sha256: of the key, hex. A plain hash is enough: 256 random bits can't be guessed.
        created_at: ISO 8601, UTC.
    """

    name: str
    scope: Scope
    sha256: str
    created_at: str

    def may(self, scope: Scope) -> bool:
        """Whether the key is good for what needs this scope."""
        return scope == "read" or self.scope == "write"


class KeyFile:
    """The keys of one data folder.

    Args:
        path: the file; there are no keys where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, by name.

        Raises:
            ConfigError: the file can't be read, or is none that was written here.
        """
        try:
            stat = self._path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._keys = _parsed(self._path.read_bytes())
                self._seen = seen
        except FileNotFoundError:
            self._seen, self._keys = None, ()
        except (OSError, ValueError, TypeError, KeyError) as error:
            self._seen = None
            raise ConfigError(
                f"The API keys in {self._path} can't be read ({type(error).__name__}): restore the file, or "
                "delete it and add the keys again."
            ) from error
        return self._keys

    def find(self, given: str) -> ApiKey | None:
        """The key that was given, if it is one. Takes as long whichever it is, and whether it is one.

        Raises:
            ConfigError: as for ``all``.
        """
        digest, found = _hash(given), None
        for key in self.all():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def add(self, name: str, scope: Scope) -> str:
        """Make a key; returns it, for the only time.

        Raises:
            InvalidInput: the name is taken or no name, or the scope is none.
            ConfigError: as for ``all``, or the file can't be written.
        """
        if not _NAME.fullmatch(name):
            raise InvalidInput("A key's name is 1 to 64 letters, digits, dots, - or _.", field="name")
        if scope not in get_args(Scope):
            raise InvalidInput("A key's scope is read or write.", field="scope")
        secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        made = ApiKey(name, scope, _hash(secret), datetime.now(UTC).isoformat(timespec="seconds"))
        with self._locked():
            if any(key.name == name for key in self.all()):
                raise InvalidInput(
                    f"There is a key {name!r} already: remove it first, or take another name.", field="name"
                )
            self._write([*self.all(), made])
        return secret

    def remove(self, name: str) -> None:
        """Drop a key; a running server refuses it from its next request on.

        Raises:
            NotFound: no key has this name.
            ConfigError: as for ``add``.
        """
        with self._locked():
            kept = [key for key in self.all() if key.name != name]
            if len(kept) == len(self.all()):
                raise NotFound(f"There is no key {name!r}; see: citewell keys list.")
            self._write(kept)

    def _locked(self) -> FileLock:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{self._path.parent} can't be made: {error.strerror}.") from error
        return FileLock(f"{self._path}.lock")

    def _write(self, keys: Iterable[ApiKey]) -> None:
        """All or nothing, and for nobody else to read."""
        listed = [asdict(key) for key in sorted(keys, key=lambda key: key.name)]
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump({"keys": listed}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise ConfigError(f"{self._path} can't be written: {error.strerror}.") from error


def _parsed(content: bytes) -> tuple[ApiKey, ...]:
    keys = tuple(ApiKey(**entry) for entry in json.loads(content)["keys"])
    for key in keys:
        if key.scope not in get_args(Scope) or not re.fullmatch("[0-9a-f]{64}", key.sha256):
            raise ValueError(f"key {key.name!r}")
    return keys


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
