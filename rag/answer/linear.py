"""Small linear models that are read from a file which a committed script fitted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Self

from rag.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of named signals.

    Attributes:
        weights: one a signal; a signal without a weight counts nothing.
        bias: what stands when every signal is zero.
    """

    weights: Mapping[str, float]
    bias: float = 0.0

    def score(self, signals: Mapping[str, float]) -> float:
        """The sum.

        Raises:
            KeyError: a signal that has a weight is not given.
        """
        return self.bias + sum(weight * signals[name] for name, weight in self.weights.items())

    def probability(self, signals: Mapping[str, float]) -> float:
        """The sum as a probability (logistic function)."""
        return sigmoid(self.score(signals))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The model from its JSON object.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is another object.
        """
        return cls({name: float(weight) for name, weight in data["weights"].items()}, float(data["bias"]))


def sigmoid(x: float) -> float:
    """The logistic function, safe for any argument."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))


def logit(p: float) -> float:
    """The inverse of `sigmoid`, for a probability held away from 0 and 1."""
    p = min(1 - 1e-9, max(1e-9, p))
    return math.log(p / (1 - p))


def load_fitted(name: str) -> dict[str, Any]:
    """The JSON object of a fitted file that lies beside this module.

    Raises:
        ConfigError: it is missing or damaged.
    """
    try:
        data = json.loads(resources.files("rag.answer").joinpath("fitted", f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The fitted file {name}.json can't be read: install the package again.") from error
    if not isinstance(data, dict):
        raise ConfigError(f"The fitted file {name}.json is damaged: install the package again.")
    return data
