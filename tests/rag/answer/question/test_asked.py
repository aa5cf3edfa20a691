from __future__ import annotations

import pytest

from rag.answer.evidence.numbers import asks_for_a_figure
from rag.answer.question.asked import part_to_search, read_question
from rag.answer.question.subject import subjects
from rag.answer.question.wording import sought, subject_of_list
from tests.rag.answer.sample import WORDS, ask


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("What is SimCLR?", 1),
        ("How do A and B differ?", 2),
        ("What do the two papers on hands contribute?", 2),
        ("Which papers use wavelets?", 6),
        ("What do recent studies say about sleep?", 6),
        ("Who argues that nets are linear?", 6),
        ("Which research groups use wavelets?", 6),
        ("List papers about time series forecasting", 6),
        ("Give me three papers on neural operators", 3),
        ("papers on PDE foundation models", 6),
        ("Please show me the most recent surveys of activation functions", 6),
        ("latest research on chaotic dynamics", 6),
        ("What is the research on tracking?", 6),
        ("Tell me about the literature on tracking", 6),
        ("What work has been done on tracking?", 6),
        ("Which work is done by the optimizer?", 1),
        ("What methods are there for solving PDEs?", 6),
        ("What methods are used?", 1),
        ("What should I read on tracking?", 6),
        ("According to the simulation studies in the TSEN paper, what is needed?", 1),
        ("How dropout works in deep nets", 1),
        ("How many papers in the survey were left out?", 1),
        ("Which Lie groups does the framework target?", 1),
        ("In the study of wavelets, how do the authors measure noise?", 1),
        ("When do investors who have a plan gain?", 1),
        ("Does aspirin lower the risk of stroke?", 1),
    ],
)
def test_the_wording_says_how_many_papers_are_wanted(text: str, papers: int) -> None:
    assert ask(text).papers == papers


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Which papers use wavelets?", "wavelets?"),
        ("papers on finance", "finance"),
        ("Are there papers that use wavelets to explain nets?", "wavelets to explain nets?"),
        ("What is the research on tracking?", "tracking?"),
        ("What should I read about flows?", "flows?"),
        ("surveys of activation functions", "surveys of activation functions"),
        ("Which papers are surveys?", "surveys?"),
        ("Give me three papers on flows", "flows"),
        ("papers from 2023 on diffusion", "diffusion"),
        ("How do the two papers on hands differ?", "How do the two papers on hands differ?"),
        ("Which papers?", "Which papers?"),
        ("How does a paper fold?", "How does a paper fold?"),
        ("Any other papers?", "Any other papers?"),
    ],
)
def test_a_list_is_searched_for_what_its_papers_are_on(question: str, subject: str) -> None:
    assert subject_of_list(question) == subject


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Explain sparse attention to me", "sparse attention"),
        ("How does attention work?", "attention"),
        ("Which papers use wavelets?", "wavelets?"),
        ("Which papers share code?", "Code is available at GitHub"),
        ("Which papers share code for wavelets?", "share code for wavelets?"),
        ("What is attention? (nets)", "What is attention? (nets)"),
        ("Tell me about “sparse attention”", "Tell me about “sparse attention”"),
        (
            "What is won, and what lost, where nets are deep?",
            "What is won, and what lost, where nets are deep?",
        ),
        ("Why is attention sparse?", "Why is attention sparse?"),
    ],
)
def test_what_asks_for_a_list_or_an_explanation_is_not_searched(question: str, part: str) -> None:
    assert part_to_search(question, WORDS) == part


def test_what_all_of_a_question_asks_for_holds_where_a_part_was_searched() -> None:
    question = "Which papers on Napoleon share code?"
    asked = read_question(question, WORDS, lambda _: 1.0, part="Napoleon share code?")
    assert (asked.text, asked.searched) == (question, "Napoleon share code?")
    assert (asked.papers, asked.called, asked.names) == (6, ("Napoleon",), (frozenset({"napoleon"}),))
    assert "code" in asked.wants


