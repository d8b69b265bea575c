"""The variance of one concordance over all cases: what an estimate from as many patients cannot fall below by much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from radiomics_core.stats.concordance import Pairs

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class AllCases:
    r"""Sampling variance of an AUC or C of one score on all cases, as a function of its true value.

    .. math:: V(\theta) = \frac{\theta(1-\theta)}{P} \left[1 + \left(\frac{S}{2P} - 1\right)
              \left(\frac{1-\theta}{2-\theta} + \frac{\theta}{1+\theta}\right)\right],\quad
              S = \sum_g \Big[(1-\rho) \sum_{i \in g} d_i^2 + \rho \Big(\sum_{i \in g} d_i\Big)^2\Big]

    :math:`P` is the number of comparable pairs, :math:`d_i` in how many more of them case :math:`i` is the first than
    the second, :math:`g` a patient and :math:`\rho` how much cases of a patient go together. For an AUC of one
    case per patient :math:`S/P` is the number of cases, and :math:`V` Newcombe's variance.

    Attributes
    ----------
    n_pairs, spread : float
        :math:`P` and :math:`S`.

    References
    ----------
    Newcombe, Statistics in Medicine 25 (2006) 559-573, method 5; Hanley & McNeil, Radiology 143 (1982) 29-36. Other
    pairs than those of two groups, and patients with several cases, are this program's extension.
    """

    n_pairs: float
    spread: float

    def variance(self, value: float) -> float:
        """Return the variance when the true value is ``value``, in [0, 1]."""
        odds = (1 - value) / (2 - value) + value / (1 + value)
        middle = max(self.spread / (2 * self.n_pairs) - 1, 0.0)
        return value * (1 - value) / self.n_pairs * (1 + middle * odds)


def all_cases(pairs: Pairs, patients: Positions, correlation: float = 0.0) -> AllCases:
    r"""Count the pairs; :math:`\rho` is the root of the correlation of scores within a patient.

    The error of a cross-validated value goes more with the patients than one score's does, because its models were
    trained on them: the correlation itself makes intervals too narrow, patients alone too wide where cases of a
    patient differ (docs/design/0022-all-cases-interval.md).

    Parameters
    ----------
    pairs : Pairs
        Comparable pairs of all cases.
    patients : array of int, shape (n_cases,)
        Number of the patient of each case, from 0.
    correlation : float in [0, 1]
        Of the scores of cases of one patient, :func:`patient_correlation`.
    """
    n = len(patients)
    placed = np.bincount(pairs.first, minlength=n) - np.bincount(pairs.second, minlength=n).astype(float)
    alone, together = float(np.sum(placed**2)), float(np.sum(np.bincount(patients, placed) ** 2))
    rho = float(np.sqrt(correlation))
    return AllCases(float(len(pairs)), (1 - rho) * alone + rho * together)


def patient_correlation(values: Floats, strata: Positions, patients: Positions) -> float:
    """Return the correlation between cases of a patient, in [0, 1]; 0 when each patient has one case.

    Parameters
    ----------
    values : array, shape (n,)
        Scores or calls of held-out cases, each repeat of a case on its own; comparable within a stratum only.
    strata : array of int, shape (n,)
        Repeat by fold by outcome: values become ranks within them, and are centred.
    patients : array of int, shape (n,)
        Number of the patient in its repeat, from 0: the same patient has another number in another repeat.
    """
    deviation = np.zeros(len(values))
    for stratum in np.unique(strata):
        inside = strata == stratum
        ranks = stats.rankdata(values[inside]) / inside.sum()
        deviation[inside] = ranks - ranks.mean()
    own = np.bincount(patients, deviation**2)
    between = float(np.sum(np.bincount(patients, deviation) ** 2) - own.sum())
    others = float(np.sum(own * (np.bincount(patients) - 1)))
    return float(np.clip(between / others, 0.0, 1.0)) if others > 0 else 0.0
