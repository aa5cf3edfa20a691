"""MiniLM as a graph of OpenVINO's operators, made from the safetensors file.

Nothing is written to disk, so nothing can go stale: the tensors of the checkpoint become constants of the
graph as they are.

Model: BERT (Devlin et al., 2019), six layers of width 384, twelve heads, exact (erf) GELU.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.openvino import runtime

if TYPE_CHECKING:
    from openvino import Model, Node  # type: ignore[import-untyped]

Weights = Mapping[str, NDArray[np.float32]]

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = 1e-12


def build(weights: Weights) -> Model:
    """The graph: ``ids`` and ``lengths`` in, the last hidden states out.

    * ``ids``: int32 ``[batch, length]``, padded on the right
    * ``lengths``: int32 ``[batch]``, tokens that count in each row
    * the states: float32 ``[batch, length, 384]``; rows past a length mean nothing
    """
    made = _Maker(weights)
    ids, lengths = made.input("ids", 2), made.input("lengths", 1)
    positions = made.positions(ids)
    states, mask = made.embedded(ids, positions), made.mask(positions, lengths)
    for layer in range(LAYERS):
        states = made.layer(f"encoder.layer.{layer}", states, mask)
    return runtime().Model([states], [ids, lengths], "minilm")


class _Maker:
    """Adds nodes, each named part of the checkpoint by its name there."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._ops = runtime().opset14

    def input(self, name: str, rank: int) -> Node:
        return self._ops.parameter([-1] * rank, np.int32, name=name)

    def positions(self, ids: Node) -> Node:
        """``[length]``: 0, 1, 2, ..."""
        length = self._ops.gather(self._ops.shape_of(ids, "i32"), self._whole(1), self._whole(0))
        return self._ops.range(self._whole(0), length, self._whole(1), "i32")

    def embedded(self, ids: Node, positions: Node) -> Node:
        words = self._rows("embeddings.word_embeddings", ids)
        places = self._rows("embeddings.position_embeddings", positions)
        one_segment = self._constant(self._weights["embeddings.token_type_embeddings.weight"][0])
        summed = self._ops.add(self._ops.add(words, places), one_segment)
        return self._normalised("embeddings.LayerNorm", summed)

    def mask(self, positions: Node, lengths: Node) -> Node:
        """Boolean ``[batch, 1, 1, length]``: which tokens are read."""
        counts = self._ops.less(positions, self._ops.unsqueeze(lengths, self._whole(1)))
        return self._ops.unsqueeze(counts, self._wholes(1, 2))

    def layer(self, at: str, states: Node, mask: Node) -> Node:
        parts = (f"{at}.attention.self.{part}" for part in ("query", "key", "value"))
        query, key, value = (self._heads(self._linear(part, states)) for part in parts)
        read = self._ops.scaled_dot_product_attention(query, key, value, mask)
        read = self._shaped(self._turned(read), 0, 0, WIDTH)
        states = self._residual(f"{at}.attention.output", read, states)
        inner = self._ops.gelu(self._linear(f"{at}.intermediate.dense", states), "ERF")
        return self._residual(f"{at}.output", inner, states)

    def _heads(self, states: Node) -> Node:
        """``[batch, heads, length, width of a head]``."""
        return self._turned(self._shaped(states, 0, 0, HEADS, WIDTH // HEADS))

    def _residual(self, at: str, new: Node, old: Node) -> Node:
        return self._normalised(f"{at}.LayerNorm", self._ops.add(self._linear(f"{at}.dense", new), old))

    def _linear(self, at: str, states: Node) -> Node:
        weight, bias = self._weights[f"{at}.weight"], self._weights[f"{at}.bias"]
        product = self._ops.matmul(states, self._constant(weight), False, True)
        return self._ops.add(product, self._constant(bias))

    def _normalised(self, at: str, states: Node) -> Node:
        scaled = self._ops.mvn(states, self._wholes(-1), True, EPSILON, "INSIDE_SQRT")
        gamma, beta = self._weights[f"{at}.weight"], self._weights[f"{at}.bias"]
        return self._ops.add(self._ops.multiply(scaled, self._constant(gamma)), self._constant(beta))

    def _rows(self, table: str, of: Node) -> Node:
        return self._ops.gather(self._constant(self._weights[f"{table}.weight"]), of, self._whole(0))

    def _shaped(self, states: Node, *shape: int) -> Node:
        """Reshaped; 0 keeps the axis that stands there."""
        return self._ops.reshape(states, self._wholes(*shape), True)

    def _turned(self, states: Node) -> Node:
        """The second and third axis change places."""
        return self._ops.transpose(states, self._wholes(0, 2, 1, 3))

    def _constant(self, value: NDArray[np.float32]) -> Node:
        return self._ops.constant(value, shared_memory=False)

    def _whole(self, value: int) -> Node:
        return self._ops.constant(np.array(value, dtype=np.int32))

    def _wholes(self, *values: int) -> Node:
        return self._ops.constant(np.array(values, dtype=np.int32))
