"""Concordance: the share of comparable pairs a score puts in the right order. AUC and Harrell's C are both this.

Working on pairs gives one code path for binary and time-to-event endpoints, for fold values, their variance and
the bootstrap over cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Comparable pairs: the case at ``first[p]`` should have the higher score than the one at ``second[p]``."""

    first: Positions
    second: Positions

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Metric:
    """A measure of discrimination, 0.5 for a score without information.

    Attributes
    ----------
    name : str
        ``"auc"`` or ``"c_index"``.
    endpoint_kind : {"binary", "time_to_event"}
    min_pairs : int
        A fold with fewer comparable pairs has no value (NaN) and is counted.
    """

    name: str
    endpoint_kind: Literal["binary", "time_to_event"]
    min_pairs: int = 1

    def pairs(self, target: Floats) -> Pairs:
        """Return the comparable pairs; ``target`` has shape (n,) events, or (n, 2) times and events."""
        if self.endpoint_kind == "binary":
            first, second = np.nonzero(target[:, None] > target[None, :])
            return Pairs(first, second)
        return _survival_pairs(target[:, 0], target[:, 1])

    def values(self, target: Floats, scores: Floats) -> Floats:
        """Return the metric of each row of ``scores``, shape (n_candidates, n); NaN with too few pairs."""
        pairs = self.pairs(target)
        if len(pairs) < self.min_pairs:
            return np.full(len(scores), np.nan)
        return concordances(scores, pairs)

    def value(self, target: ArrayLike, score: ArrayLike) -> float:
        """Return the metric of one score, shape (n,); raises when no pair can be compared."""
        target, row = np.asarray(target, float), np.asarray(score, float)
        pairs = self.pairs(target)
        if not len(pairs):
            raise NotApplicableError(
                lazy_("no two cases can be compared (got one class only)"),
                remedy=lazy_("Both events and non-events are needed"),
            )
        return float(concordances(row[None, :], pairs)[0])


def _survival_pairs(times: Floats, events: Floats) -> Pairs:
    # a case that failed is compared with every case known to be event-free at that time (Harrell 1982)
    later = (times[None, :] > times[:, None]) | ((times[None, :] == times[:, None]) & (events[None, :] != 1))
    comparable = (events[:, None] == 1) & later
    np.fill_diagonal(comparable, False)
    first, second = np.nonzero(comparable)
    return Pairs(first, second)


def concordances(scores: Floats, pairs: Pairs) -> Floats:
    """Return the share of pairs in the right order, ties one half, for each row of ``scores`` (n_rows, n)."""
    return np.asarray(pair_values(scores, pairs).mean(axis=1))


def pair_values(scores: Floats, pairs: Pairs) -> Floats:
    """Return 1 (right order), 0.5 (tie) or 0 for each pair; shape (n_rows, n_pairs)."""
    difference = scores[:, pairs.first] - scores[:, pairs.second]
    return np.asarray((np.sign(difference) + 1.0) / 2.0)


def concordance_variance(score: Floats, pairs: Pairs, patients: Positions | None = None) -> float:
    r"""Variance of a concordance by its U-statistic components, added up over whole patients.

    .. math:: \widehat{\mathrm{Var}} = c_{10} \sum_g U_g^2 + c_{01} \sum_g L_g^2 + 2 c_{11} \sum_g U_g L_g

    :math:`U_g` and :math:`L_g` are what the cases of patient :math:`g` add as the first and as the second of a pair;
    each :math:`c = k/(k-1)` with the number of patients that have such cases. For an AUC this is DeLong's variance,
    and Obuchowski's when patients have several cases; for C the variance of R's ``concordance(..., cluster)`` but
    for the three factors.

    Parameters
    ----------
    score : array of float, shape (n_cases,)
    pairs : Pairs
    patients : array of int, shape (n_cases,), optional
        Equal for cases of the same patient; left out, each case is a patient.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837-845; Obuchowski, Biometrics 53 (1997) 567-578.
    """
    patient = np.arange(len(score)) if patients is None else np.unique(patients, return_inverse=True)[1]
    first, second = patient[pairs.first], patient[pairs.second]
    centred = pair_values(score[None, :], pairs)[0]
    centred = (centred - centred.mean()) / len(pairs)
    upper, lower = (np.bincount(side, centred, minlength=len(score)) for side in (first, second))
    own = _correction(first) * np.sum(upper**2) + _correction(second) * np.sum(lower**2)
    both = _correction(np.concatenate([first, second])) * np.sum(upper * lower)
    return float(max(own + 2 * both, 0.0))


def _correction(members: Positions) -> float:
    count = len(np.unique(members))
    return count / (count - 1) if count > 1 else 1.0


def auc(y_true: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an event scores above a non-event, ties one half.

    Parameters
    ----------
    y_true : array of {0, 1}, shape (n_cases,)
    score : array of float, shape (n_cases,)
        Out of fold; any increasing transform gives the same value.
    """
    return AUC.value(y_true, score)


def harrell_c(time: ArrayLike, event: ArrayLike, score: ArrayLike) -> float:
    """Harrell's C: the share of comparable pairs in which the case that failed first has the higher score.

    References
    ----------
    Harrell et al., JAMA 247 (1982) 2543-2546.
    """
    return HARRELL_C.value(np.column_stack([np.asarray(time, float), np.asarray(event, float)]), score)


AUC = Metric("auc", "binary")
HARRELL_C = Metric("c_index", "time_to_event", min_pairs=10)
