from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.cases import Case, load_cases
from eval.feedback import complaints, line
from eval.loaders import load_target
from eval.suite import Suite
from rag.saved import Feedback, Saved
from rag.types import Paper, Request, Turn
from tests.rag.saved.sample import CITED, answer, saved

OTHER = Paper("y", "Another", "No one is.")


def cases_of(tmp_path: Path, *rated: tuple[Saved, tuple[Feedback, ...]]) -> tuple[Case, ...]:
    """Complaints written as a file, and read by the loader of question sets."""
    file = tmp_path / "feedback.jsonl"
    file.write_text("".join(f"{line(case)}\n" for case in complaints(rated)), encoding="utf-8")
    return load_cases(file)


def told(citation: int | None, rating: str) -> Feedback:
    return Feedback("x", "up" if rating == "up" else "down", citation)


def test_a_complaint_is_a_case_whose_gold_nobody_made_up(tmp_path: Path) -> None:
    (case,) = cases_of(tmp_path, (saved("a" * 24), (told(None, "down"),)))
    assert case.question == "Is it?"
    assert [turn.content for turn in case.history] == ["Hello."]
    assert (case.id, case.kind, case.split) == (f"feedback-{'a' * 24}", "conversation", "dev")
    assert (case.expect, case.gold_papers, case.gold_quotes, case.key_facts) == (None, (), (), ())


def test_what_someone_called_right_is_gold(tmp_path: Path) -> None:
    both = replace(saved("a" * 24), answer=answer("a" * 24, cited=(CITED, OTHER)))
    (case,) = cases_of(tmp_path, (both, (told(2, "down"), told(1, "up"), told(2, "up"), told(1, "down"))))
    assert case.expect == "answered"
    assert [(quote.paper_id, quote.quote) for quote in case.gold_quotes] == [("y", "No one")]
    assert case.gold_papers == ("y",)


def test_praise_alone_is_no_case() -> None:
    assert list(complaints([(saved("a" * 24), (told(None, "up"), told(1, "up")))])) == []


def test_the_same_question_is_one_case(tmp_path: Path) -> None:
    down = (told(None, "down"),)
    plain = Request("Is it?\u2028Really\n?", (Turn("user", ""),))
    found = cases_of(
        tmp_path,
        (saved("a" * 24), down),
        (saved("b" * 24), down),
        (replace(saved("c" * 24), request=plain), down),
    )
    assert [(case.question, case.kind) for case in found] == [
        ("Is it?", "conversation"),
        ("Is it?\u2028Really\n?", "conversation"),
    ]


def test_the_file_is_a_question_set(tmp_path: Path) -> None:
    cases_of(tmp_path, (saved("a" * 24), (told(None, "down"),)))
    target = load_target(str(tmp_path / "feedback.jsonl"))
    assert isinstance(target, Suite)
    assert [case.category for case in target.cases] == ["feedback"]
