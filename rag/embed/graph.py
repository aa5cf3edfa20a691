"""MiniLM as an ONNX graph of fused operators, made from the safetensors file.

The graph holds no weights: they are handed to the session as initializers, so nothing is written to disk
and nothing can go stale. The table of words, half of them all, is handed in with each call instead, so that
sessions can share it. The operators are ONNX Runtime's contributed ones (domain ``com.microsoft``), which
do an attention layer, or a residual sum with its normalisation, in one step.

Model: BERT (Devlin et al., 2019), six layers of width 384, twelve heads, exact (erf) GELU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Weights = Mapping[str, NDArray[np.float32]]

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = 1e-12
STATES = f"hidden.{LAYERS}"
_CONTRIB = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Graph:
    """A serialised model, the tensors it expects as initializers, and the table of words."""

    model: bytes
    initializers: dict[str, NDArray[np.float32]]
    words: NDArray[np.float32]


def prepare(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """The tensors of the graph, from those of the checkpoint.

    Checkpoints hold a linear layer as ``[out, in]``; the graph multiplies by ``[in, out]``, with the query,
    key and value projections side by side.
    """
    tensors = {
        "words": weights["embeddings.word_embeddings.weight"],
        "positions": weights["embeddings.position_embeddings.weight"],
        "segments": weights["embeddings.token_type_embeddings.weight"],
        "embed.gamma": weights["embeddings.LayerNorm.weight"],
        "embed.beta": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(LAYERS):
        tensors.update(_layer_tensors(weights, f"encoder.layer.{layer}", f"{layer}"))
    return {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}


def _layer_tensors(weights: Weights, at: str, name: str) -> dict[str, NDArray[np.float32]]:
    parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
    tensors = {
        f"{name}.qkv.weight": np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1),
        f"{name}.qkv.bias": np.concatenate([weights[f"{part}.bias"] for part in parts]),
    }
    for ours, theirs in (("attended", "attention.output"), ("output", "output")):
        tensors[f"{name}.{ours}.weight"] = weights[f"{at}.{theirs}.dense.weight"].T
        tensors[f"{name}.{ours}.bias"] = weights[f"{at}.{theirs}.dense.bias"]
        tensors[f"{name}.{ours}.gamma"] = weights[f"{at}.{theirs}.LayerNorm.weight"]
        tensors[f"{name}.{ours}.beta"] = weights[f"{at}.{theirs}.LayerNorm.bias"]
    tensors[f"{name}.inner.weight"] = weights[f"{at}.intermediate.dense.weight"].T
    tensors[f"{name}.inner.bias"] = weights[f"{at}.intermediate.dense.bias"]
    return tensors


def build(weights: Weights) -> Graph:
    """The graph: ``ids``, ``lengths`` and ``words`` in, `STATES` out.

    * ``ids``: int32 ``[batch, length]``, padded on the right
    * ``lengths``: int32 ``[batch]``, tokens that count in each row
    * ``words``: float32 ``[vocabulary, 384]``
    * `STATES`: float32 ``[batch, length, 384]``, the last hidden states; rows past a length mean nothing
    """
    from onnx import TensorProto, helper  # a quarter of a second to import, and needed once

    tensors = prepare(weights)
    words = tensors.pop("words")
    graph = helper.make_graph(
        [*_embedding_nodes(), *(node for layer in range(LAYERS) for node in _layer_nodes(layer))],
        "minilm",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT32, ["batch", "length"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
            helper.make_tensor_value_info("words", TensorProto.FLOAT, list(words.shape)),
        ],
        [helper.make_tensor_value_info(STATES, TensorProto.FLOAT, ["batch", "length", WIDTH])],
        [_declared(name, tensor) for name, tensor in tensors.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return Graph(model.SerializeToString(), tensors, words)


def _declared(name: str, tensor: NDArray[np.float32]) -> TensorProto:
    """A tensor that the session is given by name, as if it lay in a file."""
    from onnx import StringStringEntryProto, TensorProto

    declared = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=tensor.shape)
    declared.data_location = TensorProto.EXTERNAL
    declared.external_data.append(StringStringEntryProto(key="location", value="given"))
    return declared


def _node(op: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object) -> NodeProto:
    from onnx import helper

    domain = "" if op in ("MatMul", "Sub") else _CONTRIB
    return helper.make_node(op, inputs, outputs, domain=domain, **attributes)  # type: ignore[arg-type]  # attributes are of any type


def _embedding_nodes() -> list[NodeProto]:
    tables = ["words", "positions", "segments", "embed.gamma", "embed.beta"]
    return [
        _node("Sub", ["ids", "ids"], ["segment"]),  # all zero: there is one segment
        _node("EmbedLayerNormalization", ["ids", "segment", *tables], ["hidden.0", ""], epsilon=EPSILON),
    ]


def _layer_nodes(n: int) -> list[NodeProto]:
    return [
        _node(
            "Attention",
            [f"hidden.{n}", f"{n}.qkv.weight", f"{n}.qkv.bias", "lengths"],
            [f"{n}.heads"],
            num_heads=HEADS,
        ),
        _node("MatMul", [f"{n}.heads", f"{n}.attended.weight"], [f"{n}.mixed"]),
        _residual(f"{n}.mixed", f"hidden.{n}", f"{n}.attended", f"{n}.attended"),
        _node("MatMul", [f"{n}.attended", f"{n}.inner.weight"], [f"{n}.wide"]),
        _node("BiasGelu", [f"{n}.wide", f"{n}.inner.bias"], [f"{n}.gelu"]),
        _node("MatMul", [f"{n}.gelu", f"{n}.output.weight"], [f"{n}.narrow"]),
        _residual(f"{n}.narrow", f"{n}.attended", f"{n}.output", f"hidden.{n + 1}"),
    ]


def _residual(new: str, old: str, part: str, output: str) -> NodeProto:
    """Sum of two and the bias, normalised."""
    inputs = [new, old, f"{part}.gamma", f"{part}.beta", f"{part}.bias"]
    return _node("SkipLayerNormalization", inputs, [output], epsilon=EPSILON)
