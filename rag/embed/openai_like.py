"""Embeddings from an endpoint that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import openai
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from pydantic import PrivateAttr

from rag.embed.passages import Identified
from rag.errors import ModelFailed, ModelTimeout
from rag.types import EmbeddingIdentity

OPENAI_URL = "https://api.openai.com/v1"
_SERVER_FAULT = 500


class OpenAICompatible(OpenAILikeEmbedding, Identified):  # type: ignore[misc]  # ships no types
    """A model behind ``POST {base_url}/embeddings``.

    A request is tried twice. Whatever goes wrong is a `ModelFailed`; no answer in time is a `ModelTimeout`.
    """

    _dim: int = PrivateAttr(default=0)

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 30.0,
        batch_size: int = 64,
    ) -> None:
        """Opens no connection.

        Args:
            model: name the endpoint knows it by.
            base_url: where; OpenAI itself unless given.
            api_key: none is sent that could be taken for one if it is not given.
            timeout_s: seconds that one try may take.
            batch_size: texts in one request.
        """
        super().__init__(
            model_name=model,
            api_base=base_url or OPENAI_URL,
            api_key=api_key or "none",
            timeout=timeout_s,
            max_retries=1,
            embed_batch_size=batch_size,
        )

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex knows this class by."""
        return "CitewellOpenAICompatible"

    @property
    def identity(self) -> EmbeddingIdentity:
        """The model's name and where it is asked; the first use embeds a word, to learn the dimension.

        Raises:
            ModelFailed: the endpoint failed.
        """
        if not self._dim:
            self.get_text_embedding("dimension")
        return EmbeddingIdentity(f"{self.model_name} at {self._place()}", "", self._dim)

    def _place(self) -> str:
        """The base URL without whoever signs in there."""
        parts = urlsplit(str(self.api_base))
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except openai.APITimeoutError as error:
            raise ModelTimeout(
                f"The embedding endpoint {self._place()} did not answer within {self.timeout:g} s; "
                "try again, or see whether it is up."
            ) from error
        except openai.APIStatusError as error:
            raise ModelFailed(
                f"The embedding endpoint {self._place()} answered {error.status_code} for model "
                f"{self.model_name!r}; check the address, the key and the model's name.",
                kind="refused" if error.status_code < _SERVER_FAULT else "server_error",
            ) from error
        except openai.OpenAIError as error:
            raise ModelFailed(
                f"The embedding endpoint {self._place()} can't be reached; is it up?", kind="unreachable"
            ) from error
        except (AttributeError, TypeError, ValueError, LookupError) as error:
            raise ModelFailed(
                f"The embedding endpoint {self._place()} answered with something else than embeddings; check "
                "the address.",
                kind="bad_reply",
            ) from error

    def _checked(self, vectors: Sequence[list[float]], wanted: int) -> list[list[float]]:
        dims = {len(vector) for vector in vectors}
        if len(vectors) != wanted or len(dims | ({self._dim} if self._dim else set())) > 1 or 0 in dims:
            raise ModelFailed(
                f"The embedding endpoint {self._place()} gave {len(vectors)} vectors of dimension "
                f"{sorted(dims)} for {wanted} texts; it can't be used.",
                kind="bad_reply",
            )
        self._dim = dims.pop()
        return list(vectors)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        with self._mapped():
            vectors = super()._get_text_embeddings([_sendable(text) for text in texts])
            return self._checked(vectors, len(texts))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return (await self._aget_text_embeddings([query]))[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._aget_text_embeddings([text]))[0]

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        with self._mapped():
            vectors = await super()._aget_text_embeddings([_sendable(text) for text in texts])
            return self._checked(vectors, len(texts))


def _sendable(text: str) -> str:
    """The text without lone surrogates, which JSON in UTF-8 can't hold; endpoints refuse an empty one."""
    return text.encode("utf-8", "replace").decode() or " "
