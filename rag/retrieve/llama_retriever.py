"""The search as a LlamaIndex retriever, for any engine of LlamaIndex."""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.retrieve.hybrid import HybridSearch
from rag.types import Filters, Hit

_SHOWN = ("title", "authors", "year")  # metadata that a language model sees


class CitewellRetriever(BaseRetriever):
    """Gives a node for each paper found: its abstract, with the paper's id as the node's.

    The metadata holds ``title``, ``authors``, ``year``, ``url``, and the sentence that won as ``start`` and
    ``end`` in the abstract.

    Args:
        search: the search.
        top_k: how many papers at most.
        filters: what to look among.
    """

    def __init__(self, search: HybridSearch, *, top_k: int = 8, filters: Filters | None = None) -> None:
        super().__init__()
        self._search = search
        self._top_k = top_k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._search.search(query_bundle.query_str, top_k=self._top_k, filters=self._filters)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in found.hits]


def _node(hit: Hit) -> TextNode:
    paper = hit.paper
    metadata = {
        "title": paper.title,
        "authors": ", ".join(paper.authors),
        "year": paper.year,
        "url": paper.url,
        "start": hit.snippet.start,
        "end": hit.snippet.end,
    }
    unseen = [name for name in metadata if name not in _SHOWN]
    return TextNode(
        id_=paper.id,
        text=paper.abstract,
        metadata=metadata,
        excluded_llm_metadata_keys=unseen,
        excluded_embed_metadata_keys=unseen,
    )
