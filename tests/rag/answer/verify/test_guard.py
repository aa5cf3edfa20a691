"""What keeps a passage from supporting a sentence, told by the rules alone."""

from __future__ import annotations

import pytest

from rag.answer.verify.guard import faults
from rag.answer.verify.no_fact import states_no_fact
from rag.answer.verify.statement import read_statement
from tests.rag.answer.sample import WORDS

TRIAL = (
    "Aspirin reduced the risk of stroke in 12% of men (p < 0.05), but it had no effect on mortality in women."
)
HEDGED = "Treatment with metformin may reduce the incidence of cancer in some patients with diabetes."
LINKED = "Coffee consumption was associated with a lower risk of liver cancer in 1,204 adults."
DOSED = "It responds in 10 to 20 ms and gives 5 mg/kg of the drug to at least 30 patients for up to 6 months."
BETTER = "On ImageNet, RestNet outperforms VGG by 4 points, and is 3 times faster than AlexNet."
SCORES = "It detects pneumonia with a sensitivity of 0.91 and a specificity of 0.78, in 5% of adults."
ROSE = (
    "Ownership rose from 38% to 71%, while losses fell by a third, and use was higher among men than women."
)
MICE = "Mice showed reduced responses to cold but normal responses to heat."
NOTHING = (
    "There was no significant difference in hypoglycaemia between groups; among elders it was negligible."
)
SEVERAL = "Several methods can be plugged in, and all of the fourteen models converged."


def found(claim: str, span: str) -> tuple[str, ...]:
    return faults(read_statement(claim, WORDS), read_statement(span, WORDS))


@pytest.mark.parametrize(
    ("claim", "span", "fault"),
    [
        ("Aspirin reduced mortality in women.", TRIAL, "negation: no"),
        ("Aspirin had no effect on stroke in men.", TRIAL, "negation: no"),
        ("In women, aspirin reduced the risk of stroke.", TRIAL, "crossed: women"),
        ("Aspirin reduced stroke risk (p > 0.05).", TRIAL, "number: 0.05"),
        ("Metformin reduces the incidence of cancer in some patients.", HEDGED, "strength: may"),
        ("Metformin may reduce cancer in all patients.", HEDGED, "strength: all"),
        ("Coffee causes a lower risk of liver cancer.", LINKED, "strength: causes"),
        ("Coffee reduces the risk of liver cancer.", LINKED, "strength: reduces"),
        ("It responds in 20 ms.", DOSED, "number: 20 ms"),
        ("It gives 5 mg of the drug.", DOSED, "number: 5 mg"),
        ("It gives the drug for at least 6 months.", DOSED, "number: 6 months"),
        ("It gives the drug for 6 months.", DOSED, "number: 6 months"),
        ("All methods can be plugged in.", SEVERAL, "strength: All"),
        ("VGG outperforms RestNet on ImageNet.", BETTER, "turned: outperforms"),
        ("It detects pneumonia with a specificity of 0.91.", SCORES, "number: 0.91"),
        ("It detects pneumonia in 5% of children.", SCORES, "opposite: children / adults"),
        ("Ownership rose from 71% to 38%.", ROSE, "number: 71%"),
        ("Losses fell to a third.", ROSE, "number: third"),
        ("Use was higher among women than men.", ROSE, "turned: than"),
        ("Mice showed reduced responses to heat.", MICE, "crossed: heat"),
        ("The drug reduced hypoglycaemia.", NOTHING, "negation: no"),
        ("RestNet is outperformed by VGG.", BETTER, "turned: outperformed"),
        (
            "AlexNet is 3 times faster than RestNet.",
            "RestNet is 3 times faster than AlexNet.",
            "turned: faster",
        ),
        ("Stroke increases hypertension.", "Hypertension increases stroke.", "turned: increases"),
    ],
)
def test_what_says_more_than_its_passage_has_a_fault(claim: str, span: str, fault: str) -> None:
    told = [each.casefold() for each in found(claim, span)]
    assert fault.casefold() in told


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Aspirin reduced the risk of stroke in men.", TRIAL),
        ("Aspirin had no effect on mortality in women.", TRIAL),
        ("Mortality in women was not affected by aspirin.", TRIAL),
        ("In men, aspirin lowered stroke risk, but mortality in women was unchanged.", TRIAL),
        ("Metformin might reduce the incidence of cancer in some diabetes patients.", HEDGED),
        ("Results suggest that metformin reduces the incidence of cancer in patients.", HEDGED),
        ("Coffee consumption is linked to a lower risk of liver cancer.", LINKED),
        ("It responds in 10-20 ms.", DOSED),
        ("It gives 5 mg per kg to 30 patients or more for no more than 6 months.", DOSED),
        ("All fourteen models converged.", SEVERAL),
        ("RestNet outperforms VGG on ImageNet.", BETTER),
        ("Sensitivity was 0.91, and specificity was 0.78.", SCORES),
        ("Ownership rose to 71%.", ROSE),
        ("Use was higher among men than women.", ROSE),
        ("Responses to cold were reduced in mice, but responses to heat were normal.", MICE),
        ("Hypoglycaemia did not differ significantly between groups.", NOTHING),
        (
            "In 2019, 1,340 households were covered.",
            "The survey covered 1,120 households in 2015 and 1,340 in 2019.",
        ),
        ("VGG is outperformed by RestNet on ImageNet.", BETTER),
        ("By 4 points, RestNet outperforms VGG.", BETTER),
        ("The culture reached 10^9 cells per ml.", "The culture reached 10⁹ cells per ml within 3 days."),
    ],
)
def test_what_says_the_same_has_none(claim: str, span: str) -> None:
    assert found(claim, span) == ()


@pytest.mark.parametrize(
    "sentence", ["Of course aspirin prevents heart attacks.", "Certainly, vaccines cause autism."]
)
def test_a_fact_behind_a_friendly_word_is_a_fact(sentence: str) -> None:
    assert not states_no_fact(read_statement(sentence, WORDS))


@pytest.mark.parametrize(
    "sentence", ["Of course! Here is what the papers say:", "Sure, these studies report:", "Great question!"]
)
def test_a_friendly_word_alone_is_none(sentence: str) -> None:
    assert states_no_fact(read_statement(sentence, WORDS))
