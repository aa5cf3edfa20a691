from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.answer.evidence.extract import Choice, choose
from rag.answer.evidence.reading import Reading, read_hits
from rag.answer.evidence.sentence_signals import SIGNALS
from rag.answer.evidence.weigh import Weights, weigh
from rag.answer.question.asked import names_in
from rag.answer.refuse.confidence import GATES, signals
from rag.retrieve import Retrieved
from rag.types import Paper
from rag.vectors import EncodedQuery
from tests.rag.answer.sample import WORDS, ask
from tests.rag.retrieve.world import world

QUESTION = "By how much does sparse attention improve translation?"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Retrieved:
    with world(tmp_path_factory.mktemp("world")) as made:
        return made.search().search(QUESTION, top_k=5)


def _read(found: Retrieved) -> tuple[Reading, ...]:
    return read_hits(ask(QUESTION, found.idf), found, WORDS, 5)


def test_every_sentence_has_every_signal(found: Retrieved) -> None:
    for reading in _read(found):
        assert reading.signals.shape == (len(reading.spans), len(SIGNALS))
        assert np.isfinite(reading.signals).all()


def test_late_interaction_is_that_of_the_words_of_each_sentence_alone(found: Retrieved) -> None:
    assert found.query is not None
    for reading, evidence in zip(_read(found), found.evidence, strict=True):
        assert evidence.tokens is not None
        starts, table = evidence.tokens.starts, evidence.tokens.floats() @ found.query.tokens.T
        for i, span in enumerate(reading.spans):
            own = table[(starts >= span.start) & (starts < span.end)]
            assert reading.column("late")[i] == pytest.approx(own.max(axis=0).mean(), abs=1e-5)
            assert reading.column("late_back")[i] == pytest.approx(own.max(axis=1).mean(), abs=1e-5)
        assert reading.late == pytest.approx(table.max(axis=0).mean(), abs=1e-5)


def test_words_that_the_title_lacks_tell_its_sentences_apart(found: Retrieved) -> None:
    reading = next(reading for reading in _read(found) if reading.paper.id == "sparse")
    texts = [span.of(reading.paper.abstract) for span in reading.spans]
    assert texts[int(reading.column("late").argmax())] == "We make attention sparse by a new function."
    assert texts[int(reading.column("shared_beyond_title").argmax())] == "Translation improves by two points."


def test_words_beyond_the_title_are_compared_by_themselves(found: Retrieved) -> None:
    assert found.query is not None
    starts = np.array([match.start() for match in re.finditer(r"\w+", QUESTION)], np.int32)
    known = replace(found, query=replace(found.query, starts=starts))
    reading = next(each for each in _read(known) if each.paper.id == "sparse")
    texts = [span.of(reading.paper.abstract) for span in reading.spans]
    beyond = reading.column("late_beyond_title")
    assert texts[int(beyond.argmax())] == "Translation improves by two points."
    assert beyond.tolist() != reading.column("late").tolist()


def test_a_number_counts_only_where_one_is_asked_for(found: Retrieved) -> None:
    reading = next(reading for reading in _read(found) if reading.paper.id == "sparse")
    assert reading.column("number_for_number").tolist() == [0.0, 0.0, 1.0]
    other = read_hits(ask("What is sparse attention?", found.idf), found, WORDS, 5)
    assert not any(reading.column("number_for_number").any() for reading in other)


def test_neighbours_are_the_neighbours(found: Retrieved) -> None:
    reading = _read(found)[0]
    late, before, after = (reading.column(name) for name in ("late", "before", "after"))
    assert before[1:].tolist() == late[:-1].tolist()
    assert after[:-1].tolist() == late[1:].tolist()


def test_without_token_vectors_the_sentence_vectors_stand_in(found: Retrieved) -> None:
    bare = replace(found, evidence=tuple(replace(evidence, cosines=None) for evidence in found.evidence))
    for reading in _read(bare):
        assert reading.column("late").tolist() == reading.column("cosine").tolist()
        assert reading.late == pytest.approx(reading.column("cosine").max())


