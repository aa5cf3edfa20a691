"""Where the windows of a generation lie as a Chroma collection: in its own folder, or on a server."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Protocol

import chromadb
import httpx
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError

from rag.errors import StoreUnavailable

_log = logging.getLogger(__name__)

CHROMA = "chroma"
PATIENT_S = 600.0
"""Seconds to wait for a server while a collection is written or examined: it may have a graph to make."""

_CONNECT_S = 2.0
_PAGE = 100  # collections listed at once


class Store(Protocol):
    """What keeps the collections of one index folder."""

    @property
    def place(self) -> str:
        """Where it is: the URL of a server, empty for the generation's own folder."""
        ...

    def collection(self, folder: Path) -> str:
        """The name of a generation's collection."""
        ...

    def connect(self, folder: Path, wait_s: float) -> ClientAPI:
        """A client of the store of a generation; whoever is done with it leaves it.

        Args:
            folder: the generation's.
            wait_s: seconds that one call may take; only a server is waited for.

        Raises:
            StoreUnavailable: the server doesn't answer.
        """
        ...

    def leave(self, client: ClientAPI) -> None:
        """Let go of the files and the memory that a client holds, where nobody else uses it."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...

    def require(self) -> None:
        """Make sure that something can be stored.

        Raises:
            StoreUnavailable: the server doesn't answer.
        """
        ...

    def discard(self, folder: Path) -> None:
        """Drop what is kept of a generation outside its folder; ``sweep`` does it where a server is away."""
        ...

    def sweep(self, folder: Path) -> None:
        """Drop the collections of generations that are no longer below this index folder."""
        ...


class Embedded:
    """Each generation's collection in its own folder. One process alone may open it: Chroma breaks else."""

    place = ""

    def collection(self, folder: Path) -> str:  # noqa: ARG002  # one collection a folder
        """The same for all: each has a store of its own."""
        return "windows"

    def connect(self, folder: Path, wait_s: float) -> ClientAPI:  # noqa: ARG002  # no server to wait for
        """A client of the folder's own store, without telemetry."""
        settings = ChromaSettings(anonymized_telemetry=False)
        return chromadb.PersistentClient(str(folder / CHROMA), settings=settings)

    def leave(self, client: ClientAPI) -> None:
        """Close it: each reader has its own."""
        _close(client)

    def close(self) -> None:
        """Nothing is open that has not been left."""

    def require(self) -> None:
        """The folder is all it takes."""

    def discard(self, folder: Path) -> None:
        """Nothing lies elsewhere."""

    def sweep(self, folder: Path) -> None:
        """Nothing lies elsewhere."""


EMBEDDED = Embedded()


class ChromaServer:
    """Collections on a ``chroma run`` server, which any number of processes may read and write.

    A collection's name holds a mark of its index folder, so that several libraries can share a server, and
    the generation's number.

    Args:
        url: of the server.
    """

    def __init__(self, url: str) -> None:
        self.place = url.rstrip("/")
        self._verify = url.startswith("https:")  # else certificates are read for nothing, which takes long
        self._plain = self._plain_client()
        self._clients: dict[float, ClientAPI] = {}
        self._connecting = Lock()

    def collection(self, folder: Path) -> str:
        """``citewell-<mark of the index folder>-<generation>``."""
        return f"{_prefix(folder.parent)}{folder.name}"

    def connect(self, folder: Path, wait_s: float) -> ClientAPI:  # noqa: ARG002  # one server for all
        """A client of the server, the same for all who wait as long."""
        self.require()  # Chroma's client waits for ever, its first call included
        with self._connecting:
            if wait_s not in self._clients:
                settings = ChromaSettings(anonymized_telemetry=False, chroma_server_ssl_verify=self._verify)
                try:
                    client = chromadb.HttpClient(host=self.place, settings=settings)
                except (httpx.HTTPError, ValueError, ChromaError) as error:
                    raise self._away(error) from error
                for session in _sessions(client):
                    session.timeout = httpx.Timeout(wait_s, connect=_CONNECT_S)
                self._clients[wait_s] = client
            return self._clients[wait_s]

    def leave(self, client: ClientAPI) -> None:
        """Others may use the same one: it is closed with the store."""

    def close(self) -> None:
        """Close all connections; what is asked later opens new ones."""
        with self._connecting:
            for client in self._clients.values():
                sessions = _sessions(client)
                _close(client)
                for session in sessions:
                    session.close()
            self._clients.clear()
            self._plain.close()
            self._plain = self._plain_client()

    def require(self) -> None:
        """Ask the server whether it is there."""
        try:
            self._plain.get(f"{self.place}/api/v2/heartbeat").raise_for_status()
        except httpx.HTTPError as error:
            raise self._away(error) from error

    def _plain_client(self) -> httpx.Client:
        return httpx.Client(timeout=_CONNECT_S, verify=self._verify)

    def _away(self, error: Exception) -> StoreUnavailable:
        return StoreUnavailable(
            f"The Chroma server at {self.place} does not answer ({error}): start it with `chroma run`, "
            "or correct CITEWELL_CHROMA_URL."
        )

    def discard(self, folder: Path) -> None:
        """Delete the generation's collection."""

        def delete(client: ClientAPI) -> None:
            with suppress(NotFoundError):
                client.delete_collection(self.collection(folder))

        self._tidy(delete)

    def sweep(self, folder: Path) -> None:
        """Delete the collections of this index folder whose generation is gone."""
        prefix = _prefix(folder)

        def delete(client: ClientAPI) -> None:
            names: list[str] = []
            while page := client.list_collections(limit=_PAGE, offset=len(names)):
                names += [collection.name for collection in page]
            kept = {f"{prefix}{path.name}" for path in folder.iterdir()}
            for name in names:
                if name.startswith(prefix) and name not in kept:
                    client.delete_collection(name)

        self._tidy(delete)

    def _tidy(self, work: Callable[[ClientAPI], None]) -> None:
        """Do what can wait: where it fails the log says so, and a later sweep does it."""
        try:
            work(self.connect(Path(), PATIENT_S))
        except (StoreUnavailable, httpx.HTTPError, ChromaError) as error:
            _log.warning("Stale collections stay on the server for now: %s", error)


def _close(client: ClientAPI) -> None:
    client.close()  # type: ignore[attr-defined]  # every client of 1.5.9 has it, their interface says nothing


def _sessions(client: ClientAPI) -> list[httpx.Client]:
    """What a server's client, and the second one inside it, speak through: it bounds and closes none."""
    owners = (client, getattr(client, "_admin_client", None))
    sessions = (getattr(getattr(owner, "_server", None), "_session", None) for owner in owners)
    return [session for session in sessions if isinstance(session, httpx.Client)]


def _prefix(folder: Path) -> str:
    """A mark of an index folder, the same for as long as it stays where it is; a copy has its own."""
    path = folder / "ID"
    with suppress(FileExistsError), path.open("x") as file:
        file.write(secrets.token_hex(16))
    mark = hashlib.sha256(f"{path.read_text()} {folder.resolve()}".encode()).hexdigest()
    return f"citewell-{mark[:16]}-"
