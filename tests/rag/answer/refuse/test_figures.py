from __future__ import annotations

import pytest

from rag.answer.evidence.numbers import asks_for_a_figure, counts
from rag.answer.text.quantities import quantities
from rag.types import Paper
from tests.rag.answer.sample import WORDS, ask, lacking


def test_a_figure_that_is_asked_for_must_be_there() -> None:
    assert lacking("What accuracy does it reach?", quoted=0)["figure_missing"] == 0.0
    assert lacking("What accuracy does it reach?", quoted=1)["figure_missing"] == 0.5
    none = Paper("p", "Sparse attention", "It reaches a good accuracy on CIFAR-10. The rate falls slowly.")
    assert lacking("What accuracy does it reach?", paper=none)["figure_missing"] == 1.0
    assert lacking("Why is it accurate?", paper=none)["figure_missing"] == 0.0


def test_the_figure_of_something_that_the_papers_never_name_is_missing() -> None:
    paper = Paper("p", "Scans", "We compare 50 patients with 50 controls. Scans differ in 3 regions.")
    assert lacking("What was the mean age of the patients?", paper=paper)["figure_missing"] == 1.0
    told = Paper("p", "Scans", "We compare 50 patients, aged 60 on average. Their age did not matter.")
    assert lacking("What was the mean age of the patients?", paper=told)["figure_missing"] == 0.0


def test_a_figure_may_be_told_in_words_and_a_number_of_a_list_is_none() -> None:
    faster = Paper("p", "Sparse attention", "It is orders of magnitude faster. It learns.")
    assert lacking("How much faster is it?", paper=faster)["figure_missing"] == 0.0
    listed = Paper("p", "Sparse attention", "We show (1) that it is fast and (2) that it learns. It learns.")
    assert lacking("What accuracy does it reach?", paper=listed)["figure_missing"] == 1.0


def test_the_figure_of_a_detail_stands_where_the_detail_does() -> None:
    assert lacking("What learning rate does it use?")["figure_missing"] == 1.0
    told = Paper("p", "Sparse attention", "It learns. The learning rate is 0.1.")
    assert lacking("What learning rate does it use?", quoted=1, paper=told)["figure_missing"] == 0.0


def test_a_figure_of_the_question_is_no_answer_to_it() -> None:
    assert lacking("What accuracy does it reach beyond 76.5%?")["figure_missing"] == 1.0


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
        ("What loss does it use?", False),
        ("What does it share with others?", False),
        ("What share does it lose?", True),
        ("What loss does it reach?", True),
        ("How do networks learn?", False),
        ("Which networks learn?", False),
        ("Which distance is minimized?", False),
        ("At which distance is it seen?", False),
        ("At which rate does it learn?", True),
        ("Which long-range benchmark scores do they reach?", True),
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
        ("Quasars are seen at redshifts around 1.52, and they move.", 1.0),
        ("We use six fits for quasars.", 1.0),
        ("We use 12 layers. Quasars are bright.", 1.0),
        ("Quasars are bright.", 1.0),
    ],
)
def test_what_is_counted_has_its_number_beside_it(text: str, missing: float) -> None:
    paper = Paper("p", "The sky", f"{text} It ends here.")
    assert lacking("How many quasars were tested?", paper=paper)["count_missing"] == missing


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
    assert lacking("How many participants were there?", paper=paper)["count_missing"] == missing


def figure(question: str, abstract: str) -> float:
    return lacking(question, paper=Paper("p", "Sparse attention", f"{abstract} It ends."))["figure_missing"]


def count(question: str, abstract: str) -> float:
    return lacking(question, paper=Paper("p", "Sparse attention", f"{abstract} It ends."))["count_missing"]