def test_what_is_asked_of_a_thing_is_read_from_all_of_the_question() -> None:
    question = "What is the accuracy of SimCLR?"
    part = part_to_search(question, WORDS)
    assert part == "accuracy of SimCLR"
    assert not asks_for_a_figure(ask(part))
    assert asks_for_a_figure(read_question(question, WORDS, lambda _: 1.0, part=part))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many neurons are there?", "count"),
        ("By how much does it improve?", "number"),
        ("Why does it fail?", "reason"),
        ("What is a transformer?", "thing"),
        ("At which conference was it presented?", "record"),
        ("How many authors does it have?", "record"),
        ("How do I install it?", "record"),
        ("Does it run on my old laptop?", "record"),
        ("Which framework is it written in?", "record"),
    ],
)
def test_the_kind_of_answer_is_read_off_the_wording(text: str, kind: str) -> None:
    assert kind in ask(text).wants


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Write a Python function that reverses a list.", True),
        ("Please fix this SQL: SELECT name FROM users GROUP name;", True),
        ("can you write me a short poem about networks?", True),
        ("Generate code for a binary search in Java", True),
        ("Give me a recipe for pancakes", True),
        ("Show me a class of functions that networks approximate", False),
        ("Which papers generate code?", False),
        ("Give me code generation papers", False),
        ("How do networks write a poem?", False),
        ("Give me the papers on code generation", False),
        ("Write a summary of what is known about sleep", False),
    ],
)
def test_a_wish_for_something_to_be_made_is_no_question_to_papers(text: str, made: bool) -> None:
    assert ("work" in ask(text).wants) == made


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("What funding did it have?", True),
        ("What are the authors of SimCLR?", True),
        ("On which day was it submitted?", True),
        ("Which journal published it?", True),
        ("Was it published in a journal?", True),
        ("What is the venue of SimCLR?", True),
        ("Is it a workshop paper?", True),
        ("Do journal reviewers like to be cited?", False),
        ("Are patients at conferences tired?", False),
        ("What effect do workshops have on nurses?", False),
        ("Do nurses who were trained in a workshop do better?", False),
        ("What effect does funding for schools have?", False),
        ("What was its source of funding?", True),
        ("What is its funding source?", True),
        ("How can I contact the authors?", True),
        ("What is the email address of the author?", True),
        ("Does email raise response rates?", False),
        ("Was SimCLR funded by Google?", True),
        ("Was the sleep study sponsored by industry?", True),
        ("Are trials that are funded by industry biased?", False),
        ("Is it patented?", True),
        ("List the authors of SimCLR", True),
        ("What do the authors of SimCLR conclude?", False),
        ("Which grants paid for it?", True),
        ("Was it funded by industry?", True),
        ("Is success at funding told by the h-index?", False),  # what is studied
        ("Which loss is given in the appendix?", True),
        ("What does Appendix B prove?", True),
        ("Does a perforated appendix cause infertility?", False),
        ("Does vitamin supplementation help?", False),
        ("What do the supplementary figures show?", True),
    ],
)
def test_what_stands_around_a_paper_is_told_from_what_it_studies(text: str, record: bool) -> None:
    assert ("record" in ask(text).wants) == record


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("How many test problems is it tried on?", "how many test problems"),
        ("At which university was it made?", "which university"),
        ("What top-1 accuracy does it get?", "what top-1 accuracy"),
        ("What is the gradient penalty coefficient of the net?", "the gradient penalty coefficient"),
        ("How many GPUs trained it?", "how many GPUs"),
        ("How long does it take?", "how long"),
        ("Who funded the work?", "who funded"),
        ("Who came up with it?", "who came up with"),
        ("Who is the inventor of it?", "who is the inventor"),
        ("When was it written?", "when"),
        ("Does it learn?", ""),
        ("Why does it learn?", ""),
    ],
)
def test_what_a_question_asks_for_is_told_in_its_own_words(question: str, phrase: str) -> None:
    assert sought(question) == tuple(filter(None, [phrase]))


def test_a_question_may_ask_for_several_things() -> None:
    asked = "Which learning rate and how many layers were used, and who funded it?"
    assert sought(asked) == ("which learning rate", "how many layers", "who funded")


def test_a_question_asks_about_what_it_names_or_wants_explained() -> None:
    assert ask("Who funded HERMES?").called == ("HERMES",)
    assert ask("What is attention?").called == ("attention",)


def test_words_that_only_ask_count_for_nothing() -> None:
    assert ask("What does the paper propose to explain about neurons?").terms == ("neuron",)


def test_how_many_papers_are_wanted_is_no_subject() -> None:
    assert ask("three papers on tides").terms == ask("papers on tides").terms


def test_a_question_of_such_words_alone_keeps_them() -> None:
    assert ask("What does the paper show?").terms


def test_a_share_is_weighed_by_rarity() -> None:
    asked = ask("rare common", lambda term: 3.0 if term == "rare" else 1.0)
    assert asked.share(frozenset({"rare"})) == 0.75
    assert asked.share(frozenset({"rare"}), without=frozenset({"rare"})) == 0.0
    assert asked.share(frozenset(), without=frozenset({"rare", "common"}), otherwise=1.0) == 1.0


def test_how_rare_and_how_well_known_the_words_of_a_question_are() -> None:
    asked = ask("rare common strange", _idf)
    assert asked.known == 0.5
    assert asked.rarity == (3 + 1 + 4) / (3 * 4)
    assert ask("strange", _idf).rarity == 1.0


def _idf(term: str) -> float:
    """Of a library that has two words."""
    return {"rare": 3.0, "common": 1.0}.get(term, 4.0)


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many radiologists reviewed the scans of the patients?", "radiologists"),
        ("How many newly diagnosed tumours were seen?", "newly diagnosed tumours"),
        ("How many tokens took part in it?", "tokens"),
        ("How many cigarettes a day did they smoke?", "cigarettes"),
        ("How many attention heads does it use?", "attention heads"),
    ],
)
def test_what_is_to_be_counted_ends_where_something_is_said_of_it(question: str, counted: str) -> None:
    assert ask(question).counted == frozenset(WORDS.terms(counted))


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What causes catastrophic forgetting?", "catastrophic forgetting"),
        ("How many layers does ResNet have?", "ResNet"),
        ("What is the role of dopamine?", "dopamine"),
        ("Which papers report results?", ""),
    ],
)
def test_what_goes_with_any_question_is_no_subject(question: str, about: str) -> None:
    assert subjects(WORDS.terms(question), WORDS) == frozenset(WORDS.terms(about))


def test_a_vague_word_that_no_paper_has_is_not_asked_about() -> None:
    idf = {"sparse": 2.0, "limit": 3.0}
    asked = read_question(
        "What are the pros and limits of sparse nets?", WORDS, lambda term: idf.get(term, 9.0)
    )
    assert asked.terms == ("limit", "spars", "net")
