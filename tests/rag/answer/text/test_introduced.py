from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.text.introduced import bears, entitles, introducing, is_coined, subject_of


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What is SimCLR?", "SimCLR"),
        ("whats simclr", "simclr"),
        ("what’s the idea behind mixture of experts", "mixture of experts"),
        ("What are liquid time-constant networks?", "liquid time-constant networks"),
        ("So, what is a LinearScope and what does it allow?", "LinearScope"),
        ("Please explain neural ODEs to me.", "neural ODEs"),
        ("Can you define “normalizing flow”?", "normalizing flow"),
        ("Tell me more about ViKANformer", "ViKANformer"),
        ("Give me a short overview of operator learning", "operator learning"),
        ("Give me the gist of operator learning", "operator learning"),
        ("How does attention work?", "attention"),
        ("What does O-MMGP do?", "O-MMGP"),
        ("Summarize the Panda paper.", "Panda"),
        ("Summarize the paper on LightGCN", "LightGCN"),
        ("What is the HERMES paper about?", "HERMES"),
        ("What is dark matter there? (sparse autoencoders fail)", "dark matter"),
        ("What accuracy does SimCLR reach?", ""),
        ("Why is SimCLR simple?", ""),
        ("How does UltraGCN get rid of explicit message passing?", ""),
        ("What is gained by a very long wording that nobody would take for a name of anything?", ""),
        ("", ""),
    ],
)
def test_what_is_to_be_explained(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@pytest.mark.parametrize("filler", ["!", "a", " a", "a ", ", ", "and what ", "what is ", "\n"])
def test_a_thing_has_few_words_however_long_the_question(filler: str) -> None:
    assert len(subject_of("what is " + filler * (4000 // len(filler)) + "x,").split()) <= 6


IS_IT, PROPOSED, LOOSELY, NOTHING = 1.0, 0.75, 0.5, 0.0


@pytest.mark.parametrize(
    ("subject", "text", "level"),
    [
        ("SimCLR", "This paper presents SimCLR: a simple framework for contrastive learning.", IS_IT),
        ("dark matter", 'SAEs fall short, resulting in "dark matter": unexplained variance.', IS_IT),
        ("neural operator", "Neural operators are a principled way to map between function spaces.", IS_IT),
        ("D-PAD", "In this paper, we propose D-PAD, a deep-shallow network for forecasting.", IS_IT),
        ("liquid networks", "Liquid Networks (LNs) are a class of recurrent models.", IS_IT),
        ("Panda", "Motivated by dynamics, we present Panda, Patched Attention for Dynamics.", PROPOSED),
        ("UltraGCN", "We propose a formulation of GCNs (dubbed UltraGCN), which skips layers.", PROPOSED),
        ("xPatch", "We build the exponential patch (xPatch for short) on smoothing.", PROPOSED),
        ("time-warp", "A time warp is introduced between both streams.", PROPOSED),
        ("Neural Operator", "Neural operators are a principled way to map functions.", IS_IT),
        ("Moirai-MoE", "With these designs, Moirai-MoE needs fewer heuristics.", NOTHING),
        ("HERMES", "We propose a new hybrid forecasting model.", NOTHING),
        ("PatternNet", "We evaluate the proposed PatternNet on two sets.", NOTHING),
        ("SimCLR", "A classifier on representations learned by SimCLR achieves 76.5%.", NOTHING),
        ("PROSE", "We propose PROSE-FD, a foundation model.", NOTHING),
        ("FAN", "We propose a fan of rays, an optical device.", NOTHING),
    ],
)
def test_how_far_a_sentence_introduces_it(subject: str, text: str, level: float) -> None:
    assert introducing(subject, [text], [False]) == [level]


def test_a_proposal_introduces_what_the_title_names() -> None:
    assert introducing("HERMES", ["We propose a hybrid model.", "It works."], [True, True]) == [
        LOOSELY,
        NOTHING,
    ]


@pytest.mark.parametrize(
    ("subject", "title", "named"),
    [
        ("HERMES", "HERMES: Hybrid Error-corrector Model", True),
        ("neural spline flow", "Neural Spline Flows", True),
        ("ESN", "Echo State Networks (ESNs) Revisited", True),
        ("batch normalization", "Training Without Limits: Batch Normalization Without Explosion", False),
        ("PROSE", "PROSE-FD: A Foundation Model", False),
        ("Power Law Graph Nets", "Power Law Graph Nets for translation", True),
        ("power law graph nets", "Power Law Graph Nets for translation", False),
        ("Power Law", "Power Law Graph Nets for translation", False),
    ],
)
def test_a_title_names_its_paper(subject: str, title: str, named: bool) -> None:
    assert entitles(subject, title) is named


@given(st.text(max_size=60), st.text(max_size=120))
def test_any_subject_and_any_text_can_be_held_together(subject: str, text: str) -> None:
    assert introducing(subject, [text], [True])[0] in {IS_IT, PROPOSED, LOOSELY, NOTHING}


@pytest.mark.parametrize(
    ("name", "title", "abstract", "own"),
    [
        ("SimCLR", "A way", "This paper presents SimCLR: a framework.", True),
        ("Panda", "Panda: a model", "It is trained.", True),
        ("SE-Net", "A block", "Here we briefly introduce the block, which we call SE-Net.", False),
        ("SimCLR", "A way", "We compare with SimCLR.", False),
        ("nets", "A way", "We propose nets.", False),
        ("MLP", "A way", "We propose nets where we replace the MLP.", False),
        ("MLPs", "A way", "We propose MLPs.", False),
        ("TAFT", "A way", "We introduce Tangent Attention Fine-Tuning (TAFT), fast.", True),
        ("AL-RNN", "A way", "Here we introduce Almost-Linear Recurrent Nets (AL-RNNs).", True),
        ("ODE", "A way", "We introduce a model of ordinary differential equations (ODEs).", False),
    ],
)
def test_a_thing_has_a_paper_of_its_own(name: str, title: str, abstract: str, own: bool) -> None:
    assert bears(name, title, abstract) is own


@pytest.mark.parametrize(
    ("name", "coined"),
    [
        ("HERMES", True),
        ("SimCLR", True),
        ("xPatch", True),
        ("D4FT", True),
        ("Panda", False),
        ("panda", False),
    ],
)
def test_a_coined_name_is_told_by_its_looks(name: str, coined: bool) -> None:
    assert is_coined(name) is coined
