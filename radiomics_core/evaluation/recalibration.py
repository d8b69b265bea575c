"""From scores to log-odds or log-hazards: a line learnt from out-of-fold scores of training cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from radiomics_core.evaluation.thresholds import logistic_line

Floats = NDArray[np.float64]
RIDGE = 1e-3
"""Penalty on the slope of the standardised score: keeps it finite when the scores separate the events perfectly."""


@dataclass(frozen=True)
class Line:
    """How a score becomes a linear predictor: ``offset + slope * score``; the slope is never negative.

    Attributes
    ----------
    slope, offset : float
        Slope 0: out of fold, higher scores did not mean more events, and every case gets the same prediction.
    """

    slope: float
    offset: float

    def __call__(self, score: Floats) -> Floats:
        """Return log-odds or log-hazards, shape of ``score``."""
        return np.asarray(self.offset + self.slope * score, float)


@dataclass(frozen=True)
class PredictionScale:
    """What predictions of an endpoint are measured on.

    Attributes
    ----------
    name : {"log_odds", "log_hazard"}
    line : function (target, score) -> Line
        Recalibration; ``target`` has shape (n,) or (n, 2), ``score`` shape (n,), out of fold.
    deviance : function (target, scores) -> array, shape (n_rows,)
        -2 log (partial) likelihood of each row of linear predictors, shape (n_rows, n).
    """

    name: Literal["log_odds", "log_hazard"]
    line: Callable[[Floats, Floats], Line]
    deviance: Callable[[Floats, Floats], Floats]


def logistic_recalibration(events: Floats, score: Floats) -> Line:
    r"""Return the line of :math:`\mathrm{logit}\,P = a + b\,s`; where b would be negative, the event rate for all.

    References
    ----------
    Platt, Advances in Large Margin Classifiers (1999) 61-74. Steyerberg et al., Stat Med 23 (2004) 2567-2586.
    """
    slope, offset = logistic_line(events, score, ridge=RIDGE)
    if slope >= 0:
        return Line(slope, offset)
    rate = float(np.clip(np.mean(events), 1e-6, 1 - 1e-6))
    return Line(0.0, float(np.log(rate / (1 - rate))))


def binomial_deviance(events: Floats, log_odds: Floats) -> Floats:
    """Return -2 log likelihood of each row of ``log_odds`` (n_rows, n); ``events`` has shape (n,)."""
    return np.asarray(2 * (np.logaddexp(0, log_odds) - events * log_odds).sum(axis=1))


def as_probability(log_odds: Floats) -> Floats:
    """Return probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))


LOG_ODDS = PredictionScale("log_odds", logistic_recalibration, binomial_deviance)
