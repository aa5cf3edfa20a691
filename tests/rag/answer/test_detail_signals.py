from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer.detail_signals import asks_for_a_figure, detail_signals
from rag.answer.quote import Quote
from rag.answer.reading import Reading
from rag.answer.sentence_signals import numbers_in
from rag.types import Paper
from tests.rag.answer.sample import WORDS, ask, weighed

PAPER = Paper(
    "p",
    "Sparse attention",
    "It reaches 76.5% accuracy on CIFAR-10, an optimal step for its size. The learning rate falls slowly.",
)


def known(question: str, quoted: int = 0, paper: Paper = PAPER) -> dict[str, float]:
    reading: Reading = weighed(paper, [0.5, 0.5], 1.0).reading
    texts = [span.of(paper.abstract) for span in reading.spans]
    reading = replace(reading, numbers=numbers_in(ask(question), texts))
    return detail_signals(ask(question), [reading], [Quote(paper, reading.spans[quoted])], WORDS)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Which batch size was used?", 1.0),
        ("How many GPUs did it take?", 1.0),
        ("Which learning rate was used?", 0.0),  # the abstract speaks of it
        ("Which learning rate and which optimizer were used?", 1.0),
        ("Why does sparse attention work?", 0.0),
        ("Which optimiser is used?", 1.0),  # "optimal" is none
        ("Which step sizes does it take?", 1.0),  # "size" and "step" stand apart
    ],
)
def test_a_detail_of_how_it_was_done_is_missing_unless_the_papers_speak_of_it(
    question: str, missing: float
) -> None:
    assert known(question)["detail_missing"] == missing


def test_a_figure_that_is_asked_for_must_be_there() -> None:
    assert known("What accuracy does it reach?", quoted=0)["figure_missing"] == 0.0
    assert known("What accuracy does it reach?", quoted=1)["figure_missing"] == 0.5
    none = Paper("p", "Sparse attention", "It reaches a good accuracy on CIFAR-10. The rate falls slowly.")
    assert known("What accuracy does it reach?", paper=none)["figure_missing"] == 1.0
    assert known("Why is it accurate?", paper=none)["figure_missing"] == 0.0


def test_the_figure_of_something_that_the_papers_never_name_is_missing() -> None:
    paper = Paper("p", "Scans", "We compare 50 patients with 50 controls. Scans differ in 3 regions.")
    assert known("What was the mean age of the patients?", paper=paper)["figure_missing"] == 1.0
    told = Paper("p", "Scans", "We compare 50 patients, aged 60 on average. Their age did not matter.")
    assert known("What was the mean age of the patients?", paper=told)["figure_missing"] == 0.0


def test_a_figure_may_be_told_in_words_and_a_number_of_a_list_is_none() -> None:
    faster = Paper("p", "Sparse attention", "It is orders of magnitude faster. It learns.")
    assert known("How much faster is it?", paper=faster)["figure_missing"] == 0.0
    listed = Paper("p", "Sparse attention", "We show (1) that it is fast and (2) that it learns. It learns.")
    assert known("What accuracy does it reach?", paper=listed)["figure_missing"] == 1.0


def test_the_figure_of_a_detail_stands_where_the_detail_does() -> None:
    assert known("What learning rate does it use?")["figure_missing"] == 1.0
    told = Paper("p", "Sparse attention", "It learns. The learning rate is 0.1.")
    assert known("What learning rate does it use?", quoted=1, paper=told)["figure_missing"] == 0.0


def test_a_figure_of_the_question_is_no_answer_to_it() -> None:
    assert known("What accuracy does it reach beyond 76.5%?")["figure_missing"] == 1.0


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("How many layers are there?", True),
        ("How wide are the networks?", True),
        ("What test error is reached?", True),
        ("At which temperature does it melt?", True),
        ("What accuracy?", True),
        ("Which time series models are compared?", False),
        ("What loss function is minimized?", False),
        ("How do networks learn?", False),
        ("Which networks learn?", False),
    ],
)
def test_the_wording_says_whether_only_a_number_answers(question: str, figure: bool) -> None:
    assert asks_for_a_figure(ask(question)) is figure


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("We test 60,410 bright quasars.", 0.0),
        ("We test twelve quasars.", 0.0),
        ("A three-quasar system is shown.", 0.0),
        ("Quasars are seen at redshifts around 1.52, and they move.", 0.5),
        ("We use six fits for quasars.", 0.5),
        ("We use 12 layers. Quasars are bright.", 1.0),
        ("Quasars are bright.", 1.0),
    ],
)
def test_what_is_counted_has_its_number_beside_it(text: str, missing: float) -> None:
    paper = Paper("p", "The sky", f"{text} It ends here.")
    assert known("How many quasars were tested?", paper=paper)["count_missing"] == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What batch size was used?", 1.0),
        ("How many GPUs did it take?", 1.0),
        ("Who annotated the sentences?", 1.0),
        ("Does attention help where the batch size is small?", 0.0),  # a batch size is not what it asks for
        ("How much slower does it learn?", 0.0),  # words may say that
        ("Why is attention sparse?", 0.0),
    ],
)
def test_what_is_asked_for_and_plainly_not_there(question: str, missing: float) -> None:
    assert known(question)["plainly_missing"] == missing


def test_the_kind_of_thing_asked_for_stands_in_the_paper_that_is_named() -> None:
    other = Paper("o", "Kernels", "A kernel learns. Kernels differ.")
    read = [weighed(paper, [0.5, 0.5], 0.5).reading for paper in (PAPER, other)]
    found = detail_signals(
        ask("Which kernel does the CIFAR-10 model use?"), read, [Quote(PAPER, read[0].spans[0])], WORDS
    )
    assert found["kind_missing"] == 1.0


@pytest.mark.parametrize(
    ("question", "abstract", "missing"),
    [
        ("Is the code available?", "It is fast. It is small.", 1.0),
        ("Does the paper release an implementation?", "It is fast. It is small.", 1.0),
        ("Where can I find the code?", "It is fast. Code: https://example.org/x", 0.0),
        ("Can it generate code?", "It is fast. It is small.", 0.0),
        ("In which year was the survey held?", "We asked 50 patients. They slept.", 1.0),
        ("When was the trial of sleep conducted?", "We asked 50 patients. They slept.", 1.0),
        ("When was the trial of sleep conducted?", "In 2009 we asked 50 patients. They slept.", 0.0),
        ("How long were the patients followed?", "We asked 50 patients. They slept.", 1.0),
        ("How long were the patients followed?", "We asked 50 patients for 2 years. They slept.", 0.0),
        ("How long does training take?", "We train it in 5h. It is small.", 0.0),
        ("How long is the corridor?", "We asked 50 patients. They slept.", 0.0),
        ("When does it fail?", "We asked 50 patients. They slept.", 0.0),
    ],
)
def test_where_the_code_is_when_it_was_done_and_for_how_long_must_be_told(
    question: str, abstract: str, missing: float
) -> None:
    signals = known(question, paper=Paper("p", "Sleep", abstract))
    assert max(signals[f"{what}_missing"] for what in ("code", "year", "duration")) == missing
    assert signals["plainly_missing"] == missing


@pytest.mark.parametrize(
    ("abstract", "missing"),
    [
        ("We asked 50 women. They slept.", 0.0),
        ("A cohort (n = 73) slept well. They woke.", 0.0),
        ("We asked women. They slept for 9 hours.", 1.0),
    ],
)
def test_people_are_counted_by_any_word_for_them(abstract: str, missing: float) -> None:
    paper = Paper("p", "Sleep", abstract)
    assert known("How many participants were there?", paper=paper)["count_missing"] == missing
