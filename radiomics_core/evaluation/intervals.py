"""Intervals for cross-validated discrimination: corrected resampled t, and nested cross-validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

FLOOR_OF_NAIVE_ERRORS = 1.3
"""The nested interval is never narrower than this many naive standard errors.

The paper's floor is 1. With 5 repeats its mean squared error is noisy and often falls to the floor; in 90 + 90
simulated cohorts (n 40-200, p 5-1,500) a floor of 1 covered .97 under noise and .87 under signal, 1.3 covered .98 and
.94 (standard error about .02).
"""


NO_VARIANCE = 1e-12
"""A mean variance of the folds up to this is none: rounding."""


@dataclass(frozen=True)
class Interval:
    """An estimate, its limits and how they were made (``nested_cv``, ``nadeau_bengio``, ``delong``, ``wilson``)."""

    estimate: float
    low: float
    high: float
    method: str
    p: float = float("nan")


def nadeau_bengio(fold_values: ArrayLike, test_fraction: float, *, level: float = 0.95) -> Interval:
    r"""Corrected resampled t interval of a mean over cross-validation folds.

    .. math:: \bar d \pm t_{J-1} \sqrt{\left(\frac{1}{J} + \frac{n_{test}}{n_{train}}\right) s^2}

    Parameters
    ----------
    fold_values : array of float, shape (n_folds * n_repeats,)
        A metric per fold, or a paired difference per fold; NaN (fold without a value) is left out.
    test_fraction : float
        Share of cases held out in a fold, 1/K.
    level : float

    Returns
    -------
    Interval
        ``p`` is two-sided for a mean of zero; NaN limits with fewer than two values.

    References
    ----------
    Nadeau & Bengio, Machine Learning 52 (2003) 239-281.
    """
    values = np.asarray(fold_values, float)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        nan = float("nan")
        return Interval(float(values.mean()) if len(values) else nan, nan, nan, "nadeau_bengio")
    mean = float(values.mean())
    ratio = test_fraction / (1 - test_fraction)
    standard_error = float(np.sqrt((1 / len(values) + ratio) * values.var(ddof=1)))
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * standard_error
    p = _two_sided_p(mean, standard_error, len(values) - 1)
    return Interval(mean, mean - half, mean + half, "nadeau_bengio", p)


def _two_sided_p(mean: float, standard_error: float, degrees: int) -> float:
    if standard_error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(mean) / standard_error, degrees))


def nested_cv_interval(
    outer: NDArray[np.float64],
    outer_variance: NDArray[np.float64],
    inner: NDArray[np.float64],
    *,
    level: float = 0.95,
    n_events: int = 0,
    n_others: int = 0,
) -> Interval:
    r"""Nested cross-validation interval on fold values, on the logit scale.

    In fold :math:`k` of each repeat the mean inner value (the whole procedure, cross-validated without fold
    :math:`k`) is compared with the outer value :math:`e_k`; the mean squared error of the estimate is

    .. math:: \widehat{\mathrm{MSE}} = \overline{(\bar e^{in}_k - e_k)^2} - \overline{\widehat{\mathrm{Var}}(e_k)}

    Its root, scaled by :math:`\sqrt{(K-1)/K}`, is kept between 1.3 naive standard errors
    (``FLOOR_OF_NAIVE_ERRORS``; 1 in the paper) and :math:`\sqrt K` of them.

    Parameters
    ----------
    outer, outer_variance : array of float, shape (n_repeats, K)
        Value of each held-out fold and its sampling variance given the model.
    inner : array of float, shape (n_repeats, K, K)
        ``inner[r, k, j]``: value of fold j by the procedure run without folds k and j; NaN where j = k.
    level : float
    n_events, n_others : int
        Cases with and without the event. When no fold has any sampling variance (each is perfect, or nothing was
        ever selected) the interval is :func:`wilson_auc_interval` of these, and missing when they are not given.

    References
    ----------
    Bates, Hastie & Tibshirani, JASA 119 (2024) 1434-1445.
    """
    n_folds = outer.shape[1]
    estimate = float(np.nanmean(outer))
    within = float(np.nanmean(outer_variance))
    if within <= NO_VARIANCE:
        return wilson_auc_interval(estimate, n_events, n_others, level=level)
    shift = np.nanmean(inner, axis=2) - outer
    between = (n_folds - 1) / n_folds * (float(np.nanmean(shift**2)) - within)
    naive = np.sqrt(within / n_folds)
    standard_error = float(np.clip(np.sqrt(max(between, 0.0)), FLOOR_OF_NAIVE_ERRORS * naive, np.sqrt(n_folds) * naive))
    return logit_interval(estimate, standard_error, level=level, method="nested_cv")


def wilson_auc_interval(estimate: float, n_events: int, n_others: int, *, level: float = 0.95) -> Interval:
    r"""Interval of an AUC by Wilson's idea: the values :math:`\theta` that a score test would not reject.

    .. math:: |\hat\theta - \theta| \le z \sqrt{V(\theta)},\quad V = \frac{\theta(1-\theta)}{mn}
              \left[1 + \left(\tfrac{m+n}{2} - 1\right)
              \left(\tfrac{1-\theta}{2-\theta} + \tfrac{\theta}{1+\theta}\right)\right]

    It has a width where all other estimates of the variance are zero. Limits are NaN without cases of both kinds.

    References
    ----------
    Newcombe, Statistics in Medicine 25 (2006) 559-573, method 5; Hanley & McNeil, Radiology 143 (1982) 29-36.
    """
    nan = float("nan")
    if min(n_events, n_others) < 1 or not np.isfinite(estimate):
        return Interval(estimate, nan, nan, "wilson")
    z = float(stats.norm.ppf((1 + level) / 2))
    middle = (n_events + n_others) / 2 - 1

    def excess(theta: float) -> float:
        spread = 1 + middle * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(estimate - theta) - z * float(np.sqrt(theta * (1 - theta) * spread / (n_events * n_others)))

    inside = 1e-9  # at 0 and 1 the variance is 0 and the estimate itself would be a root
    low = float(optimize.brentq(excess, 0.0, min(estimate, 1 - inside))) if estimate > inside else 0.0
    high = float(optimize.brentq(excess, max(estimate, inside), 1.0)) if estimate < 1 - inside else 1.0
    return Interval(estimate, low, high, "wilson")


def logit_interval(estimate: float, standard_error: float, *, level: float, method: str) -> Interval:
    """Return estimate and limits in (0, 1), symmetric on the logit scale."""
    centre = min(max(estimate, 1e-3), 1 - 1e-3)
    logit = np.log(centre / (1 - centre))
    half = stats.norm.ppf((1 + level) / 2) * standard_error / (centre * (1 - centre))
    low, high = (float(1 / (1 + np.exp(-limit))) for limit in (logit - half, logit + half))
    return Interval(estimate, low, high, method)
