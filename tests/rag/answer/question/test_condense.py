from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.condense import condense, within_budget
from rag.types import Turn
from tests.rag.answer.sample import WORDS

TALK = (
    Turn("user", "What is GraphSAGE?"),
    Turn("assistant", "An inductive method that samples neighbours. It is compared with GCN."),
)


def _needs(question: str) -> bool | None:
    return condense(question, TALK, WORDS).needs


@pytest.mark.parametrize(
    "question",
    [
        "How fast is it?",
        "And its limitations?",
        "What about memory?",
        "How do they sample rare neighbours?",
        "Why?",
        "How many parameters?",
        "Does the second one scale to millions of nodes on one machine?",
    ],
)
def test_pronouns_ellipses_and_ordinals_point_back(question: str) -> None:
    asked = condense(question, TALK, WORDS)
    assert asked.needs is True
    assert asked.carried != asked.alone


@pytest.mark.parametrize(
    "question",
    [
        "Which learning rate schedule gives transformers the lowest perplexity on long documents?",
        "Is it possible to prove convergence of stochastic gradient descent for quadratic objectives?",
        "Are there papers that use wavelets to explain image classifiers?",
    ],
)
def test_a_whole_question_stands_alone(question: str) -> None:
    assert not condense(question, TALK, WORDS).needs


@pytest.mark.parametrize(
    "question",
    [
        "Which loss function does the model minimise during training?",
        "How do they sample the neighbours of rare nodes in large graphs?",
    ],
)
def test_a_definite_noun_or_a_pronoun_in_a_long_question_leaves_it_open(question: str) -> None:
    assert _needs(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "OK, different subject: how are proteins folded?",
        "Let's move on. How are proteins folded?",
        "let’s switch: how are proteins folded?",
        "Switching gears, how are proteins folded?",
    ],
)
def test_an_announced_change_of_subject_carries_nothing(question: str) -> None:
    asked = condense(question, TALK, WORDS)
    assert asked.needs is False
    assert asked.carried == asked.alone
    assert asked.alone.casefold() == "how are proteins folded?"


def test_the_subject_is_carried_from_the_first_question_of_the_thread() -> None:
    talk = (*TALK, Turn("user", "And the speed?"), Turn("assistant", "Ten times faster."))
    assert "GraphSAGE" in condense("How much memory does it need?", talk, WORDS).carried


@pytest.mark.parametrize("question", ["Why is the sky blue?", "How does water boil?"])
def test_a_short_question_that_names_something_is_left_open(question: str) -> None:
    assert _needs(question) is None


@pytest.mark.parametrize(
    "question", ["What is photosynthesis?", "now tell me about neural ODEs", "Explain tides"]
)
def test_a_thing_by_its_name_is_asked_about_alone(question: str) -> None:
    assert _needs(question) is False


@pytest.mark.parametrize("question", ["what are the risks", "And what are the side effects?"])
def test_the_many_things_of_something_are_asked_of_what_was_spoken_of(question: str) -> None:
    assert _needs(question) is True


@pytest.mark.parametrize("question", ["What are the Koopman operators?", "What are the risks of aspirin?"])
def test_what_says_whose_they_are_is_left_open(question: str) -> None:
    assert _needs(question) is not True


@pytest.mark.parametrize(
    "question",
    ["What is the accuracy?", "Explain its loss", "what are limitations?", "Explain how attention is masked"],
)
def test_a_thing_that_belongs_to_another_is_not(question: str) -> None:
    assert _needs(question) is not False


def test_a_thread_begins_with_the_question_that_names_its_subject() -> None:
    talk = (*TALK, Turn("user", "How does UltraGCN differ from LightGCN?"), Turn("assistant", "In its loss."))
    carried = condense("And its limitations?", talk, WORDS).carried
    assert "UltraGCN" in carried
    assert "GraphSAGE" not in carried


def test_the_second_one_is_the_second_title_of_the_last_answer() -> None:
    talk = (
        Turn("user", "Which papers study sampling?"),
        Turn("assistant", "- “Deep walks on graphs”: One. [1]\n- “Layered importance sampling”: Two. [2]"),
    )
    carried = condense("How fast is the second one?", talk, WORDS).carried
    assert "importance" in carried
    assert "walks" not in carried


