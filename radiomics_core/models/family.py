"""A model with the values its inner loop tries, and the score of a fitted one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Criterion = Literal["metric", "deviance"]


@dataclass(frozen=True)
class ModelCandidate:
    """One tuning value of a model: a label and how to make the unfitted estimator from a seed."""

    label: str
    make: Callable[[int], Any]


@dataclass(frozen=True)
class ModelFamily:
    """A model with the values its inner loop tries, simplest first.

    Attributes
    ----------
    candidates : tuple of ModelCandidate
    tuned_by : {"metric", "deviance"}
        What compares its tuning values on inner out-of-fold scores. The deviance, for scores that are log-odds or log
        hazards, also sees how far they spread; it is taken where it measured better (docs/benchmarks/probabilities.md).
    """

    candidates: tuple[ModelCandidate, ...]
    tuned_by: Criterion = "metric"


def model_score(model: Any, features: Floats) -> Floats:
    """Return the score of each row: log-odds, decision value or log-hazard; higher means more risk."""
    weights = getattr(model, "coef_", None)
    if weights is not None and np.ndim(weights) == 2 and len(weights) == 1 and hasattr(model, "intercept_"):
        # what decision_function of a linear model does, without its checks: most of a unit's time otherwise
        return np.asarray(features @ weights[0] + model.intercept_[0])
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(features), float)
    if hasattr(model, "predict_proba"):
        probability = np.clip(model.predict_proba(features)[:, 1], 1e-6, 1 - 1e-6)
        return np.asarray(np.log(probability / (1 - probability)))
    return np.asarray(model.predict(features), float).ravel()
