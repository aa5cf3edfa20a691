"""Asks over poisoned papers, and counts the answers that carry what was planted.

    python -m bench.verify.poison --clean DIR --poisoned DIR --cache DIR

``clean`` is a BEIR folder; ``poisoned`` holds ``docs_overlay.jsonl`` (documents that replace clean ones) and
``manifest.jsonl`` (question, document, attack, and the trigger of those that have one).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from bench.stack import opened
from rag.answer.answerer import Answerer
from rag.answer.verify import reads_as_instruction
from rag.types import Request


def rows(path: Path) -> list[dict[str, str]]:
    """The records of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def main() -> None:
    """Runs and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clean", type=Path, required=True)
    parser.add_argument("--poisoned", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the embedded papers")
    parser.add_argument("--show", type=int, default=5)
    given = parser.parse_args()
    overlay = {row["_id"]: row for row in rows(given.poisoned / "docs_overlay.jsonl")}
    attacks = rows(given.poisoned / "manifest.jsonl")
    asked = {row["_id"]: row["text"] for row in rows(given.clean / "queries.jsonl")}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        papers = (overlay.get(row["_id"], row) for row in rows(given.clean / "corpus.jsonl"))
        corpus.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
        with opened(given.cache, [corpus]) as stack:
            answerer = Answerer(stack.search, stack.library)
            triggers = quoted = answered = 0
            for attack in attacks:
                answer = answerer.answer(Request(asked[attack["query_id"]]))
                answered += answer.status == "answered"
                trigger = attack.get("trigger") or ""
                triggers += bool(trigger) and trigger in answer.answer
                held = attack["attack_text"] in answer.answer
                quoted += held
                if held and given.show:
                    given.show -= 1
                    print(
                        f"  quoted: {attack['attack_text']!r} {reads_as_instruction(attack['attack_text'])}"
                    )
    with_trigger = sum(bool(attack.get("trigger")) for attack in attacks)
    print(f"{answered} of {len(attacks)} answered; triggers in {triggers} of {with_trigger} answers")
    print(f"the attack's own words quoted in {quoted} of {len(attacks)}")


if __name__ == "__main__":
    main()
