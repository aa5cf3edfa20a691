from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer.verify import Prepared, Verifier
from rag.answer.verify.attribute import verify_answer
from rag.types import Paper
from tests.fakes.embedding import WordHashEmbedding

SENTENCES = (
    "The Marlow protocol reduces latency by 37% in networks with 240 nodes.",
    "In contrast, caching does not improve throughput on the Tarn benchmark.",
    "Patients who received Selvatin had higher survival after 5 years than those given placebo.",
    "Zebrafish larvae without the KLF4 gene fail to regenerate their fins.",
    "On ImageNet, RestNet-50 outperforms VGG by 4.2 percentage points.",
    "Deep drilling increases the risk of small earthquakes near the Groningen field.",
    "We found no significant association between coffee and stroke in 1,204 adults.",
    "The catalyst remains stable for twelve hours at 300 K, which is longer than reported before.",
    "Spectral clustering recovers all communities when the graph is dense.",
    "Interviews with nurses in Leeds showed that shift work was linked to poor sleep.",
)
CONTRARY = {
    "reduces": "increases",
    "improve": "worsen",
    "higher": "lower",
    "outperforms": "underperforms",
    "increases": "decreases",
    "significant": "insignificant",
    "stable": "unstable",
    "longer": "shorter",
    "all": "no",
    "dense": "sparse",
    "without": "with",
}
NAMES = ("Marlow", "Tarn", "Selvatin", "KLF4", "RestNet-50", "VGG", "ImageNet", "Groningen", "Leeds")
OTHERS = ("Quillon", "BRCA2", "Ferrodyn", "AlexNet", "Utrecht")


def number(text: str, rng: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\w-])\d[\d.,]*\d|(?<![\w-])\d(?![\w.,-])", text))
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + str(float(match.group().replace(",", "")) + 3) + text[match.end() :]


def put_not_in(text: str, _rng: random.Random) -> str | None:
    found = re.search(r"\b(is|was|had|remains|showed)\b", text)
    return f"{text[: found.end()]} not{text[found.end() :]}" if found else None


def leave_not_out(text: str, _rng: random.Random) -> str | None:
    changed = re.sub(r" not (?=improve)|(?<=found) no(?= )|fail to ", " ", text)
    return changed if changed != text else None


def name(text: str, rng: random.Random) -> str | None:
    found = [each for each in NAMES if each in text]
    return text.replace(rng.choice(found), rng.choice(OTHERS)) if found else None


def contrary(text: str, rng: random.Random) -> str | None:
    found = [word for word in CONTRARY if re.search(rf"\b{word}\b", text)]
    word = rng.choice(found) if found else ""
    return re.sub(rf"\b{word}\b", CONTRARY[word], text, count=1) if found else None


ERRORS = (number, put_not_in, leave_not_out, name, contrary)


def paper_of(sentences: list[str]) -> Paper:
    return Paper(sentences[0][:20], "A study", " ".join(sentences))


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(WordHashEmbedding())


@pytest.fixture(scope="module")
def papers(verifier: Verifier) -> tuple[Prepared, Prepared]:
    """Two papers, and then the second one alone."""
    first, second = paper_of(list(SENTENCES[:5])), paper_of(list(SENTENCES[5:]))
    return verifier.prepare([first, second]), verifier.prepare([second])


@given(at=st.integers(0, len(SENTENCES) - 1), change=st.sampled_from(ERRORS), seed=st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_a_planted_error_is_caught(
    papers: tuple[Prepared, Prepared],
    at: int,
    change: Callable[[str, random.Random], str | None],
    seed: int,
) -> None:
    changed = change(SENTENCES[at], random.Random(seed))  # noqa: S311  # repeatable
    if changed is None:
        return
    support = papers[0].check(changed)
    assert support is not None
    assert not support.supported, support
    assert support.reasons


@given(at=st.integers(0, 4))
@settings(deadline=None)
def test_a_sentence_of_another_paper_is_not_supported(papers: tuple[Prepared, Prepared], at: int) -> None:
    support = papers[1].check(SENTENCES[at].replace("The ", "A "))
    assert support is not None
    assert not support.supported


@given(at=st.integers(0, len(SENTENCES) - 1), edit=st.integers(0, 2))
@settings(deadline=None)
def test_a_true_sentence_is_supported_by_itself_however_lightly_edited(
    papers: tuple[Prepared, Prepared], at: int, edit: int
) -> None:
    sentence = SENTENCES[at]
    edited = (
        sentence,
        re.sub(r"^In contrast, c", "C", re.sub(r", which [^.]*", "", sentence)),
        sentence.replace("37%", "37 percent").replace("1,204", "1204").replace("twelve", "12"),
    )[edit]
    support = papers[0].check(edited)
    assert support is not None
    assert support.supported, support
    assert sentence in support.quote


DRAFTS = st.lists(
    st.tuples(
        st.sampled_from([*SENTENCES, "Cats are fond of cheese.", "Here is what the papers say:"]),
        st.sampled_from(["", " [1]", " [2]", " [1][2]", " [99]", " [1, 2]", " [0]", "【1】"]),
        st.sampled_from([" ", "\n", "\n- ", "\n\n"]),
    ),
    max_size=5,
)


@given(drafts=DRAFTS)
@settings(max_examples=60, deadline=None)
def test_what_comes_out_keeps_every_promise(
    papers: tuple[Prepared, Prepared], drafts: list[tuple[str, str, str]]
) -> None:
    written = (
        (text, "", "\n") if text.endswith(":") else (text, marker, gap) for text, marker, gap in drafts
    )
    draft = "".join(f"{text[:-1]}{marker}{text[-1]}{gap}" for text, marker, gap in written)
    composed = verify_answer(draft, papers[0])
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", composed.text)]
    assert set(numbers) == {citation.number for citation in composed.citations}
    assert list(dict.fromkeys(numbers)) == list(range(1, len(composed.citations) + 1))
    for citation in composed.citations:
        assert citation.quote == citation.paper.abstract[citation.span.start : citation.span.end] != ""
    for sentence in composed.sentences:
        assert composed.text[sentence.span.start : sentence.span.end] == sentence.text
        assert sentence.citations or sentence.text == "Here is what the papers say:"
    assert "cheese" not in composed.text
    expected = {text for text, _, _ in drafts if text in SENTENCES}
    assert expected == {sentence.text for sentence in composed.sentences if sentence.citations}
