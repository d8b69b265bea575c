"""Rank tests of many features at once: Mann-Whitney with AUC, Kruskal-Wallis, Spearman against a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from radiomics_core.stats.proportions import Z_95
from radiomics_core.stats.ranks import column_ranks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RankTest:
    """Result of one test per feature; arrays of shape (n_features,), NaN where a test was impossible."""

    statistic: Floats
    effect: Floats
    low: Floats
    high: Floats
    p: Floats


def mann_whitney(values: Floats, event: Floats) -> RankTest:
    r"""Mann-Whitney test and AUC of every feature against a binary endpoint.

    The AUC is the chance that an event case has the higher value (ties count half). p is two-sided from the normal
    approximation with tie and continuity correction; the 95 % interval is DeLong's on the logit scale.

    Parameters
    ----------
    values : array, shape (n_cases, n_features)
    event : array of {0, 1}, shape (n_cases,)

    References
    ----------
    Mann & Whitney, Ann Math Stat 18 (1947) 50-60. DeLong et al., Biometrics 44 (1988) 837-845.
    """
    positive = np.asarray(event) == 1
    ranks, ties = column_ranks(values)
    present = np.isfinite(values)
    n1, n0 = present[positive].sum(axis=0), present[~positive].sum(axis=0)
    n = n1 + n0
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.nansum(ranks[positive], axis=0) - n1 * (n1 + 1) / 2
        auc = u / (n1 * n0)
        variance = n1 * n0 / 12 * ((n + 1) - ties / (n * (n - 1)))
        z = np.maximum(np.abs(u - n1 * n0 / 2) - 0.5, 0) / np.sqrt(variance)
        p = np.minimum(2 * special.ndtr(-z), 1.0)
        low, high = _delong_interval(values, ranks, positive, auc)
    return RankTest(u.astype(float), auc, low, high, p)


def _delong_interval(values: Floats, ranks: Floats, positive: NDArray[np.bool_], auc: Floats) -> tuple[Floats, Floats]:
    n1, n0 = np.isfinite(ranks[positive]).sum(axis=0), np.isfinite(ranks[~positive]).sum(axis=0)
    placed_events = (ranks[positive] - column_ranks(values[positive])[0]) / n0
    placed_others = 1 - (ranks[~positive] - column_ranks(values[~positive])[0]) / n1
    spread = _variance(placed_events, auc, n1) / n1 + _variance(placed_others, auc, n0) / n0
    edge = np.clip(auc, 1e-9, 1 - 1e-9)
    half = Z_95 * np.sqrt(spread) / (edge * (1 - edge))
    # A perfect or too small feature has no DeLong variance: no interval rather than one of width zero.
    half = np.where((spread > 0) & (auc > 0) & (auc < 1), half, np.nan)
    return special.expit(special.logit(edge) - half), special.expit(special.logit(edge) + half)


def _variance(placed: Floats, mean: Floats, n: NDArray[np.int_]) -> Floats:
    result: Floats = np.nansum((placed - mean) ** 2, axis=0) / (n - 1)
    return result


def kruskal(values: Floats, group: Floats) -> RankTest:
    r"""Kruskal-Wallis test of every feature over classes; the effect is epsilon squared, H / (n - 1).

    References
    ----------
    Kruskal & Wallis, JASA 47 (1952) 583-621. Tomczak & Tomczak, Trends Sport Sci 1 (2014) 19-25.
    """
    ranks, ties = column_ranks(values)
    n = np.isfinite(ranks).sum(axis=0)
    between = np.zeros(values.shape[1])
    n_groups = np.zeros(values.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        for label in np.unique(group):
            in_group = ranks[group == label]
            size = np.isfinite(in_group).sum(axis=0)
            between += np.where(size > 0, np.nansum(in_group, axis=0) ** 2 / np.maximum(size, 1), 0.0)
            n_groups += size > 0
        h = (12 / (n * (n + 1)) * between - 3 * (n + 1)) / (1 - ties / (n**3 - n))
        p = np.where(n_groups > 1, special.chdtrc(np.maximum(n_groups - 1, 1), np.maximum(h, 0)), np.nan)
        none = np.full(values.shape[1], np.nan)
        return RankTest(h, h / (n - 1), none, none, p)


def spearman_test(values: Floats, target: Floats) -> RankTest:
    """Spearman correlation of every feature with a number or an ordered class; interval by Fisher's z."""
    ranks, _ = column_ranks(values)
    present = np.isfinite(values)
    against = column_ranks(np.where(present, np.asarray(target)[:, None], np.nan))[0]
    n = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = ranks - np.nanmean(ranks, axis=0), against - np.nanmean(against, axis=0)
        rho = np.nansum(a * b, axis=0) / np.sqrt(np.nansum(a**2, axis=0) * np.nansum(b**2, axis=0))
        statistic = rho * np.sqrt((n - 2) / np.maximum(1 - rho**2, 1e-300))
        p = 2 * special.stdtr(np.maximum(n - 2, 1), -np.abs(statistic))
        # Bonett & Wright, Psychometrika 65 (2000) 23-28: variance (1 + rho**2 / 2) / (n - 3)
        half = Z_95 * np.sqrt((1 + rho**2 / 2) / (n - 3))
        edge = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
        return RankTest(statistic, rho, np.tanh(edge - half), np.tanh(edge + half), p)
