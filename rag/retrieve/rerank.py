"""An optional last stage: a cross-encoder or a language model that reads question and paper together.

It comes in as a LlamaIndex node postprocessor, of which LlamaIndex and its integrations have many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

from rag.errors import ModelFailed
from rag.types import Paper


@dataclass(frozen=True, slots=True)
class Reranker:
    """A postprocessor, and how many of the best papers it is shown."""

    postprocessor: BaseNodePostprocessor
    depth: int = 20

    def order(self, query: str, papers: Sequence[Paper]) -> list[tuple[int, float]]:
        """The positions of the papers in its order, each with its score; those it drops are left out.

        Raises:
            ModelFailed: it gave something that it was not shown, or the same paper twice.
        """
        nodes = [NodeWithScore(node=_node(i, paper), score=0.0) for i, paper in enumerate(papers)]
        given = self.postprocessor.postprocess_nodes(nodes, query_str=query)
        order = [(int(node.node.node_id), node.score or 0.0) for node in given]
        if len({place for place, _ in order}) != len(order) or any(p >= len(papers) for p, _ in order):
            raise ModelFailed(
                f"{type(self.postprocessor).__name__} gave papers it was not shown: use another reranker."
            )
        return order


def _node(place: int, paper: Paper) -> TextNode:
    return TextNode(id_=str(place), text=f"{paper.title}\n{paper.abstract}")
