"""Adjustment of several p values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Holm-adjusted p values in the order given; NaN stays NaN and is not counted.

    References
    ----------
    Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    """
    p = np.asarray(p_values, float)
    adjusted = np.full(p.shape, np.nan)
    order = [i for i in np.argsort(p, kind="stable") if np.isfinite(p[i])]
    largest = 0.0
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p[position]))
        adjusted[position] = largest
    return adjusted


def permutation_p(observed: float, shuffled: ArrayLike) -> float:
    """Return (b + 1) / (B + 1), b shuffles at least as large as the observed value; NaN without shuffles."""
    values = np.asarray(shuffled, float)
    if not len(values):
        return float("nan")
    return float((np.sum(values >= observed - 1e-12) + 1) / (len(values) + 1))