def test_without_any_vector_words_still_count(found: Retrieved) -> None:
    evidence = tuple(replace(evidence, cosines=None) for evidence in found.evidence)
    bare = replace(found, query=None, evidence=evidence)
    reading = next(reading for reading in _read(bare) if reading.paper.id == "sparse")
    assert not reading.column("late").any()
    assert reading.column("shared").any()


def test_shares_and_sentences_are_probabilities(found: Retrieved) -> None:
    asked = ask(QUESTION, found.idf)
    weighed = weigh(asked, _read(found), Weights.load())
    assert math.isclose(sum(paper.share for paper in weighed), 1.0)
    assert all(math.isclose(paper.sentences.sum(), 1.0) for paper in weighed)


def test_every_gate_finds_its_signals_and_they_are_bounded(found: Retrieved) -> None:
    asked = ask(QUESTION, found.idf)
    weighed = weigh(asked, _read(found), Weights.load())
    known = signals(asked, weighed, choose(asked, weighed, Choice()), WORDS)
    assert set(known) >= {name for names in GATES.values() for name in names}
    assert all(-2.0 <= value <= 2.0 for value in known.values())


def test_every_token_belongs_to_a_word_of_the_question(found: Retrieved) -> None:
    assert found.query is not None
    starts = np.arange(len(found.query.tokens), dtype=np.int32)
    placed = replace(found, query=EncodedQuery(found.query.vector, found.query.tokens, starts))
    whole = read_hits(ask("a strangeness", found.idf), placed, WORDS, 5)[0]
    assert whole.word.tolist() == [0, 0, *[1] * (len(starts) - 2)]
    assert not len(_read(found)[0].word)  # of a model that doesn't say where its tokens begin


def test_a_count_is_missing_unless_a_sentence_with_a_number_speaks_of_what_is_counted(
    found: Retrieved,
) -> None:
    assert _known(found, "How many points does translation improve by?")["count_missing"] == 0.0
    assert _known(found, "How many functions does translation improve by?")["count_missing"] == 1.0
    assert _known(found, QUESTION)["count_missing"] == 0.0  # a measure, not a count


def test_a_paper_that_is_alone_with_the_words_stands_out(found: Retrieved) -> None:
    asked = ask(QUESTION, found.idf)
    weighed = weigh(asked, _read(found), Weights.load())
    same = [replace(paper, reading=replace(paper.reading, hit=weighed[0].reading.hit)) for paper in weighed]
    alone, alike = (
        signals(asked, papers, choose(asked, papers, Choice()), WORDS)["alone"] for papers in (weighed, same)
    )
    assert alone > alike == 0.0


def _known(found: Retrieved, question: str) -> dict[str, float]:
    asked = ask(question, found.idf)
    weighed = weigh(asked, read_hits(asked, found, WORDS, 5), Weights.load())
    return signals(asked, weighed, choose(asked, weighed, Choice()), WORDS)


def test_names_are_acronyms_capitals_within_and_figures() -> None:
    text = "Does the BERT model by Devlin beat word2vec on GLUE in 2019? Why?"
    assert names_in(text) == ("BERT", "Devlin", "word2vec", "GLUE", "2019")


def test_an_acronym_and_its_words_are_one_in_the_paper_that_introduces_it(tmp_path: Path) -> None:
    paper = Paper(
        "p", "Memory", "Mild cognitive impairment (MCI) is studied. In MCI the cortex is thin. It is."
    )
    with world(tmp_path, papers=(paper,)) as made:
        found = made.search().search("Is the cortex thin in mild cognitive impairment?", top_k=1)
        (reading,) = read_hits(ask(found.text), found, WORDS, 1)
    assert {"mild", "cognit", "impair"} <= reading.terms[1]
    assert reading.terms[2].isdisjoint({"mci", "mild"})
