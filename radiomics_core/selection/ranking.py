"""What selectors share: rankings of features inside a training fold, on plain arrays, positions best first.

A ranker may return fewer positions than asked for, or none: that is a result ("nothing found"), not an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings, at_least, setting

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
BINARY, SURVIVAL = "binary", "time_to_event"
"""Tags: the endpoint kinds a selector serves."""


class Ranker(Protocol):
    """What a selector does: order the columns of a prepared training matrix."""

    sizes: tuple[int, ...]

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """Return up to ``n_wanted`` column positions, best first.

        Parameters
        ----------
        features : array, shape (n_training_cases, n_features), no NaN, scaled
        target : array, shape (n,) events; or (n, 2) times and events
        n_wanted : int
        seed : int
        """
        ...


@dataclass(frozen=True, kw_only=True)
class SizeSettings(Settings):
    """How many features may be kept.

    Attributes
    ----------
    sizes : tuple of int
        The inner loop picks one.
    """

    sizes: tuple[int, ...] = setting(
        (5, 10, 20), lazy_("Number of features"), lazy_("The inner folds of each training fold pick one of them.")
    )

    def __post_init__(self) -> None:
        at_least(self, "sizes", 1)


class Sized:
    """A selector with numbers of features to choose from."""

    def __init__(self, settings: SizeSettings) -> None:
        self.sizes = settings.sizes


def best_first(strength: Floats, n_wanted: int) -> Positions:
    """Return positions of the largest finite strengths, ties in column order; a strength of 0 is never chosen."""
    usable = np.where(np.isfinite(strength), strength, 0.0)
    order = np.argsort(-usable, kind="stable")[:n_wanted]
    return np.asarray(order[usable[order] > 0])


def absolute_correlation(features: Floats, values: Floats) -> Floats:
    """Return abs(Pearson correlation) of each column with ``values``; 0 for a constant column."""
    centred, other = features - features.mean(axis=0), values - values.mean()
    scale = np.sqrt((centred**2).sum(axis=0) * (other**2).sum())
    return np.asarray(np.divide(np.abs(other @ centred), scale, out=np.zeros(features.shape[1]), where=scale > 1e-12))


def cox_score_strength(features: Floats, target: Floats) -> Floats:
    r"""Return abs(z) of the univariate Cox score test at beta = 0 of each column (Breslow ties).

    .. math:: z = U / \sqrt{V},\quad U = \sum_{i: event} w_i (x_i - \bar x_{R_i}),\quad
              V = \sum_{i: event} w_i s^2_{R_i}

    Means and variances of the risk set are weighted too; the weights are :func:`case_weights`.
    """
    order = np.argsort(-target[:, 0], kind="stable")
    times, events, ordered = target[order, 0], target[order, 1] == 1, features[order]
    weight = case_weights(target)[order][:, None]
    last_at_risk = np.searchsorted(-times, -times, side="right") - 1
    count = np.cumsum(weight, axis=0)[last_at_risk]
    mean = np.cumsum(weight * ordered, axis=0)[last_at_risk] / count
    variance = np.cumsum(weight * ordered**2, axis=0)[last_at_risk] / count - mean**2
    score = (weight * (ordered - mean))[events].sum(axis=0)
    information = (weight * variance)[events].sum(axis=0)
    spread = np.sqrt(np.maximum(information, 0.0))
    return np.asarray(np.divide(np.abs(score), spread, out=np.zeros(features.shape[1]), where=spread > 1e-9))


def case_weights(target: Floats) -> Floats:
    """Return one over the number of cases of the patient, whose number is the third column of a time-to-event target.

    Without such a column each case is a patient.
    """
    if target.shape[1] < 3:
        return np.ones(len(target))
    _numbers, patient, n_cases = np.unique(target[:, 2], return_inverse=True, return_counts=True)
    return np.asarray(1.0 / n_cases[patient])


def minimum_redundancy(features: Floats, relevance: Floats, n_wanted: int) -> Positions:
    """Greedy mRMR: each step takes the column with the largest relevance minus mean redundancy.

    Redundancy is the mean absolute correlation with the columns already taken; ``relevance`` in [0, 1].

    References
    ----------
    Ding & Peng, J Bioinform Comput Biol 3 (2005) 185-205.
    """
    n_features = features.shape[1]
    centred = features - features.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, norm, out=np.zeros_like(centred), where=norm > 1e-9)
    merit_base = np.where((norm > 1e-9) & (relevance > 0), relevance, -np.inf)
    redundancy, taken = np.zeros(n_features), []
    available = merit_base.copy()
    for step in range(min(n_wanted, int(np.isfinite(merit_base).sum()))):
        best = int(np.argmax(available - redundancy / max(step, 1)))
        taken.append(best)
        available[best] = -np.inf
        redundancy += np.abs(unit[:, best] @ unit)
    return np.array(taken, dtype=np.intp)
