"""``citewell`` over the service in memory: ``python -m tests.fakes.serve serve --port 0``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from cli.main import main
from cli.session import Session
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings


def _open(_: Settings) -> Service:
    return cast("Service", WholeService(PAPERS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Session(open_service=_open)))
