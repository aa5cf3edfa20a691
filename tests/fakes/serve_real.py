"""``citewell`` over the real service, but for the model's weights: ``python -m tests.fakes.serve_real``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cli.main import main
from cli.session import Session

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings


def _open(settings: Settings) -> Service:
    from rag.wiring import open_service
    from tests.fakes.embedding import WordHashEmbedding

    return open_service(settings, WordHashEmbedding())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Session(open_service=_open)))
