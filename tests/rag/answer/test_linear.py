from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence.sentence_signals import SIGNALS
from rag.answer.evidence.weigh import Weights
from rag.answer.linear import Linear, load_fitted, logit, sigmoid
from rag.answer.refuse.confidence import GATES, Calibration
from rag.errors import ConfigError


def test_the_score_is_the_weighted_sum() -> None:
    model = Linear({"a": 2.0, "b": -1.0}, 0.5)
    assert model.score({"a": 1.0, "b": 3.0, "c": 9.0}) == pytest.approx(-0.5)


def test_a_missing_signal_is_no_zero() -> None:
    with pytest.raises(KeyError):
        Linear({"a": 1.0}).score({})


@given(st.floats(0.001, 0.999))
def test_logit_undoes_sigmoid(p: float) -> None:
    assert sigmoid(logit(p)) == pytest.approx(p)


@given(st.floats(allow_nan=False))
def test_a_sigmoid_is_a_probability(x: float) -> None:
    assert 0.0 <= sigmoid(x) <= 1.0


def test_a_missing_fitted_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nothing\.json"):
        load_fitted("nothing")


def test_the_fitted_evidence_weighs_known_signals_alone() -> None:
    assert set(Weights.load().sentence.weights) <= set(SIGNALS)


def test_the_fitted_gates_look_at_what_they_may() -> None:
    calibration = Calibration.load()
    assert {name: tuple(gate.weights) for name, gate in calibration.gates.items()} == dict(GATES)


def test_a_higher_risk_answers_no_less() -> None:
    calibration = Calibration.load()
    bars = [calibration.threshold(risk / 100) for risk in range(1, 51)]
    assert bars == sorted(bars, reverse=True)
    assert all(0.0 <= bar <= 1.0 for bar in bars)
