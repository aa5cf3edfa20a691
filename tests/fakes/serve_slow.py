"""``citewell`` over a service that takes its time: ``python -m tests.fakes.serve_slow serve --port 0``.

An answer to a question with the word ``forever`` is never written, any other half a second after retrieval.
Live streams have two seconds to end once the server is told to stop.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, cast

from api import server
from cli.main import main
from cli.session import Session
from rag.errors import Stopped
from rag.events import AskEvents, Retrieval
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings


class SlowService(WholeService):
    """Lets its listeners wait after what was retrieved."""

    def ask_events(self, question: str, **how: Any) -> AskEvents:
        """As the real one, slowly."""
        for event in super().ask_events(question, **how):
            yield event
            until = time.monotonic() + (60 if "forever" in question else 0.5)
            while isinstance(event, Retrieval) and time.monotonic() < until:
                time.sleep(0.01)
                if how["cancelled"]():
                    raise Stopped("Stopped; ask again.")


def _open(_: Settings) -> Service:
    return cast("Service", SlowService(PAPERS))


if __name__ == "__main__":
    server.PATIENCE_S = 2
    sys.exit(main(sys.argv[1:], Session(open_service=_open)))
