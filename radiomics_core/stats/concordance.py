"""Concordance: the share of comparable pairs a score puts in the right order, and its variance.

AUC and Harrell's C are both this. Working on pairs gives one code path for binary and time-to-event endpoints, for fold
values, their variance and the bootstrap over cases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Comparable pairs: the case at ``first[p]`` should have the higher score than the one at ``second[p]``."""

    first: Positions
    second: Positions

    def __len__(self) -> int:
        return len(self.first)


def event_pairs(events: Floats) -> Pairs:
    """Return each event with each non-event; ``events`` has shape (n,), the higher value is the event."""
    first, second = np.nonzero(events[:, None] > events[None, :])
    return Pairs(first, second)


def survival_pairs(times: Floats, events: Floats) -> Pairs:
    """Return each case that failed with every case known to be event-free at that time.

    References
    ----------
    Harrell et al., JAMA 247 (1982) 2543-2546.
    """
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
    """Variance of the concordance of one score, shape (n_cases,); see :func:`concordance_covariance`."""
    return float(max(concordance_covariance(score[None, :], pairs, patients)[0, 0], 0.0))


def concordance_covariance(scores: Floats, pairs: Pairs, patients: Positions | None = None) -> Floats:
    r"""Covariance of concordances on the same pairs by their U-statistic components, added up over whole patients.

    .. math:: \widehat{\mathrm{Cov}}_{ab} = c_{10} \sum_g U_{ag} U_{bg} + c_{01} \sum_g L_{ag} L_{bg}
              + c_{11} \sum_g (U_{ag} L_{bg} + U_{bg} L_{ag})

    :math:`U_g` and :math:`L_g` are what the cases of patient :math:`g` add as the first and as the second of a pair;
    each :math:`c = k/(k-1)` with the number of patients that have such cases. For an AUC this is DeLong's,
    and Obuchowski's when patients have several cases; for C the variance of R's ``concordance(..., cluster)`` but
    for the three factors.

    Parameters
    ----------
    scores : array of float, shape (k, n_cases)
    pairs : Pairs
    patients : array of int, shape (n_cases,), optional
        Equal for cases of the same patient; left out, each case is a patient.

    Returns
    -------
    array, shape (k, k)

    References
    ----------
    DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837-845; Obuchowski, Biometrics 53 (1997) 567-578.
    """
    n_cases = scores.shape[1]
    patient = np.arange(n_cases) if patients is None else np.unique(patients, return_inverse=True)[1]
    first, second = patient[pairs.first], patient[pairs.second]
    centred = pair_values(scores, pairs)
    centred = (centred - centred.mean(axis=1, keepdims=True)) / len(pairs)
    upper, lower = (
        np.array([np.bincount(side, row, minlength=n_cases) for row in centred]) for side in (first, second)
    )
    both = _products(upper, lower)
    crossed = _correction(np.concatenate([first, second])) * (both + both.T)
    own = _correction(first) * _products(upper, upper) + _correction(second) * _products(lower, lower)
    return np.asarray(own + crossed)


def _products(left: Floats, right: Floats) -> Floats:
    # summed as numpy sums a row, so that equal rows give equal elements and their difference no variance
    return np.asarray((left[:, None, :] * right[None, :, :]).sum(axis=2))


def _correction(members: Positions) -> float:
    count = len(np.unique(members))
    return count / (count - 1) if count > 1 else 1.0