@pytest.mark.parametrize(
    ("question", "abstract", "missing"),
    [
        ("What accuracy does it reach?", "It shows 1) good accuracy, 2) speed.", 1.0),  # a list
        ("What accuracy does it reach?", "Its accuracy is fine for x^2 and y in [0,1].", 1.0),  # a formula
        ("What accuracy does it reach?", "For any x > 0 its accuracy is fine.", 1.0),
        ("What accuracy does it reach?", "Its accuracy held for 17 years.", 1.0),  # a time
        ("What accuracy does it reach?", "Its accuracy is fine (n = 40).", 0.0),
        ("What is the value of the coupling?", "The coupling is fitted to five data sets.", 1.0),
        ("What is the value of the coupling?", "The coupling of 0.5 is fitted to five data sets.", 0.0),
        ("What dictionary size does it use?", "Half of it is used, 90% in all.", 1.0),  # shares
        ("What share of it is used?", "Half of it is used.", 0.0),
        ("What depth must it have?", "It has a depth of O(1/x).", 0.0),  # an order is an answer
        ("What dimension does it have?", "A one-dimensional problem is solved.", 0.0),
        ("What MASE does it reach?", "It reaches 0.4 on M4.", 1.0),  # 0.4 of something else
        ("What MASE does it reach?", "It reaches a MASE of 0.4 on M4.", 0.0),
        ("What was the mean tumour size?", "We asked 50 patients, 12 of them men.", 1.0),
        ("What was the mean tumour size?", "Their tumours were 5 mm wide.", 0.0),
        ("What was the mean BMI?", "We asked 50 patients, 12 of them men.", 1.0),
        ("What was the mean BMI?", "We asked 50 patients with a BMI of 31.", 0.0),
        ("What was the mean level of leptin?", "Leptin was low (p < 0.01).", 1.0),  # a test's
        ("What was the p-value of the mean level of leptin?", "Leptin was low (p < 0.01).", 0.0),
        ("What was the mean level of growth factor?", "Growth factor-beta 1 and grade 3 rose.", 1.0),  # names
        ("What was the mean growth in millimetres?", "Growth was seen in 40% of men.", 1.0),
        ("What was the mean growth in weeks?", "Growth lasted 4 weeks.", 0.0),
        ("What is its weight in kilodaltons?", "Its weight is 40% that of SCL-2.", 1.0),
        ("What is its weight in kilodaltons?", "Its weight is 40 kDa.", 0.0),
        ("How large is it in gigabytes?", "It has 4,330 pairs.", 1.0),
        ("How large is it in gigabytes?", "It has 4,330 pairs of 2 GB in all.", 0.0),
        ("What is the mean field theory of spins?", "It is a theory of spins.", 0.0),
        ("What has changed in recent times?", "Sleep has.", 0.0),
        ("Which drug works in minutes?", "Aspirin does.", 0.0),
        ("What is the median age of rats in years?", "Rats are 2 years old, aged.", 0.0),
        ("Which factors matter?", "Sleep and food matter.", 0.0),  # no figure is asked for
        ("Which weights should be merged?", "Linear ones should be.", 0.0),
    ],
)
def test_only_a_number_that_could_be_it_tells_the_figure(
    question: str, abstract: str, missing: float
) -> None:
    assert figure(question, abstract) == missing


@pytest.mark.parametrize(
    ("abstract", "missing"),
    [
        ("We show 1) fewer tokens and 2) speed.", 1.0),  # a list
        ("Tokens are read at 16 times the speed.", 1.0),  # a multiple
        ("Most tokens are read within 5 days.", 0.5),
        ("Tokens are read within 5 days on most computers.", 1.0),
        ("Tokens are read quickly, 40% at once.", 0.5),
        ("All tokens are read: 512 cases in all.", 0.5),
        ("We read 500M tokens.", 0.0),
        ("Four months after a token was read, it ended.", 1.0),
        ("In 2009 tokens were read.", 1.0),  # a year
        ("We read 18-letter tokens.", 1.0),  # counts the letters
        ("Tokens are read at 0.82 (95% CI 0.73 to 0.93).", 1.0),  # no whole number
        ("They are read (n = 40).", 0.5),
    ],
)
def test_a_number_that_measures_or_counts_something_else_is_no_count(abstract: str, missing: float) -> None:
    assert count("How many tokens were read?", abstract) == missing


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", ""])
def test_a_sample_counts_people_however_its_size_is_spaced(space: str) -> None:
    text = f"Adults living in the country (N{space}={space}3,418)."
    (size,) = quantities(text)
    assert counts(ask("How many adults answered?").counted, text, size, WORDS)
    assert not counts(ask("How many letters were sent?").counted, text, size, WORDS)
