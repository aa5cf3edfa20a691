"""The projection that makes token vectors small enough to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.errors import ModelMissing
from rag.vectors import Floats

PATH = Path(__file__).with_name("projection.npy")


def load_projection() -> Floats:
    """What MiniLM's token vectors are multiplied by, float32 ``[384, dim]``.

    ``python -m bench.retrieval.projection`` makes the file; ``docs/decisions/0007-retrieval-mix.md`` says
    what it costs and saves.

    Raises:
        ModelMissing: the file is gone or damaged.
    """
    try:
        stored = np.load(PATH, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ModelMissing(f"{PATH} can't be read ({error}): install Citewell again.") from error
    return np.asarray(stored, np.float32)
