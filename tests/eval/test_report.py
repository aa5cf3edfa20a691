from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eval.report import markdown, page
from eval.report.failures import failures, reasons
from eval.rundir import Run
from rag.types import Paper
from tests.eval.conftest import CASES, PAPERS
from tests.eval.test_gate import Refusing
from tests.fakes.service import FakeService

NASTY = '<script>alert(1)</script> | `x` & "y" [z](javascript:1)'
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Tags and targets of a page, checked to be balanced outside its drawings."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found[name] or "" for name in ("href", "src") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> Page:
    result = Page()
    result.feed(text)
    assert result.open == []
    return result


@pytest.fixture
def failing(make_run: Callable[..., Run]) -> Run:
    nasty = CASES[1].model_copy(update={"id": "n<1>", "question": NASTY})
    papers = (*PAPERS[1:], Paper("bees", NASTY, f"Bees dance {NASTY}."))
    return make_run("failing", FakeService(papers), (CASES[0], nasty, *CASES[2:]))


def test_every_failing_question_is_one_click_from_its_evidence(make_run: Callable[..., Run]) -> None:
    done = make_run("refusing", Refusing(PAPERS))
    text = page.render(done)
    found = parsed(text)
    assert [name for name in found.ids if name.startswith("case-")] == [
        f"case-{failure.record.case.id}" for failure in failures(done.records)
    ]
    for words in (
        "Bees dance to tell where flowers grow.",
        "refused, though the papers answer it",
        "nothing is ever found",
    ):
        assert words in text


def test_a_page_needs_nothing_from_elsewhere_and_holds_its_plots(make_run: Callable[..., Run]) -> None:
    text = page.render(make_run("first"))
    found = parsed(text)
    assert found.seen.count("svg") == 3
    assert "script" not in found.seen
    assert all(link.startswith("#") for link in found.links)
    assert not re.search(r"url\((?!#)|@import", text)


def test_a_page_of_the_same_run_is_the_same(make_run: Callable[..., Run]) -> None:
    done = make_run("first")
    assert page.render(done) == page.render(done)


def test_text_of_papers_and_questions_is_escaped_on_the_page(failing: Run) -> None:
    text = page.render(failing)
    found = parsed(text)
    assert "script" not in found.seen
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "case-n<1>" in found.ids


def test_text_of_questions_cannot_break_a_markdown_table(failing: Run) -> None:
    text = markdown.render(failing)
    (line,) = [line for line in text.splitlines() if "alert" in line]
    assert "<script" not in line.replace("\\<", "")
    assert len(re.findall(r"(?<!\\)\|", line)) == 4


def test_markdown_gives_every_figure_with_interval_and_count(make_run: Callable[..., Run]) -> None:
    done = make_run("first")
    text = markdown.render(done)
    figure = done.summary.figure("test", "all", "key_fact_recall")
    assert figure is not None
    assert f"{figure.value:.3f} \\[{figure.low:.3f}, {figure.high:.3f}\\] n={figure.n}" in text
    assert "citewell eval run small --split all --mode extractive --top-k 10 --seed 0" in text


def test_times_stand_apart_from_what_a_second_run_gives_again(make_run: Callable[..., Run]) -> None:
    done = make_run("first")
    slower = replace(
        done, timings=tuple(t.model_copy(update={"timings_ms": {"total": 9999.0}}) for t in done.timings)
    )
    before, _, times = markdown.render(done).partition("## Latency")
    assert markdown.render(slower).startswith(before)
    assert "9999.0" in markdown.render(slower)
    assert "total" in times


def test_a_run_in_which_all_is_well_has_no_failures(make_run: Callable[..., Run]) -> None:
    assert failures(make_run("first").records) == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"recall@10": 0.0}, "no gold paper is retrieved"),
        ({"answer_right": 0.0, "citation_recall": 0.0}, "cites no gold paper"),
        ({"answer_right": 0.0, "citation_recall": 1.0}, "says fewer than half of the facts"),
        ({"exact_spans": 0.5}, "a citation isn't exact"),
        ({"supported_sentences": 0.5}, "a sentence is unsupported"),
        ({"trigger_kept_out": 0.0}, "a planted trigger is in the answer"),
    ],
)
def test_each_way_of_failing_is_named(
    make_run: Callable[..., Run], changes: dict[str, float], why: str
) -> None:
    (record, *_) = make_run("first").records
    assert reasons(record.model_copy(update={"scores": record.scores | changes})) == (why,)
