"""Which columns carry information at all; the others are left out and counted, never imputed into existence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class UsableColumns:
    """Columns with at least two different values, and those left out.

    Attributes
    ----------
    values : DataFrame, shape (n_cases, n_usable), float64
        Infinite values are missing values here.
    constant, all_missing : tuple of str
        Names of the columns left out.
    """

    values: pd.DataFrame
    constant: tuple[str, ...]
    all_missing: tuple[str, ...]


def usable_columns(values: pd.DataFrame) -> UsableColumns:
    """Split off columns that are constant or entirely missing among the given cases."""
    array = values.to_numpy(dtype=float, copy=True)
    array[~np.isfinite(array)] = np.nan
    present = np.isfinite(array).any(axis=0)
    low = np.where(np.isnan(array), np.inf, array).min(axis=0, initial=np.inf)
    high = np.where(np.isnan(array), -np.inf, array).max(axis=0, initial=-np.inf)
    keep = present & (high > low)
    names = values.columns.to_numpy()
    return UsableColumns(
        pd.DataFrame(array[:, keep], index=values.index, columns=values.columns[keep]),
        tuple(names[present & ~keep]),
        tuple(names[~present]),
    )


def standardised(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return columns with mean 0 and standard deviation 1 (n - 1) over their present values; NaN stays NaN."""
    centred = array - np.nanmean(array, axis=0)
    result: NDArray[np.float64] = centred / np.nanstd(centred, axis=0, ddof=1)
    return result
