"""The graph on ONNX Runtime, opened so that either many batches or a lone one make use of the cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # ships no types
from numpy.typing import NDArray

from rag.embed.graph import STATES, Weights, build
from rag.vectors import Floats

Ids = NDArray[np.int32]

_LONE_THREADS = 2  # what a batch that runs alone is read with


class ModelSession:
    """MiniLM on ONNX Runtime. Any thread may run it, several at once.

    Batches side by side want a thread each. A question is a batch by itself, and with two threads takes three
    quarters of the time. Both ways give the same bits, and share the table of words, half of all tensors.

    Args:
        weights: the tensors of the checkpoint.
        threads: batches that the caller runs side by side; with more than one, a lone batch is given two.
    """

    def __init__(self, weights: Weights, *, threads: int) -> None:
        graph = build(weights)
        self._words = onnxruntime.OrtValue.ortvalue_from_numpy(graph.words)
        values = {n: onnxruntime.OrtValue.ortvalue_from_numpy(t) for n, t in graph.initializers.items()}
        self._narrow = _open(graph.model, values, 1)
        self._wide = _open(graph.model, values, _LONE_THREADS) if threads > 1 else None
        self._is_wide_free = Lock()

    def run(self, rows: Sequence[Ids]) -> Floats:
        """Hidden states ``[rows, longest, WIDTH]`` of a batch that runs beside others."""
        return self._run(self._narrow, rows)

    def run_alone(self, rows: Sequence[Ids]) -> Floats:
        """The same, sooner, for a batch that is all its caller wants; one at a time has two threads."""
        if self._wide is None or not self._is_wide_free.acquire(blocking=False):
            return self.run(rows)
        try:
            return self._run(self._wide, rows)
        finally:
            self._is_wide_free.release()

    def _run(self, session: onnxruntime.InferenceSession, rows: Sequence[Ids]) -> Floats:
        lengths = np.array([len(row) for row in rows], dtype=np.int32)
        padded = np.zeros((len(rows), int(lengths.max())), dtype=np.int32)
        for line, row in zip(padded, rows, strict=True):
            line[: len(row)] = row
        given = {
            "ids": onnxruntime.OrtValue.ortvalue_from_numpy(padded),
            "lengths": onnxruntime.OrtValue.ortvalue_from_numpy(lengths),
            "words": self._words,
        }
        (states,) = session.run_with_ort_values([STATES], given)
        return np.asarray(states.numpy(), dtype=np.float32)


def _open(
    model: bytes, values: Mapping[str, onnxruntime.OrtValue], threads: int
) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    options.add_external_initializers(list(values), list(values.values()))
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
