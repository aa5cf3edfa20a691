"""``citewell`` over a service in memory that begins an answer and then takes for ever: to be stopped."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, cast

from cli.main import main
from cli.session import Session
from rag.events import AskEvent, Delta
from rag.types import Cancelled
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings


def _open(_: Settings) -> Service:
    service = WholeService(PAPERS)

    def wait(event: AskEvent, _: Cancelled) -> None:
        if isinstance(event, Delta):
            time.sleep(600)

    service.after_event = wait
    return cast("Service", service)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Session(open_service=_open)))
