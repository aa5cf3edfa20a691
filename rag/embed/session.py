"""The graph on OpenVINO, opened so that either many batches or a lone one make use of the cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import LifoQueue
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.graph import Weights, build
from rag.embed.openvino import Precision, multiplied_in, runtime
from rag.vectors import Floats

if TYPE_CHECKING:
    from openvino import InferRequest, Model  # type: ignore[import-untyped]

Ids = NDArray[np.int32]

_LONE_THREADS = 2  # what a batch that runs alone is read with
_STEP = 32  # rows are padded to a multiple of it: what the runtime keeps for each shape is then bounded


class ModelSession:
    """MiniLM on OpenVINO. Any thread may run it, several at once.

    Batches side by side want a thread each; a question is a batch by itself, and is sooner read by two. Both
    ways give the same bits.

    Args:
        weights: the tensors of the checkpoint.
        threads: batches that the caller runs side by side; with more than one, a lone batch is given two.
        precision: ``auto`` multiplies in bfloat16 where the processor is faster at it.
    """

    def __init__(self, weights: Weights, *, threads: int, precision: Precision = "auto") -> None:
        self.is_reduced = multiplied_in(precision) == "bfloat16"
        model = build(weights)
        self._narrow = _open(model, streams=threads, threads=threads, is_reduced=self.is_reduced)
        self._wide = (
            _open(model, streams=1, threads=_LONE_THREADS, is_reduced=self.is_reduced)
            if threads > 1
            else self._narrow
        )
        self._is_wide_free = Lock()

    def run(self, rows: Sequence[Ids]) -> Floats:
        """Hidden states ``[rows, longest, WIDTH]`` of a batch that runs beside others."""
        return self._narrow.run(rows)

    def run_alone(self, rows: Sequence[Ids]) -> Floats:
        """The same, sooner, for a batch that is all its caller wants; one at a time has two threads."""
        if not self._is_wide_free.acquire(blocking=False):
            return self.run(rows)
        try:
            return self._wide.run(rows)
        finally:
            self._is_wide_free.release()


class _Requests:
    """A compiled graph's requests, each of which serves one caller at a time."""

    def __init__(self, free: Sequence[InferRequest]) -> None:
        self._free: LifoQueue[InferRequest] = LifoQueue()
        for request in free:
            self._free.put(request)

    def run(self, rows: Sequence[Ids]) -> Floats:
        lengths = np.array([len(row) for row in rows], dtype=np.int32)
        longest = int(lengths.max())
        padded = np.zeros((len(rows), -(-longest // _STEP) * _STEP), dtype=np.int32)
        for line, row in zip(padded, rows, strict=True):
            line[: len(row)] = row
        with self._one() as request:
            request.infer({"ids": padded, "lengths": lengths})
            return np.array(request.get_output_tensor().data[:, :longest], dtype=np.float32)

    @contextmanager
    def _one(self) -> Iterator[InferRequest]:
        request = self._free.get()
        try:
            yield request
        finally:
            self._free.put(request)


def _open(model: Model, *, streams: int, threads: int, is_reduced: bool) -> _Requests:
    options = {
        "INFERENCE_PRECISION_HINT": "bf16" if is_reduced else "f32",
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": False,
    }
    compiled = runtime().Core().compile_model(model, "CPU", options)
    return _Requests([compiled.create_infer_request() for _ in range(streams)])
