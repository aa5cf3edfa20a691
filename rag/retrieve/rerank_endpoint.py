"""A cross-encoder behind an endpoint, as a LlamaIndex postprocessor.

``POST {base_url}/rerank`` with ``model``, ``query``, ``documents`` and ``top_n``, answered with ``results``:
an ``index`` and a ``relevance_score`` each. vLLM, llama.cpp, Infinity, Jina and Cohere speak it.
"""

from __future__ import annotations

import openai
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from rag.errors import ModelFailed, ModelTimeout


class RerankEndpoint(BaseNodePostprocessor):
    """Orders nodes by what a model makes of question and text together; a request is tried twice."""

    _client: openai.OpenAI = PrivateAttr()
    _model: str = PrivateAttr()

    def __init__(
        self, *, model: str, base_url: str, api_key: str | None = None, timeout_s: float = 10.0
    ) -> None:
        """Opens no connection.

        Args:
            model: name the endpoint knows it by.
            base_url: where.
            api_key: none is sent that could be taken for one if it is not given.
            timeout_s: seconds that one try may take.
        """
        super().__init__()
        self._model = model
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=1
        )

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex knows this class by."""
        return "CitewellRerankEndpoint"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        asked = "" if query_bundle is None else query_bundle.query_str
        texts = [node.node.get_content(MetadataMode.NONE) for node in nodes]
        scores = self._scores(asked.encode("utf-8", "replace").decode(), texts) if nodes else []
        scored = [NodeWithScore(node=node.node, score=s) for node, s in zip(nodes, scores, strict=True)]
        return sorted(scored, key=lambda node: -(node.score or 0.0))

    def _scores(self, query: str, texts: list[str]) -> list[float]:
        """A score for each text.

        Raises:
            ModelTimeout: no answer came in time.
            ModelFailed: the endpoint failed otherwise, or left a text without a score.
        """
        body = {"model": self._model, "query": query, "documents": texts, "top_n": len(texts)}
        try:
            answer = self._client.post("/rerank", cast_to=object, body=body)
            given = {int(r["index"]): float(r["relevance_score"]) for r in answer["results"]}  # type: ignore[index]  # whatever it is, what goes wrong is said below
            return [given[i] for i in range(len(texts))]
        except openai.APITimeoutError as error:
            raise ModelTimeout(
                "The reranking endpoint did not answer in time; see whether it is up."
            ) from error
        except openai.OpenAIError as error:
            raise ModelFailed(
                "The reranking endpoint failed; check the address, the key and the model's name."
            ) from error
        except (TypeError, ValueError, LookupError) as error:
            raise ModelFailed(
                "The reranking endpoint answered without a score for each text; check the address."
            ) from error
