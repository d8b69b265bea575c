"""One Cox model per feature, all features at once: score test and hazard ratio per standard deviation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from radiomics_core.features.exploration.columns import standardised
from radiomics_core.features.exploration.rank_tests import Floats, RankTest
from radiomics_core.stats.proportions import Z_95

MAX_ITERATIONS = 25
MAX_LOG_HAZARD_RATIO = 15.0
"""Beyond this the likelihood has no maximum (a feature that separates events perfectly): no hazard ratio."""


@dataclass(frozen=True)
class _Sorted:
    """Cases sorted by falling time; ``group`` is the first row of each distinct time, ``of`` the group of a row."""

    x: Floats
    present: NDArray[np.bool_]
    event: NDArray[np.bool_]
    starts: NDArray[np.intp]
    of: NDArray[np.intp]


def univariate_cox(values: Floats, time: Floats, event: Floats) -> RankTest:
    r"""Univariate Cox regression of every feature, Efron's handling of ties, missing values left out per feature.

    ``statistic`` and ``p`` are the score test (chi-square, 1 degree of freedom); ``effect`` is the hazard ratio per
    standard deviation with its Wald 95 % interval, NaN when the likelihood has no maximum.

    Parameters
    ----------
    values : array, shape (n_cases, n_features)
    time : array, shape (n_cases,), any unit
    event : array, shape (n_cases,)
        1 for the event of interest, anything else is censored.

    References
    ----------
    Cox, JRSS B 34 (1972) 187-220. Efron, JASA 72 (1977) 557-565.
    """
    cases = _sorted(standardised(values), np.asarray(time, float), np.asarray(event) == 1)
    fractions = _efron_fractions(cases)
    beta = np.zeros(values.shape[1])
    score, information = _derivatives(cases, fractions, beta)
    with np.errstate(divide="ignore", invalid="ignore"):
        chi2 = score**2 / information
    beta, information = _newton(cases, fractions, beta, score, information)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        half = Z_95 / np.sqrt(information)
        effect, low, high = np.exp(beta), np.exp(beta - half), np.exp(beta + half)
    return RankTest(chi2, effect, low, high, special.chdtrc(1, chi2))


def _sorted(x: Floats, time: Floats, event: NDArray[np.bool_]) -> _Sorted:
    order = np.argsort(-time, kind="stable")
    x, time, event = x[order], time[order], event[order]
    new = np.r_[True, time[1:] != time[:-1]]
    present = np.isfinite(x)
    return _Sorted(np.where(present, x, 0.0), present, event, np.flatnonzero(new), np.cumsum(new) - 1)


def _efron_fractions(cases: _Sorted) -> Floats:
    """Return l/d per event row and feature: the share of its tied events taken out of the risk set."""
    tied = cases.present & cases.event[:, None]
    running = np.cumsum(tied, axis=0)
    in_group = np.add.reduceat(tied, cases.starts, axis=0)
    before = np.vstack([np.zeros((1, tied.shape[1])), np.cumsum(in_group, axis=0)[:-1]])
    rank = running - before[cases.of] - 1
    fractions: Floats = (rank / np.maximum(in_group, 1)[cases.of])[cases.event]
    return fractions


def _derivatives(cases: _Sorted, fractions: Floats, beta: Floats) -> tuple[Floats, Floats]:
    x, event = cases.x, cases.event
    weight = np.exp(np.clip(x * beta, -50, 50)) * cases.present
    at_risk, died = [], []
    for power in (weight, weight * x, weight * x * x):
        in_group = np.add.reduceat(power, cases.starts, axis=0)
        events = np.add.reduceat(power * event[:, None], cases.starts, axis=0)
        at_risk.append(np.cumsum(in_group, axis=0)[cases.of][event])
        died.append(events[cases.of][event])
    counted = cases.present[event]
    with np.errstate(divide="ignore", invalid="ignore"):
        s0, s1, s2 = (a - fractions * d for a, d in zip(at_risk, died, strict=True))
        mean = s1 / s0
        score = np.where(counted, x[event] - mean, 0.0).sum(axis=0)
        information = np.where(counted, s2 / s0 - mean**2, 0.0).sum(axis=0)
    return score, information


def _newton(
    cases: _Sorted, fractions: Floats, beta: Floats, score: Floats, information: Floats
) -> tuple[Floats, Floats]:
    for _ in range(MAX_ITERATIONS):
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.clip(np.nan_to_num(score / information, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
        beta = beta + step
        score, information = _derivatives(cases, fractions, beta)
        if np.all((np.abs(step) < 1e-7) | (np.abs(beta) > MAX_LOG_HAZARD_RATIO)):
            break
    fitted = (np.abs(beta) < MAX_LOG_HAZARD_RATIO) & (information > 1e-9) & (np.abs(score) < 1e-3)
    return np.where(fitted, beta, np.nan), np.where(fitted, information, np.nan)
