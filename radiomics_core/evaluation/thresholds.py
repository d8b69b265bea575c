"""From scores to decisions: a threshold learnt from training cases, and what it achieves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.stats.newton import Steps, newton

Floats = NDArray[np.float64]
STEPS = Steps(most=50, longest=5.0, least_change=1e-9)


def youden_threshold(events: ArrayLike, scores: ArrayLike) -> float:
    """Return the score at or above which sensitivity + specificity is largest (the lowest such on ties).

    Parameters
    ----------
    events : array of {0, 1}, shape (n,)
    scores : array of float, shape (n,)
        Of training cases, out of the inner folds.

    References
    ----------
    Youden, Cancer 3 (1950) 32-35.
    """
    positive, values = np.asarray(events) == 1, np.asarray(scores, float)
    candidates = np.unique(values)
    above_event = np.searchsorted(np.sort(values[positive]), candidates, side="left") / max(1, positive.sum())
    above_rest = np.searchsorted(np.sort(values[~positive]), candidates, side="left") / max(1, (~positive).sum())
    return float(candidates[np.argmax(np.round(above_rest - above_event, 12))])


def logistic_line(events: Floats, x: Floats, *, ridge: float = 0.0, offset_only: bool = False) -> tuple[float, float]:
    """Return (slope, intercept) of a logistic regression on one variable by Newton's method.

    With ``offset_only`` the slope is fixed at 1 and only the intercept is fitted. ``ridge`` penalises the slope
    of the standardised variable.
    """
    spread = float(np.std(x))
    if spread == 0 and not offset_only:
        rate = float(np.clip(np.mean(events), 1e-6, 1 - 1e-6))
        return 0.0, float(np.log(rate / (1 - rate)))
    centre, scale = (0.0, 1.0) if offset_only else (float(np.mean(x)), spread)
    z = (x - centre) / scale
    design = np.ones((len(x), 1)) if offset_only else np.column_stack([np.ones(len(x)), z])
    offset = z if offset_only else np.zeros(len(x))
    weights = _fitted(design, np.asarray(events, float), offset, ridge)
    if offset_only:
        return 1.0, float(weights[0])
    return float(weights[1] / scale), float(weights[0] - weights[1] * centre / scale)


def _fitted(design: Floats, events: Floats, offset: Floats, ridge: float) -> Floats:
    penalty = np.diag([1e-9] + [max(ridge, 1e-9)] * (design.shape[1] - 1))

    def derivatives(weights: Floats) -> tuple[Floats, Floats]:
        p = 1 / (1 + np.exp(-np.clip(offset + design @ weights, -30, 30)))
        gradient = design.T @ (events - p) - penalty @ weights
        return gradient, (design * (p * (1 - p))[:, None]).T @ design + penalty

    return newton(np.zeros(design.shape[1]), derivatives, STEPS).at


@dataclass(frozen=True)
class DecisionCounts:
    """Counts at a threshold, and the shares made of them (NaN when the denominator is empty)."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int

    @property
    def shares(self) -> dict[str, float]:
        """Sensitivity, specificity, PPV, NPV and balanced accuracy."""
        sensitivity = _share(self.true_positive, self.false_negative)
        specificity = _share(self.true_negative, self.false_positive)
        return {
            "sensitivity": sensitivity,
            "specificity": specificity,
            "ppv": _share(self.true_positive, self.false_positive),
            "npv": _share(self.true_negative, self.false_negative),
            "balanced_accuracy": (sensitivity + specificity) / 2,
        }


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else float("nan")


def decision_counts(events: ArrayLike, positive: ArrayLike) -> DecisionCounts:
    """Count decisions; ``events`` and ``positive`` have shape (n,)."""
    event, called = np.asarray(events) == 1, np.asarray(positive, bool)
    return DecisionCounts(
        int(np.sum(event & called)),
        int(np.sum(~event & called)),
        int(np.sum(~event & ~called)),
        int(np.sum(event & ~called)),
    )
