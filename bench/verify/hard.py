"""Sentences written by hand over invented abstracts, false and true: how many the verifier tells wrongly.

    python -m bench.verify.hard

The false ones are what a language model might write: numbers of something else, conditions moved, comparisons
turned round, findings made general. The true ones say what the abstract says in other words. Some of the
rules were written after their mistakes, so the figures flatter.
"""

from __future__ import annotations

import json
from pathlib import Path

from rag.answer.verify import Verifier
from rag.embed.minilm import MiniLM
from rag.types import Paper

PAIRS = Path(__file__).parent / "data" / "hard.jsonl"


def main() -> None:
    """Checks all of them, and prints each mistake and the counts."""
    verifier = Verifier(MiniLM.load(threads=1).in_full())
    wrong, counts = {"false": 0, "true": 0}, {"false": 0, "true": 0}
    for line in PAIRS.read_text("utf-8").splitlines():
        case = json.loads(line)
        prepared = verifier.prepare([Paper("p", "A study", case["abstract"])])
        for kind in counts:
            for sentence in case[kind]:
                support = prepared.check(sentence)
                supported = support is not None and support.supported
                counts[kind] += 1
                if supported != (kind == "true"):
                    wrong[kind] += 1
                    print(f"{kind}: {sentence} {support.reasons if support else ()}")
    print(f"false ones called supported: {wrong['false']} of {counts['false']}")
    print(f"true ones called unsupported: {wrong['true']} of {counts['true']}")


if __name__ == "__main__":
    main()
