"""Ranks of columns: midranks where values are missing, ranks of length one for correlations, places without ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def column_ranks(values: Floats) -> tuple[Floats, Floats]:
    """Return midranks within each column's present values, and the tie term sum(t**3 - t) per column.

    Parameters
    ----------
    values : array, shape (n_cases, n_features)
        NaN is missing and gets rank NaN.
    """
    ranks = _midranks(values, nan_policy="omit")
    n = np.isfinite(values).sum(axis=0)
    # For midranks, sum(r**2) = (n**3 - n)/12 + n(n+1)**2/4 - ties/12
    ideal = (n**3 - n) / 12 + n * (n + 1) ** 2 / 4
    ties = 12 * (ideal - np.nansum(ranks**2, axis=0))
    return ranks, np.maximum(np.round(ties), 0.0)


def unit_ranks(values: Floats) -> Floats:
    """Return centred midranks of length 1 per column, NaN for a constant one; their products are Spearman's rho.

    Parameters
    ----------
    values : array, shape (n_cases, n_features)
        Without NaN.
    """
    ranks = _midranks(values)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    return np.asarray(ranks / np.where(length > 0, length, np.nan))


def places(values: ArrayLike) -> NDArray[np.intp]:
    """Return the place of each value in rising order, from 0; for values that differ."""
    return np.argsort(np.argsort(values))


def _midranks(values: Floats, nan_policy: str = "propagate") -> Floats:
    from scipy import stats

    return np.asarray(stats.rankdata(values, axis=0, nan_policy=nan_policy), dtype=np.float64)
