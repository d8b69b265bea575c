"""Log-hazards that mean what they say: slope of out-of-fold scores, and the partial likelihood they are tuned by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.evaluation.recalibration import RIDGE, Line, PredictionScale
from radiomics_core.stats.cox import fit_cox, patients_of, risk_sets

Floats = NDArray[np.float64]


def cox_recalibration(target: Floats, score: Floats) -> Line:
    """Return the line of a Cox model with the score as its only column; slope 0 where it would be negative.

    Parameters
    ----------
    target : array, shape (n, 2) or (n, 3)
        Times, events and (optional) numbers of patients.
    score : array, shape (n,)
        Out of fold.

    References
    ----------
    van Houwelingen, Stat Med 19 (2000) 3401-3415.
    """
    spread = float(np.std(score))
    if spread == 0 or not np.any(target[:, 1] == 1):
        return Line(0.0, 0.0)
    fit = fit_cox((score / spread)[:, None], target[:, 0], target[:, 1], RIDGE, patients=patients_of(target))
    return Line(max(0.0, float(fit.beta[0]) / spread), 0.0)


def cox_deviance(target: Floats, log_hazard: Floats) -> Floats:
    """Return -2 log partial likelihood (Efron's ties) of each row of ``log_hazard`` (n_rows, n).

    Every patient weighs the same, whatever the number of cases. On out-of-fold scores this is the cross-validated
    partial likelihood.

    References
    ----------
    Verweij & van Houwelingen, Stat Med 12 (1993) 2305-2314.
    """
    sets = risk_sets(target[:, 0], target[:, 1], patients_of(target))
    eta = log_hazard[:, sets.order].T
    eta = eta - eta.max(axis=0)
    weight = sets.weight[:, None]
    at_risk = np.maximum(sets.at_events(weight * np.exp(eta)), 1e-300)
    return np.asarray(-2 * (weight[sets.event] * (eta[sets.event] - np.log(at_risk))).sum(axis=0))


LOG_HAZARD = PredictionScale("log_hazard", cox_recalibration, cox_deviance)
