"""One patient entered twice: cases of different patients that are closer than chance allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.checks.facts import not_applicable
from radiomics_core.i18n import lazy_

NEIGHBOUR = 10
CLOSEST = 0.01
"""Two cases are copies only below this share of the tenth neighbour's distance, however unlikely a larger one is."""
EXPECTED_BY_CHANCE = 0.001
"""Pairs that chance may bring so close in a whole cohort."""
EXPECTED_EQUAL_ROWS = 0.01
SAME_NUMBER = 1e-4
"""Numbers of a clinical column that differ by less than this many standard deviations count as one."""
MIN_COLUMNS = 3
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Copies:
    """Pairs of cases of different patients, and what is known of them (a share of a distance, or a count)."""

    pairs: tuple[tuple[str, str], ...]
    figure: float


def near_copies(numbers: pd.DataFrame, patients: Mapping[str, str]) -> Copies:
    r"""Return cases of different patients whose numbers are nearly the same.

    Columns are put on a robust scale (median, interquartile range; outliers drawn in by the inverse hyperbolic sine).
    A pair's distance is compared with that of the tenth neighbour of either, so that it does not matter how dense the
    cases lie there. In :math:`d` dimensions a nearest neighbour lies within a share :math:`r` of the distance of the
    :math:`k`-th with probability :math:`1 - (1 - r^d)^{k-1}` (volumes of nested balls are beta distributed), so of
    :math:`n` cases about :math:`n (k - 1) r^d` do by chance. Pairs count below the :math:`r` where that is 0.001, and
    below 0.01. The dimension is the participation ratio of the eigenvalues,
    :math:`(\sum\lambda)^2 / \sum\lambda^2`: at most the number of columns, and less when they are correlated.

    Parameters
    ----------
    numbers : DataFrame of float, shape (n_cases, n_columns), indexed by case_id
        NaN counts as the median; cases with less than three columns known of both are no copies.
    patients : mapping from case_id to patient_id
        Cases of one patient are never copies of each other.

    Returns
    -------
    Copies
        ``figure``: largest share of the tenth neighbour's distance among the pairs.

    Raises
    ------
    NotApplicableError
        Fewer than three columns tell the cases apart, or fewer than four cases.
    """
    scaled = _scaled(numbers)
    n, n_columns = scaled.shape
    if n_columns < MIN_COLUMNS or n < 4:
        raise not_applicable(lazy_("too few features to tell patients apart"))
    k = min(NEIGHBOUR, n - 1)
    distance = _distances(scaled)
    beyond = np.partition(distance, k, axis=1)[:, k]
    limit = min(CLOSEST, (EXPECTED_BY_CHANCE / (n * (k - 1))) ** (1 / _dimension(scaled)))
    first, second = np.triu_indices(n, 1)
    around, apart = np.minimum(beyond[first], beyond[second]), distance[first, second]
    who = np.array([patients.get(str(case_id), str(case_id)) for case_id in numbers.index], dtype=object)
    close = np.isfinite(around) & (apart <= limit * around) & (who[first] != who[second])
    ids = list(map(str, numbers.index))
    pairs = tuple((ids[i], ids[j]) for i, j in zip(first[close], second[close], strict=True))
    shares = apart[close] / np.maximum(around[close], np.finfo(float).tiny)
    return Copies(pairs, float(shares.max()) if pairs else 0.0)


def equal_rows(clinical: pd.DataFrame, patients: Mapping[str, str]) -> Copies:
    """Return cases of different patients with the same clinical row, where chance would not bring that about.

    The number of equal pairs expected by chance is the number of pairs times, for each column, the probability that
    two rows agree; from 0.01 expected pairs on nothing is said. Numbers that differ by less than 0.0001 standard
    deviations agree. Columns in which every row differs as record numbers do (texts, whole numbers) are left out.

    Returns
    -------
    Copies
        ``figure``: pairs expected by chance.

    Raises
    ------
    NotApplicableError
        No column is left, or chance alone makes equal rows.
    """
    codes = [_codes(clinical[name]) for name in clinical.columns]
    table = pd.DataFrame({i: code for i, code in enumerate(codes) if code is not None}, index=clinical.index)
    if table.empty:
        raise not_applicable(lazy_("no clinical column tells patients apart"))
    once = table.drop_duplicates()
    agree = [float((once[name].value_counts(normalize=True) ** 2).sum()) for name in once]
    expected = len(table) * (len(table) - 1) / 2 * float(np.prod(agree))
    if expected >= EXPECTED_EQUAL_ROWS:
        raise not_applicable(lazy_("the clinical columns are too coarse to tell patients apart"))
    pairs = []
    for _values, group in table.groupby(list(table.columns), sort=False):
        ids = list(map(str, group.index))
        pairs += [(ids[0], other) for other in ids[1:] if patients.get(other, other) != patients.get(ids[0], ids[0])]
    return Copies(tuple(pairs), expected)


def _scaled(numbers: pd.DataFrame) -> _Floats:
    values = numbers.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    values = np.where(np.isfinite(values), values, np.nan)
    kept = [column for column in values.T if len(np.unique(column[np.isfinite(column)])) > len(column) / 2]
    if not kept:
        return np.empty((len(values), 0))
    low, middle, high = np.nanpercentile(kept, [25, 50, 75], axis=1)
    spread = np.maximum((high - low) / 1.349, np.nanstd(kept, axis=1) / 10)  # a column of outliers tells little
    scaled = (np.array(kept) - middle[:, None]) / spread[:, None]
    return np.asarray(np.arcsinh(scaled).T, float)


def _distances(scaled: _Floats) -> _Floats:
    """Return distances with blanks at the median; infinite with less than three columns known of both."""
    from scipy.spatial import distance

    known = np.isfinite(scaled).astype(float)
    apart = distance.squareform(distance.pdist(np.nan_to_num(scaled)))
    return np.where(known @ known.T >= MIN_COLUMNS, apart, np.inf)


def _dimension(scaled: _Floats) -> float:
    centred = np.nan_to_num(scaled - np.nanmean(scaled, axis=0))
    products = centred @ centred.T if len(centred) < centred.shape[1] else centred.T @ centred
    return float(np.trace(products) ** 2 / (products**2).sum())  # traces of the matrix and of its square


def _codes(column: pd.Series) -> NDArray[np.int64] | None:
    """Return which rows agree in a column, -1 where it is blank; None for a column like a record number."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("int64").where(column.notna()).astype(float)
    if not pd.api.types.is_numeric_dtype(column):
        codes, values = pd.factorize(column.astype("string").str.strip())
        return None if len(values) == len(column) else codes
    numbers = column.to_numpy(float, na_value=np.nan)
    filled = np.isfinite(numbers)
    if not filled.any() or (len(np.unique(numbers)) == len(numbers) and (numbers[filled] % 1 == 0).all()):
        return None
    order = np.argsort(numbers[filled], kind="stable")
    gaps = np.diff(numbers[filled][order]) > SAME_NUMBER * max(float(np.std(numbers[filled])), 1e-300)
    codes = np.full(len(numbers), -1)
    codes[np.flatnonzero(filled)[order]] = np.concatenate([[0], np.cumsum(gaps)])
    return codes