@pytest.mark.parametrize(
    "answer",
    [
        "Deep walks on graphs help. Layered importance sampling is faster.",
        "- Deep walks on graphs help [1].\n- Layered importance sampling is faster [2].",
        "There are two: deep walks on graphs; layered importance sampling.",
    ],
)
def test_the_first_one_is_the_first_of_an_answer_with_or_without_a_lead_in(answer: str) -> None:
    talk = (Turn("user", "Which are there?"), Turn("assistant", answer))
    first = condense("How fast is the first one?", talk, WORDS).carried
    second = condense("How fast is the second one?", talk, WORDS).carried
    assert ("walks" in first, "importance" in first) == (True, False)
    assert ("walks" in second, "importance" in second) == (False, True)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("tell me more", True),
        ("Can you elaborate on that?", True),
        ("Anything else?", True),
        ("go on please", True),
        ("Are you sure?", False),
        ("Where does it say that?", False),
        ("explain it in simple terms", False),
    ],
)
def test_a_wish_for_more_and_a_doubt_ask_the_last_question_again(said: str, more: bool) -> None:
    talk = (*TALK, Turn("user", "thanks"), Turn("assistant", "You're welcome!"), Turn("user", "go on"))
    asked = condense(said, talk, WORDS)
    assert (asked.carried, asked.needs, asked.more) == ("What is GraphSAGE?", True, more)


@pytest.mark.parametrize("said", ["Tell me more about LightGCN", "Explain gradient clipping", "Is it fast?"])
def test_what_names_something_or_asks_something_is_no_wish_for_more(said: str) -> None:
    asked = condense(said, TALK, WORDS)
    assert asked.alone == said
    assert asked.carried.startswith(said)


def test_elaborating_on_a_part_points_back() -> None:
    assert _needs("Can you elaborate on the sampling of neighbours?") is True


LIST = (
    Turn("user", "Which papers study sampling?"),
    Turn("assistant", "- “Deep walks on graphs”: One. [1]\n- “Layered importance sampling”: Two. [2]"),
)


def test_it_is_what_the_second_one_was() -> None:
    talk = (*LIST, Turn("user", "the second one?"), Turn("assistant", "It samples by layers."))
    carried = condense("what does it cost", talk, WORDS).carried
    assert "importance" in carried
    assert "walks" not in carried


@pytest.mark.parametrize("said", ["Compare the first two", "How do both of them scale?", "compare them"])
def test_both_are_the_two_titles_of_the_last_answer(said: str) -> None:
    carried = condense(said, LIST, WORDS).carried
    assert "walks" in carried
    assert "importance" in carried


def test_the_second_one_is_of_the_last_answer_that_lists_papers_and_of_no_refusal() -> None:
    listed = [
        Turn("user", "Which papers study nets?"),
        Turn("assistant", "- “Alpha nets”: x\n- “Beta nets”: y"),
    ]
    single = [
        Turn("user", "Are nets fast?"),
        Turn("assistant", "“Gamma nets”: They are fast. They are small."),
    ]
    refused = [
        Turn("user", "Who made nets?"),
        Turn("assistant", "None of the stored papers answers this. Nearest: “Delta”; “Epsilon”."),
    ]
    for after in ([], single, refused, [*single, *refused]):
        said = condense("What does the second one say?", [*listed, *after], WORDS)
        assert said.carried == "What does the second one say? (Beta nets)"


def test_the_second_of_a_list_is_counted_with_papers_that_have_no_title() -> None:
    listed = [
        Turn("user", "Which?"),
        Turn("assistant", "- Untitled paper 7: Nets win. [1]\n- “Beta nets”: y [2]"),
    ]
    assert condense("What does the second one say?", listed, WORDS).carried.endswith("(Beta nets)")
    assert "win" in condense("What does the first one say?", listed, WORDS).carried


def test_nothing_is_picked_from_a_refusal() -> None:
    refused = "None of the stored papers answers this. Ask in other words, or add papers on this."
    talk = [Turn("user", "What is GraphSAGE?"), Turn("assistant", refused)]
    assert condense("What does the first one say?", talk, WORDS).carried.endswith("(GraphSAGE)")


