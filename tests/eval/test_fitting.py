from __future__ import annotations

from eval.fitting import dev_outcomes
from tests.eval.conftest import CASES
from tests.fakes.service import FakeService


def test_only_dev_questions_are_asked_and_small_talk_is_left_out(service: FakeService) -> None:
    found = {each.id: each for each in dev_outcomes(service, CASES)}
    assert set(found) == {"a1", "a2", "u1"}
    assert sorted(service.asked) == sorted(case.question for case in CASES if case.id in found)


def test_each_has_its_confidence_whether_it_was_right_and_what_was_due(service: FakeService) -> None:
    found = {each.id: each for each in dev_outcomes(service, CASES)}
    assert (found["a1"].right, found["a1"].should_refuse) == (True, False)
    assert (found["u1"].right, found["u1"].should_refuse) == (None, True)
    assert found["a1"].confidence > found["u1"].confidence
