from __future__ import annotations

import pytest

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.told_by import KINDS
from rag.answer.refuse.detail_signals import detail_signals
from rag.types import Paper
from tests.rag.answer.sample import SPARSE as PAPER
from tests.rag.answer.sample import WORDS, ask, lacking, weighed


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
    assert lacking(question)["detail_missing"] == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What batch size was used?", 1.0),
        ("What is the batch size of it?", 1.0),
        ("How many GPUs did it take?", 1.0),
        ("Who annotated the sentences?", 1.0),
        ("Does attention help where the batch size is small?", 0.0),  # a batch size is not what it asks for
        ("How much slower does it learn?", 0.0),  # words may say that
        ("Why is attention sparse?", 0.0),
    ],
)
def test_what_is_asked_for_and_plainly_not_there(question: str, missing: float) -> None:
    assert lacking(question)["plainly_missing"] == missing


def test_a_figure_is_that_of_the_paper_with_the_rarest_name_of_the_question() -> None:
    plain = Paper("o", "QuickNet", "QuickNet is accurate on CIFAR-10. It is fast.")
    read = [weighed(paper, [], 0.5).reading for paper in (PAPER, plain)]
    quotes = [Quote(reading.paper, reading.spans[0]) for reading in read]

    def missing(rare: str) -> float:
        asked = ask(
            "What accuracy does QuickNet reach on CIFAR-10?", lambda term: 3.0 if term == rare else 1.0
        )
        return detail_signals(asked, read, quotes, WORDS)["figure_missing"]

    assert missing("quicknet") == 1.0
    assert missing("cifar10") == 0.0


def test_what_is_asked_is_asked_of_the_papers_that_have_most_of_its_words() -> None:
    cats = Paper("c", "Captive cats", "Captive cats were tested for a virus. None had it.")
    dogs = Paper("d", "Other dogs", "Dogs were 5 years old. They were tested.")
    read = [weighed(paper, [], 0.5).reading for paper in (cats, dogs)]
    quotes = [Quote(reading.paper, reading.spans[0]) for reading in read]

    def missing(question: str) -> float:
        return detail_signals(ask(question), read, quotes, WORDS)["age_missing"]

    assert missing("How old were the captive cats with the virus?") == 1.0
    assert missing("How old were the animals tested?") == 0.0


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
        ("How long does training take?", "We train a 4D model. It is small.", 1.0),
        ("In which years was it collected?", "We asked 50 patients for 2 years. They slept.", 1.0),
        ("In which month was it held?", "We asked 50 patients in 2009. They slept.", 1.0),
        ("In which month was it held?", "We asked 50 patients in May 2009. They slept.", 0.0),
        ("How old were the rats?", "We fed 50 rats. They slept.", 1.0),
        ("How old were the rats?", "We fed 50 5-week-old rats. They slept.", 0.0),
        ("What was the mean age?", "We asked 50 patients, aged 40. They slept.", 0.0),
        ("How much did the survey cost?", "We asked 50 patients. They slept.", 1.0),
        ("How much did the survey cost?", "We asked 50 patients for €40 each. They slept.", 0.0),
        ("Where can I download it?", "We asked 50 patients. They slept.", 1.0),
        ("Where can one get examples of it?", "We asked 50 patients. They slept.", 0.0),
        ("Where can I download it?", "We asked 50 patients. Data: https://example.org.", 0.0),
        ("What is the computational cost?", "It is nearly quadratic. They slept.", 0.0),
        ("What does it cost computationally?", "It is slow. They slept.", 0.0),
        ("What is the memory cost?", "We asked 50 patients. They slept.", 1.0),
        ("Is there any software for it?", "It is fast. It is small.", 1.0),
        ("How common is it in children?", "It is fast. Many got better.", 1.0),
        ("How common is it in children?", "It is fast. It affects 1 in 3500 of them.", 0.0),
        ("Code for SimCLR?", "It is fast. It is small.", 1.0),
        ("Any code for this?", "It is fast. Code is at https://example.org.", 0.0),
        ("Do codes for channels help?", "It is fast. It is small.", 0.0),
        ("What does RCT stand for?", "A randomised trial (RCT) was held. They slept.", 0.0),
        ("What does RCT stand for?", "We did an RCT (randomised controlled trial). They slept.", 0.0),
        ("What does RCT stand for?", "We present RCT, Random Clipped Terms. They slept.", 0.0),
        ("What is RCT short for?", "An RCT was held. They slept.", 1.0),
        ("When were the patients treated?", "We treated 50 patients. They slept.", 1.0),
        ("When were the patients treated?", "We treated 50 patients within 3 hours. They slept.", 0.0),
        ("Who developed SparseNet?", "We propose SparseNet. In it, We introduce a norm.", 1.0),
        ("Who is behind SparseNet?", "SparseNet uses Newton's method. It is fast.", 1.0),
        (
            "Who first described the reflex?",
            "The reflex, first described by Purkinje, is old. It passes.",
            0.0,
        ),
        ("Who introduced the unit?", "McCulloch and Pitts introduced the unit. It is simple.", 0.0),
        ("Who introduced the unit?", "It is the unit of Rosenblatt et al. (1958). It is simple.", 0.0),
        ("Who introduced the unit?", "In 1958 Rosenblatt introduced the unit. It is simple.", 0.0),
        ("Who makes the drug?", "The drug is safe. It is small.", 0.0),
        ("How long is the corridor?", "We asked 50 patients. They slept.", 0.0),
        ("How long did the scan take?", "We saw 50 patients for 2 years. Scans helped.", 1.0),  # of others
        ("How long did the scan take?", "We saw 50 patients. A scan took 5 minutes.", 0.0),
        ("How long had the rats been kept alone?", "Rats were caged. It is small.", 1.0),
        ("What did the new drug cost per patient?", "It is cheap. They slept.", 1.0),  # no price
        ("What did the new drug cost per patient?", "It costs 40 a patient. They slept.", 0.0),
        ("What side effects did it have?", "It helped. They slept.", 1.0),
        ("What side effects did it have?", "It was well tolerated. They slept.", 0.0),
        ("What dose was given?", "It helped. They slept.", 1.0),
        ("What dose was given?", "It helped at 3 mg/kg. They slept.", 0.0),
        ("At what field strength were they imaged?", "It helped. They slept.", 1.0),
        ("At what field strength were they imaged?", "A 1.5T unit was used. They slept.", 0.0),
        ("Which company made the kit?", "A kit was used. They slept.", 1.0),
        ("Which company made the kit?", "A kit (Roche Ltd) was used. They slept.", 0.0),
        ("Who read the scans?", "Scans helped. They slept.", 1.0),
        ("Who read the scans?", "Scans were read by two senior radiologists. They slept.", 0.0),
        ("Who read the scans?", "Two radiologists read scans. They slept.", 0.0),
        ("When does it fail?", "We asked 50 patients. They slept.", 0.0),
    ],
)
def test_where_the_code_is_when_it_was_done_for_how_long_and_by_whom_must_be_told(
    question: str, abstract: str, missing: float
) -> None:
    signals = lacking(question, paper=Paper("p", "Sleep", abstract))
    kinds = (*KINDS, "maker", "expansion")
    assert max(signals[f"{kind}_missing"] for kind in kinds) == missing
    assert signals["plainly_missing"] == missing
