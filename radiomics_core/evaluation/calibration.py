"""Do predicted probabilities mean what they say? Intercept, slope, and observed against predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radiomics_core.evaluation.thresholds import logistic_line
from radiomics_core.stats.proportions import wilson_limits

Floats = NDArray[np.float64]
SMOOTH_FROM_EVENTS = 100


@dataclass(frozen=True)
class CalibrationLine:
    """Calibration of one set of predictions.

    Attributes
    ----------
    intercept : float
        Calibration in the large: 0 when the mean prediction is right, positive when events are under-predicted.
    slope : float
        1 when predictions are spread as they should be, below 1 when they are too extreme.
    """

    intercept: float
    slope: float


def calibration_line(y_true: ArrayLike, y_prob: ArrayLike) -> CalibrationLine:
    r"""Fit :math:`\mathrm{logit}\,P(y) = a + \mathrm{logit}\,\hat p` and :math:`= a' + b\,\mathrm{logit}\,\hat p`.

    Returns the intercept ``a`` (slope fixed at 1) and the slope ``b``.

    References
    ----------
    Cox, Biometrika 45 (1958) 562-565; Van Calster et al., BMC Medicine 17 (2019) 230.
    """
    events = np.asarray(y_true, float)
    probability = np.clip(np.asarray(y_prob, float), 1e-6, 1 - 1e-6)
    linear = np.log(probability / (1 - probability))
    _one, intercept = logistic_line(events, linear, offset_only=True)
    slope, _intercept = logistic_line(events, linear)
    return CalibrationLine(intercept, slope)


def calibration_groups(y_true: ArrayLike, y_prob: ArrayLike, n_groups: int = 5) -> pd.DataFrame:
    """Return predicted and observed risk in groups of equal size: predicted, observed, low, high, n, events.

    ``low`` and ``high`` are Wilson limits of the observed share (95 %).
    """
    events, probability = np.asarray(y_true, float), np.asarray(y_prob, float)
    rows = []
    for members in np.array_split(np.argsort(probability, kind="stable"), n_groups):
        n, n_events = len(members), int(events[members].sum())
        low, high = wilson_limits(n_events / n, n)
        rows.append([float(probability[members].mean()), n_events / n, low, high, n, n_events])
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "n", "events"])


def calibration_curve_smooth(
    y_true: ArrayLike, y_prob: ArrayLike, n_points: int = 50, limits: tuple[float, float] | None = None
) -> pd.DataFrame:
    """Return a kernel-smoothed observed risk over predicted risk: predicted, observed (for 100 events and more).

    Drawn between the 2nd and the 98th percentile of the predicted risks, or between ``limits``; NaN where no
    prediction is near.
    """
    events, probability = np.asarray(y_true, float), np.asarray(y_prob, float)
    low, high = limits or np.quantile(probability, [0.02, 0.98]).tolist()
    grid = np.linspace(low, high, n_points)
    width = max(1.06 * float(probability.std()) * len(probability) ** -0.2, 1e-6)
    weight = np.exp(-0.5 * ((grid[:, None] - probability[None, :]) / width) ** 2)
    total = weight.sum(axis=1)
    observed = np.where(total > 0, weight @ events / np.where(total > 0, total, 1.0), np.nan)
    return pd.DataFrame({"predicted": grid, "observed": observed})
