"""What a user would pick instead, asked the same questions on the same machine: retrieval only.

``bm25``: bm25s with its own defaults, English stop words and stemmer, over title and abstract.
``minilm``: cosine to one MiniLM vector of title and abstract, cut at 256 tokens as its authors do.
``llamaindex``: ``VectorStoreIndex`` with its default splitter and retriever, on the same MiniLM.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bm25s
import numpy as np
import Stemmer
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter

from rag.types import Paper

Ranker = Callable[[str], tuple[str, ...]]
"""Paper ids for a question, best first."""

NAMES = ("bm25", "minilm", "llamaindex")


def build_baselines(papers: Sequence[Paper], embedder: BaseEmbedding, *, top_k: int) -> dict[str, Ranker]:
    """Every baseline, indexed over the papers.

    Args:
        papers: the corpus, in one fixed order: ties fall to the earlier paper.
        embedder: the model of both vector baselines.
        top_k: papers that each returns at most.
    """
    return {
        "bm25": bm25_baseline(papers, top_k=top_k),
        "minilm": vector_baseline(papers, embedder, top_k=top_k),
        "llamaindex": llamaindex_baseline(papers, embedder, top_k=top_k),
    }


def bm25_baseline(papers: Sequence[Paper], *, top_k: int) -> Ranker:
    """BM25 alone."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> list[list[str]]:
        found = bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
        return [list(words) for words in found]

    index = bm25s.BM25()
    index.index(tokens([_text(paper) for paper in papers]), show_progress=False)

    def rank(question: str) -> tuple[str, ...]:
        words = [word for word in tokens([question])[0] if word in index.vocab_dict]
        scores = index.get_scores(words) if words else np.zeros(len(papers))
        return _best(papers, np.asarray(scores), top_k, above=0.0)

    return rank


def vector_baseline(papers: Sequence[Paper], embedder: BaseEmbedding, *, top_k: int) -> Ranker:
    """One vector a paper, exact search."""
    rows = np.asarray(embedder.get_text_embedding_batch([_text(paper) for paper in papers]))

    def rank(question: str) -> tuple[str, ...]:
        return _best(papers, rows @ np.asarray(embedder.get_query_embedding(question)), top_k)

    return rank


def llamaindex_baseline(papers: Sequence[Paper], embedder: BaseEmbedding, *, top_k: int) -> Ranker:
    """LlamaIndex as its own first example has it, but for the embedding model."""
    documents = [Document(text=_text(paper), id_=paper.id) for paper in papers]
    index = VectorStoreIndex.from_documents(
        documents, embed_model=embedder, transformations=[SentenceSplitter()], show_progress=False
    )
    retriever = index.as_retriever(similarity_top_k=top_k)

    def rank(question: str) -> tuple[str, ...]:
        found = [hit.node.ref_doc_id for hit in retriever.retrieve(question)]
        return tuple(dict.fromkeys(paper for paper in found if paper))

    return rank


def _text(paper: Paper) -> str:
    return f"{paper.title}. {paper.abstract}" if paper.title else paper.abstract


def _best(
    papers: Sequence[Paper], scores: np.ndarray, top_k: int, *, above: float | None = None
) -> tuple[str, ...]:
    order = np.argsort(-scores, kind="stable")[:top_k]
    return tuple(papers[row].id for row in order if above is None or scores[row] > above)
