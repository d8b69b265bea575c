"""DeLong's interval and test, for external cases only: never for predictions of models fitted on the same cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.intervals import Interval, logit_interval
from radiomics_core.i18n import lazy_
from radiomics_core.stats.concordance import concordance_covariance, concordances, event_pairs

Floats = NDArray[np.float64]


def delong_interval(
    y_true: ArrayLike, score: ArrayLike, *, patients: ArrayLike | None = None, level: float = 0.95
) -> Interval:
    """AUC of a frozen model on external cases with its interval on the logit scale.

    Parameters
    ----------
    y_true : array of {0, 1}, shape (n_cases,)
    score : array of float, shape (n_cases,)
    patients : array, shape (n_cases,), optional
        When patients have several cases the variance adds up whole patients (Obuchowski 1997).
    level : float

    References
    ----------
    DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837-845; Obuchowski, Biometrics 53 (1997) 567-578.
    """
    aucs, covariance = delong_covariance(y_true, [score], patients=patients)
    method = "delong" if patients is None else "obuchowski"
    return logit_interval(float(aucs[0]), float(np.sqrt(covariance[0, 0])), level=level, method=method)


def delong_difference(
    y_true: ArrayLike, score: ArrayLike, reference: ArrayLike, *, patients: ArrayLike | None = None, level: float = 0.95
) -> Interval:
    """Difference of two AUCs on the same external cases, with two-sided p."""
    aucs, covariance = delong_covariance(y_true, [score, reference], patients=patients)
    contrast = np.array([1.0, -1.0])
    error = float(np.sqrt(max(contrast @ covariance @ contrast, 0.0)))
    difference = float(aucs[0] - aucs[1])
    half = float(stats.norm.ppf((1 + level) / 2)) * error
    p = float(2 * stats.norm.sf(abs(difference) / error)) if error > 0 else 1.0
    return Interval(difference, difference - half, difference + half, "delong", p)


def delong_covariance(
    y_true: ArrayLike, scores: list[ArrayLike], *, patients: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Return the AUC of each score, shape (k,), and their covariance, shape (k, k)."""
    events, values = np.asarray(y_true) == 1, np.array([np.asarray(s, float) for s in scores])
    if events.sum() < 2 or (~events).sum() < 2:
        raise NotApplicableError(
            lazy_("an interval needs two events and two others, got {n_events} and {n_rest}"),
            remedy=lazy_("Collect more external cases"),
            n_events=int(events.sum()),
            n_rest=int((~events).sum()),
        )
    pairs = event_pairs(events.astype(float))
    of = None if patients is None else np.unique(np.asarray(patients), return_inverse=True)[1]
    return concordances(values, pairs), concordance_covariance(values, pairs, of)