@pytest.mark.parametrize(
    "question", ["How does it compare to the first?", "And compared to the first?", "versus the first one?"]
)
def test_what_is_compared_to_one_picked_is_carried_too(question: str) -> None:
    history = [
        Turn("user", "Which papers study nets?"),
        Turn("assistant", "- “Alpha nets”: x\n- “Beta waves”: y"),
        Turn("user", "What does the second one say?"),
        Turn("assistant", "“Beta waves”: Waves are fast."),
    ]
    said = condense(question, history, WORDS)
    assert said.carried == f"{question} (Alpha nets Beta waves)"


@pytest.mark.parametrize(
    "question", ["What are the limitations?", "and the alternatives?", "What is the catch?"]
)
def test_what_names_no_subject_is_asked_of_the_talk_and_not_carried_on(question: str) -> None:
    said = condense(question, TALK, WORDS)
    assert said.needs
    later = [*TALK, Turn("user", question), Turn("assistant", "None is told.")]
    assert condense("And its speed?", later, WORDS) == condense("And its speed?", TALK, WORDS)


@pytest.mark.parametrize(
    "question", ["Can you summarize that?", "shorter please", "Give me the gist", "In simple terms?"]
)
def test_a_summary_is_of_the_last_answer(question: str) -> None:
    said = condense(question, TALK, WORDS)
    assert (said.carried, said.needs) == ("What is GraphSAGE?", True)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Are there other papers on waves?", "Are there other papers on waves?"),
        ("Any other papers?", "What is GraphSAGE?"),
        ("Are there more studies on this?", "What is GraphSAGE?"),
    ],
)
def test_other_papers_are_those_not_told_of(question: str, asked: str) -> None:
    said = condense(question, TALK, WORDS)
    assert (said.others, said.carried if said.needs else said.alone) == (True, asked)


@pytest.mark.parametrize(
    "question", ["By how much does accuracy drop?", "Where can I get the model?", "Is it significant?"]
)
def test_a_question_that_names_no_subject_points_back(question: str) -> None:
    assert condense(question, TALK, WORDS).needs is True


def test_thanks_between_are_no_part_of_the_talk() -> None:
    history = [
        Turn("user", "What is HERMES?"),
        Turn("assistant", "“HERMES”: It forecasts."),
        Turn("user", "thanks"),
        Turn("assistant", "You're welcome!"),
    ]
    assert condense("What about its code?", history, WORDS).carried == "What about its code? (HERMES)"


def test_of_what_was_said_between_only_names_and_the_last_words_are_carried() -> None:
    talk = (*TALK, Turn("user", "And its speed?"), Turn("user", "What about memory on Reddit?"))
    carried = condense("Why is it so?", talk, WORDS).carried
    assert "speed" not in carried
    assert all(word in carried for word in ("GraphSAGE", "memory", "Reddit"))


def test_by_the_way_goes_on_with_the_subject_where_it_points_back() -> None:
    asked = condense("By the way, is it safe in children?", TALK, WORDS)
    assert "GraphSAGE" in asked.carried
    assert condense("By the way, how are proteins folded?", TALK, WORDS).needs is False


def test_a_long_answer_does_not_hide_the_question_before_it() -> None:
    talk = (Turn("user", "What is GraphSAGE?"), Turn("assistant", "It samples neighbours. " * 400))
    assert "GraphSAGE" in condense("How fast is it?", talk, WORDS).carried


def test_no_history_leaves_the_question_as_it_is() -> None:
    assert condense("And its limitations?", (), WORDS).carried == "And its limitations?"


@given(st.lists(st.text(max_size=50), max_size=8), st.integers(0, 120))
def test_the_latest_turns_are_kept_whole_within_the_budget(contents: list[str], budget: int) -> None:
    turns = tuple(Turn("user", content) for content in contents)
    kept = within_budget(turns, budget)
    assert kept == turns[len(turns) - len(kept) :]
    assert sum(len(turn.content) for turn in kept) <= budget
    if len(kept) < len(turns):
        assert sum(len(turn.content) for turn in turns[len(turns) - len(kept) - 1 :]) > budget


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=4))
def test_any_text_gives_a_question(question: str, contents: list[str]) -> None:
    roles = ("user", "assistant")
    turns = tuple(Turn(roles[i % 2], content) for i, content in enumerate(contents))  # type: ignore[arg-type]
    asked = condense(question, turns, WORDS)
    assert asked.carried.startswith(asked.alone.rstrip())
