"""Intervals for cross-validated discrimination: around the value on all cases, and corrected resampled t."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from radiomics_core.evaluation.all_cases import AllCases

Floats = NDArray[np.float64]
INSIDE = (1e-9, 1 - 1e-9)
SMALLEST_FACTOR, LARGEST_FACTOR = 1.3, 1.6
"""How many standard errors of one concordance on all cases the error of a cross-validated one may be.

Chosen on simulated cohorts, see docs/design/0022-all-cases-interval.md; `benchmarks/null.py` measures the coverage.
"""
NO_VARIANCE = 1e-12
"""A width or variance up to this is none: rounding."""
WITHOUT_INNER = 1.5
"""The same when there are no inner values to estimate it from."""


@dataclass(frozen=True)
class Interval:
    """An estimate, its limits and how they were made.

    The method is ``nested_cv``, ``all_cases``, ``nadeau_bengio``, ``delong``, ``obuchowski``, ``u_statistic`` or
    ``wilson``.
    """

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


def cut_to(interval: Interval, lowest: float, highest: float) -> Interval:
    """Return an interval without the values that cannot be: it covers the truth as often as before."""
    low, high = (float(np.clip(limit, lowest, highest)) for limit in (interval.low, interval.high))
    return replace(interval, low=low, high=high)


def _two_sided_p(mean: float, standard_error: float, degrees: int) -> float:
    if standard_error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(mean) / standard_error, degrees))


def cross_validated_interval(
    outer: Floats, outer_variance: Floats, inner: Floats | None, sampling: AllCases, *, level: float = 0.95
) -> Interval:
    r"""Interval of the value expected of the procedure trained on all cases.

    The centre corrects the mean :math:`m` of the folds, whose models saw :math:`(K-1)/K` of the cases, by its distance
    from the mean inner value, of models that saw :math:`(K-2)/K`:

    .. math:: c = m + \frac{K-2}{K} (m - \bar m^{in})

    The error of the estimate is that of nested cross-validation (:func:`nested_cv_error`), kept between
    ``SMALLEST_FACTOR`` and ``LARGEST_FACTOR`` times the standard error of one concordance on all cases,
    :math:`f = \mathrm{SE} / \sqrt{V(m)}`. The limits are the values that a score test with this error would not
    reject: :math:`|c - \theta| = z f \sqrt{V(\theta)}`.

    Parameters
    ----------
    outer, outer_variance : array of float, shape (n_repeats, K)
        Value of each held-out fold and its sampling variance given the model.
    inner : array of float, shape (n_repeats, K, K), or None
        ``inner[r, k, j]``: value of fold j by the procedure run without folds k and j; NaN where j = k. Without it
        the centre is the mean of the folds and the error ``WITHOUT_INNER`` times that on all cases.
    sampling : AllCases
    level : float

    Returns
    -------
    Interval
        ``method`` is ``nested_cv``, or ``all_cases`` without inner values.

    References
    ----------
    Bates, Hastie & Tibshirani, JASA 119 (2024) 1434-1445, with its bias correction;
    limits after Newcombe, Statistics in Medicine 25 (2006) 559-573.
    """
    mean = float(np.nanmean(outer))
    if inner is None:
        return Interval(mean, *score_limits(mean, WITHOUT_INNER, sampling, level=level), "all_cases")
    n_folds = outer.shape[1]
    centre = mean + (n_folds - 2) / n_folds * (mean - float(np.nanmean(inner)))
    centre = float(np.clip(centre, 0.0, 1.0))
    at = sampling.variance(float(np.clip(mean, *INSIDE)))
    factor = float(
        np.clip(nested_cv_error(outer, outer_variance, inner) / np.sqrt(at), SMALLEST_FACTOR, LARGEST_FACTOR)
    )
    return Interval(centre, *score_limits(centre, factor, sampling, level=level), "nested_cv")


def nested_cv_error(outer: Floats, outer_variance: Floats, inner: Floats) -> float:
    r"""Standard error of a cross-validated value by nested cross-validation; arguments as above.

    In fold :math:`k` of each repeat the mean inner value (the whole procedure, cross-validated without fold
    :math:`k`) is compared with the outer value :math:`e_k`:

    .. math:: \mathrm{SE}^2 = \frac{K-1}{K} \left[\overline{(\bar e^{in}_k - e_k)^2}
              - \overline{\widehat{\mathrm{Var}}(e_k)}\right]

    References
    ----------
    Bates, Hastie & Tibshirani, JASA 119 (2024) 1434-1445.
    """
    n_folds = outer.shape[1]
    shift = np.nanmean(inner, axis=2) - outer
    between = float(np.nanmean(shift**2)) - float(np.nanmean(outer_variance))
    return float(np.sqrt(max((n_folds - 1) / n_folds * between, 0.0)))


def score_limits(estimate: float, factor: float, sampling: AllCases, *, level: float = 0.95) -> tuple[float, float]:
    r"""Return the limits :math:`\theta` with :math:`|\hat\theta - \theta| = z f \sqrt{V(\theta)}`.

    Wilson's idea: the limits have a width also where the estimate is 0 or 1 and its own variance nothing.
    """
    z = factor * float(stats.norm.ppf((1 + level) / 2))

    def excess(theta: float) -> float:
        return abs(estimate - theta) - z * float(np.sqrt(sampling.variance(theta)))

    inside, outside = INSIDE  # at 0 and 1 the variance is 0 and the estimate itself would be a root
    low = float(optimize.brentq(excess, 0.0, min(estimate, outside))) if estimate > inside else 0.0
    high = float(optimize.brentq(excess, max(estimate, inside), 1.0)) if estimate < outside else 1.0
    return low, high


def wilson_auc_interval(estimate: float, n_events: int, n_others: int, *, level: float = 0.95) -> Interval:
    """Interval of an AUC of one score on cases it was not made from: :func:`score_limits` with Newcombe's variance.

    Limits are NaN without cases of both kinds.
    """
    nan = float("nan")
    if min(n_events, n_others) < 1 or not np.isfinite(estimate):
        return Interval(estimate, nan, nan, "wilson")
    sampling = AllCases(float(n_events * n_others), float(n_events * n_others * (n_events + n_others)))
    return Interval(estimate, *score_limits(estimate, 1.0, sampling, level=level), "wilson")


def logit_interval(estimate: float, standard_error: float, *, level: float, method: str) -> Interval:
    """Return estimate and limits in (0, 1), symmetric on the logit scale."""
    centre = min(max(estimate, 1e-3), 1 - 1e-3)
    logit = np.log(centre / (1 - centre))
    half = stats.norm.ppf((1 + level) / 2) * standard_error / (centre * (1 - centre))
    low, high = (float(1 / (1 + np.exp(-limit))) for limit in (logit - half, logit + half))
    return Interval(estimate, low, high, method)
