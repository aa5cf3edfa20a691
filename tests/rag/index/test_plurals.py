from __future__ import annotations

import pytest

from rag.index.plurals import singular
from rag.index.words import Words

PAIRS = """
mice mouse, matrices matrix, indices index, vertices vertex, appendices appendix, helices helix,
simplices simplex, analyses analysis, diagnoses diagnosis, metastases metastasis, hypotheses hypothesis,
theses thesis, crises crisis, axes axis, nuclei nucleus, stimuli stimulus, radii radius, bacteria bacterium,
maxima maximum, criteria criterion, automata automaton, larvae larva, formulae formula, genera genus,
corpora corpus, halves half, women woman, men man, children child, feet foot
"""


@pytest.mark.parametrize("pair", PAIRS.split(","), ids=str.strip)
def test_an_irregular_plural_gives_the_terms_of_its_singular(pair: str) -> None:
    plural, one = pair.split()
    assert singular(one) == one
    assert Words().terms(plural) == Words().terms(one)


@pytest.mark.parametrize(
    "word", ["doses", "phases", "kinases", "data", "media", "bases", "prices", "advice", "noses", "purposes"]
)
def test_any_other_word_stays(word: str) -> None:
    assert singular(word) == word
