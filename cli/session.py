"""What every command starts from: the options that stand before its name, and the service they lead to."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.source import Source
    from rag.embed.encoder import TokenEncoder
    from rag.saved import AnswerStore
    from rag.service import Service
    from rag.settings import Settings


def _open_service(settings: Settings) -> Service:
    gc.disable()  # what modules define stays: to look for garbage among it took a sixth of the start
    try:
        with ThreadPoolExecutor(1) as aside:  # the model is read and checked while modules load
            encoder = aside.submit(_open_encoder, settings) if settings.embedding == "minilm" else None
            from rag.wiring import embedding_model, open_service
    finally:
        gc.freeze()
        gc.enable()
    return open_service(settings, embedding_model(settings, encoder))


def _open_encoder(settings: Settings) -> TokenEncoder:
    from rag.embed.encoder import TokenEncoder

    return TokenEncoder.load(threads=settings.threads, precision=settings.precision)


def _open_answers(settings: Settings) -> AnswerStore:
    from rag.errors import NotFound
    from rag.saved.opening import saved_answers

    kept = saved_answers(settings)
    if kept is None:
        raise NotFound("Answers are not kept: CITEWELL_KEEP_ANSWERS or CITEWELL_KEEP_ANSWERS_DAYS is 0.")
    return kept


@dataclass(slots=True)
class Session:
    """One run of the command line.

    Attributes:
        data_dir: where all that is stored lies; the environment says unless given.
        debug: whether a failure shows where it happened.
        open_service: settings to service; imported only when a command needs it.
        open_answers: settings to saved answers, which a server may be using meanwhile.
    """

    data_dir: Path | None = None
    debug: bool = False
    open_service: Callable[[Settings], Service] = _open_service
    open_answers: Callable[[Settings], AnswerStore] = _open_answers

    def settings(self, **given: object) -> Settings:
        """Settings from the environment and the options.

        Raises:
            ConfigError: a value is out of bounds.
        """
        from rag.settings import load_settings

        return load_settings(data_dir=self.data_dir, **given)

    @contextmanager
    def service(self) -> Iterator[Service]:
        """The service, open while the block runs."""
        service = self.open_service(self.settings())
        try:
            yield service
        finally:
            service.close()

    @contextmanager
    def source(self, url: str | None = None, api_key: str | None = None) -> Iterator[Source]:
        """Whoever answers, usable while the block runs: the service at an address, else the one here.

        Raises:
            InvalidInput: the address is none, or a data folder was named as well.
        """
        if url is None:
            from cli.local import Local

            with self.service() as service:
                yield Local(service)
            return
        from cli.remote import Remote
        from rag.errors import InvalidInput

        if self.data_dir is not None:
            raise InvalidInput("The service at --url has a data folder of its own: leave --data-dir out.")
        key = self.settings(api_key=api_key).api_key
        with Remote.connected(url, key.get_secret_value() if key else None) as remote:
            yield remote

    @contextmanager
    def answers(self) -> Iterator[AnswerStore]:
        """The saved answers, open while the block runs.

        Raises:
            NotFound: none are kept.
        """
        kept = self.open_answers(self.settings())
        try:
            yield kept
        finally:
            kept.close()
