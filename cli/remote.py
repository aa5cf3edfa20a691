"""A running Citewell service behind HTTP, as a source of answers."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from api.wire.ask import AskIn, AskOut, CitationOut, RetrievedOut
from api.wire.papers import IngestOut, JobOut, PaperOut, PaperPageOut
from api.wire.problem import Problem
from api.wire.search import SearchIn, SearchOut
from cli.sending import send
from cli.source import Event, Found, Progress, Text
from cli.sse import events
from rag.errors import (
    CitewellError,
    ConfigError,
    InvalidInput,
    ModelFailed,
    ModelTimeout,
    NotFound,
    NotReady,
    Stopped,
    UnknownFormat,
)

Body = TypeVar("Body", bound=BaseModel)

CONNECT_S = 5.0
SILENCE_S = 120.0
"""Seconds that a service may say nothing: longer than a language model behind it may take."""

_ERRORS: dict[int, type[CitewellError]] = {
    401: ConfigError,
    403: ConfigError,
    404: NotFound,
    413: InvalidInput,
    422: InvalidInput,
    429: NotReady,
    502: ModelFailed,
    503: NotReady,
    504: ModelTimeout,
}


class _Retrieval(BaseModel):
    retrieved: tuple[RetrievedOut, ...]


class _Delta(BaseModel):
    text: str


class Remote:
    """A service by its address.

    Args:
        client: sends to that address, the key in its headers.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    @classmethod
    @contextmanager
    def connected(cls, url: str, key: str | None) -> Iterator[Remote]:
        """A source that is usable while the block runs.

        Args:
            url: the service's address, such as ``http://127.0.0.1:8000``.
            key: sent as a bearer token; none where missing.

        Raises:
            InvalidInput: the address is none.
        """
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            address = httpx.URL(url)
            usable = address.scheme in ("http", "https") and bool(address.host)
        except httpx.InvalidURL:
            usable = False
        if not usable:
            raise InvalidInput(
                f"{url!r} is no address of a service: give one like http://127.0.0.1:8000.", field="url"
            )
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
        with httpx.Client(base_url=address, headers=headers, timeout=timeout) as client:
            yield cls(client)

    @property
    def name(self) -> str:
        """The address, once a service that is ready has answered there."""
        self._get("/readyz")
        return str(self._client.base_url).rstrip("/")

    def ask(self, asked: AskIn) -> AskOut:
        """The answer to a question."""
        return self._post("/v1/ask", asked, AskOut)

    def stream(self, asked: AskIn) -> Generator[Event, None, None]:
        """The same answer in pieces; closing the iterator hangs up, and the service stops its work."""
        sent = _sent(asked.model_copy(update={"stream": True}))
        with self._reached(), self._client.stream("POST", "/v1/ask", **sent) as response:
            if response.status_code != httpx.codes.OK:
                response.read()
            self._check(response)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise self._stranger("what is no stream of events")
            for name, data in events(response.iter_bytes()):
                if name == "done":
                    return
                if name == "error":
                    _fail(0, _read(Problem, data))
                event = _event(name, data)
                if event is not None:
                    yield event
        raise ModelFailed(f"{self._address} broke the answer off; ask again.")

    def search(self, sought: SearchIn) -> SearchOut:
        """Papers that bear on a query."""
        return self._post("/v1/search", sought, SearchOut)

    def papers(self, *, limit: int, cursor: str | None, q: str | None) -> PaperPageOut:
        """A page of stored papers."""
        given = {"limit": limit, "cursor": cursor, "q": q}
        wanted = {name: value for name, value in given.items() if value is not None}
        return _read(PaperPageOut, self._get("/v1/papers", params=wanted))

    def paper(self, paper_id: str) -> PaperOut:
        """One stored paper."""
        return _read(PaperOut, self._get(_paper_path(paper_id)))

    def ingest(self, paths: Sequence[Path], *, format: str | None, on_progress: Progress) -> IngestOut:  # noqa: A002  # the option's name
        """Add the papers of files that lie here, or of all files in folders here."""
        return send(self, paths, format, on_progress)

    def add(self, path: Path, format: str | None) -> JobOut:  # noqa: A002  # as above
        """Hand one file over; the job that adds its papers.

        Raises:
            UnknownFormat: the service has no reader for it.
            OSError: the file can't be read.
        """
        with path.open("rb") as stream, self._reached():
            response = self._client.post(
                "/v1/papers", files={"file": (path.name, stream)}, data={"format": format} if format else None
            )
        self._check(response)
        return _read(JobOut, response.text)

    def job(self, job_id: str) -> JobOut:
        """A job as it stands.

        Raises:
            CitewellError: it failed, or was given up; says why.
        """
        job = _read(JobOut, self._get(f"/v1/jobs/{job_id}"))
        if job.state in ("failed", "cancelled"):
            if job.error is not None:
                _fail(0, job.error)
            raise Stopped(f"{self._address} stopped adding papers; send them again.")
        return job

    def remove(self, paper_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete papers; the ids of those there were."""
        gone = []
        for paper_id in dict.fromkeys(paper_ids):
            with self._reached():
                response = self._client.delete(_paper_path(paper_id))
            if response.status_code != httpx.codes.NOT_FOUND:
                self._check(response)
                gone.append(paper_id)
        return tuple(gone)

    @property
    def _address(self) -> str:
        return str(self._client.base_url).rstrip("/")

    def _post(self, path: str, sent: BaseModel, kind: type[Body]) -> Body:
        with self._reached():
            response = self._client.post(path, **_sent(sent))
        self._check(response)
        return _read(kind, response.text)

    def _get(self, path: str, params: dict[str, Any] | None = None) -> str:
        with self._reached():
            response = self._client.get(path, params=params)
        self._check(response)
        return response.text

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Errors of the connection, told as ours."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise NotReady(f"{self._address} did not answer in time; try again.") from error
        except httpx.TransportError as error:
            raise NotReady(
                f"No service answers at {self._address} ({error}). Start one with `citewell serve`, or check "
                "the address."
            ) from error

    def _check(self, response: httpx.Response) -> None:
        """Raises what the service says is wrong."""
        if response.is_success:
            return
        try:
            problem = Problem.model_validate_json(response.text)
        except ValidationError:
            raise self._stranger(str(response.status_code)) from None
        _fail(response.status_code, problem)

    def _stranger(self, answer: str) -> CitewellError:
        return CitewellError(
            f"{self._address} answers {answer}, and not as a Citewell service does; check the address."
        )


def _paper_path(paper_id: str) -> str:
    return f"/v1/papers/{quote(paper_id, safe='/')}"


def _sent(body: BaseModel) -> dict[str, Any]:
    """What goes out, in ASCII: a lone surrogate is for the service to refuse, not for the encoder."""
    return {
        "content": json.dumps(body.model_dump(exclude_defaults=True)),
        "headers": {"Content-Type": "application/json"},
    }


def _event(name: str, data: str) -> Event | None:
    """An event as a value; one of a kind that this version does not know is passed over."""
    if name == "retrieval":
        return Found(_read(_Retrieval, data).retrieved)
    if name == "citation":
        return _read(CitationOut, data)
    if name == "delta":
        return Text(_read(_Delta, data).text)
    return _read(AskOut, data) if name == "final" else None


def _read(kind: type[Body], text: str) -> Body:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise CitewellError(
            f"The service answers otherwise than this version understands ({kind.__name__}: {fault['msg']}); "
            "use the version of the command that it runs."
        ) from error


def _fail(status: int, problem: Problem) -> NoReturn:
    """Raise a problem as the error that it was on the other side."""
    kind = _ERRORS.get(problem.status or status, CitewellError)
    if problem.type == "urn:citewell:problem:unknown-format":
        kind = UnknownFormat
    message = problem.detail or problem.title
    if kind is ConfigError:
        message = f"{message} Give a key that may do this with CITEWELL_API_KEY or --api-key."
    raise kind(message)
