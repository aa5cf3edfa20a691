"""The same questions as people type them: greetings, lead-ins, wishes for how to answer.

``python -m bench.answers.typed --cache DIR [--split dev]``: for each way of typing, of the questions that
the bundled papers answer, how many are answered, have a gold paper cited first, and quote what the plain
question quotes; of the others, how many are refused; and the mean confidence of both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.stack import opened
from data import bundled_papers
from eval.cases import Case, load_bundled
from rag.answer import Answerer
from rag.types import Answer, Request

SEEN = (
    "{question}",
    "hey, {inner}",
    "Can you tell me {inner}",
    "please explain: {inner}",
    "I was wondering {inner}",
    "{question} Keep it short.",
    "{question} Explain like I'm five.",
    "{question} Please cite your sources.",
    "{question} Let's think step by step.",
    "{question} Use at most two sentences and name the paper.",
    "Answer in one sentence: {inner}",
    "Based on the stored abstracts, {inner}",
    "As a PhD student I'd like to understand this: {inner}",
    "You are an expert in machine learning. {question}",
    "I don't get this: {inner}",
    "{inner} pls",
)
"""Ways of typing that the rules were made with; first the question as it is."""
UNSEEN = (
    "hello, pls help: {inner}",
    "For my thesis: {inner}",
    "{question} I need this for a talk.",
    "{question} In a few words, please!",
    "Would you kindly explain {inner}",
    "Given the abstracts you have, {inner}",
    "{question} No jargon, please.",
    "{question} Quote the exact sentence.",
    "My supervisor asked me this and I have no idea. {question}",
)
"""Ways that were written down after the rules, and not looked at while they were made."""


def main(
    cache: Annotated[Path, typer.Option(help="where the library is kept")],
    split: Annotated[str, typer.Option(help="dev or test")] = "test",
) -> None:
    """Print a line for each way of typing."""
    cases = [case for case in load_bundled() if case.split == split]
    held = [case for case in cases if case.kind == "answerable"]
    others = [case for case in cases if case.kind == "unanswerable"]
    with opened(cache, bundled_papers()) as stack:
        answerer = Answerer(stack.search, stack.library)
        plain: list[Answer] = []
        for way in (*SEEN, *UNSEEN):
            answers = [answerer.answer(Request(_typed(way, case.question))) for case in (*held, *others)]
            plain = plain or answers
            print(f"{way:55} {_told(held, answers, plain)}", flush=True)


def _typed(way: str, question: str) -> str:
    inner = question if question[1:2].isupper() else question[0].lower() + question[1:]
    return way.format(question=question, inner=inner)


def _told(held: list[Case], answers: list[Answer], plain: list[Answer]) -> str:
    """Figures over the questions that have an answer, which come first, and the others."""
    theirs, beyond = answers[: len(held)], answers[len(held) :]
    answered = sum(answer.refusal is None for answer in theirs)
    first = sum(
        bool(answer.citations) and answer.citations[0].paper.id in case.gold_papers
        for case, answer in zip(held, theirs, strict=True)
    )
    same = sum(
        [cited.quote for cited in answer.citations] == [cited.quote for cited in bare.citations]
        for answer, bare in zip(theirs, plain[: len(held)], strict=True)
    )
    refused = sum(answer.refusal is not None for answer in beyond)
    sure, unsure = (sum(a.confidence for a in some) / max(1, len(some)) for some in (theirs, beyond))
    return (
        f"answered {answered}, gold first {first}, same quotes {same} of {len(held)} ({sure:.3f}); "
        f"refused {refused} of {len(beyond)} ({unsure:.3f})"
    )


if __name__ == "__main__":
    typer.run(main)
