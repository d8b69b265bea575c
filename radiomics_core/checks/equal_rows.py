"""The same clinical row of two patients: whether chance would bring it about, derived columns counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.checks.facts import not_applicable
from radiomics_core.checks.near_copies import Copies
from radiomics_core.i18n import lazy_

EXPECTED_EQUAL_ROWS = 0.01
SAME_NUMBER = 1e-4
"""Numbers of a clinical column that differ by less than this many standard deviations count as one."""
MOST_PAIRS = 200_000
ENOUGH_PAIRS = 20
"""With so many pairs that agree in earlier columns, the share of them that agrees in the next one is counted; with
fewer pairs of different rows in all, how columns depend on each other cannot be seen."""
MOST_SOURCES = 4
"""Columns that another one may be computed from: weight and height, two dates."""
ROWS_PER_SOURCE = 10
_Floats = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Column:
    """Which rows agree (-1: blank), and the numbers of a column of numbers."""

    codes: NDArray[np.int64]
    numbers: _Floats | None


def equal_rows(clinical: pd.DataFrame, patients: Mapping[str, str]) -> Copies:
    """Return cases of different patients with the same clinical row, where chance would not bring that about.

    From 0.01 equal pairs expected by chance on (:func:`expected_equal_pairs`) nothing is said. What two rows leave
    blank is no evidence: blanks come together, so only the columns that they fill in are counted. Numbers that differ
    by less than 0.0001 standard deviations agree. Columns in which every row differs as record numbers do (texts, whole
    numbers) are left out.

    Returns
    -------
    Copies
        ``figure``: pairs expected by chance.

    Raises
    ------
    NotApplicableError
        No column is left, chance alone makes equal rows, or there are too few different rows to say.
    """
    columns = [made for name in clinical.columns if (made := _column(clinical[name])) is not None]
    table = pd.DataFrame({i: column.codes for i, column in enumerate(columns)}, index=clinical.index)
    if table.empty:
        raise not_applicable(lazy_("no clinical column tells patients apart"))
    once = (~table.duplicated()).to_numpy()
    if once.sum() * (once.sum() - 1) / 2 < ENOUGH_PAIRS:
        raise not_applicable(lazy_("too few different clinical rows to say how often chance makes them equal"))
    expected = expected_equal_pairs(columns, once)
    if expected >= EXPECTED_EQUAL_ROWS:
        raise not_applicable(lazy_("the clinical columns are too coarse to tell patients apart"))
    pairs, chance = list[tuple[str, str]](), {(True,) * len(columns): expected}
    for _codes, group in table.groupby(list(table.columns), sort=False):
        again = _of_other_patients(list(map(str, group.index)), patients)
        filled = tuple((group.iloc[0] >= 0).tolist())
        if again and filled not in chance:
            chance[filled] = expected_equal_pairs(list(compress(columns, filled)), once)
        if again and chance[filled] < EXPECTED_EQUAL_ROWS:
            pairs += again
            expected = max(expected, chance[filled])
    return Copies(tuple(pairs), expected)


def _of_other_patients(ids: list[str], patients: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the first case with each of the others that is not of its patient."""
    return [(ids[0], other) for other in ids[1:] if patients.get(other, other) != patients.get(ids[0], ids[0])]


def expected_equal_pairs(columns: list[_Column], once: _Flags) -> float:
    """Return how many pairs of different rows chance would make equal, columns that follow from others counted once.

    The number of pairs times, for each column from the coarsest on, the probability that two rows agree in it when they
    agree in those before. It is the largest of: the share of all pairs that agree; the share of pairs that agree in
    every earlier column (or in one of them, where clearly more than chance makes it), when at least 20 do; and, for
    numbers, the share of all pairs times by how much the earlier numbers narrow the column down
    (:func:`_narrowed`: a body mass index follows from weight and height, an age from two dates).

    Parameters
    ----------
    columns : list of _Column
    once : array of bool, shape (n_rows,)
        Every different row once: true copies tell nothing of chance.
    """
    n = len(once)
    rows = np.flatnonzero(once)
    first, second = _pairs(rows)
    agree = [column.codes[first] == column.codes[second] for column in columns]
    order = sorted(range(len(columns)), key=lambda i: -float(np.mean(agree[i])))
    in_all, earlier = np.ones(len(first), bool), list[int]()
    expected = n * (n - 1) / 2
    for i in order:
        alone = _agreeing(columns[i].codes[rows])
        sources = [made for j in earlier if (made := columns[j].numbers) is not None]
        shares = [alone, *_given(agree[i], in_all, [agree[j] for j in earlier])]
        shares.append(min(1.0, alone / _narrowed(columns[i].numbers, sources, rows)))
        expected *= max(shares)
        in_all &= agree[i]
        earlier.append(i)
    return expected


def _pairs(rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return all pairs of rows, or some at random when there are many."""
    if len(rows) * (len(rows) - 1) / 2 <= MOST_PAIRS:
        first, second = np.triu_indices(len(rows), 1)
        return rows[first], rows[second]
    drawn = np.random.default_rng(0).integers(0, len(rows), (2, MOST_PAIRS))
    drawn = drawn[:, drawn[0] != drawn[1]]
    return rows[drawn[0]], rows[drawn[1]]


def _agreeing(codes: NDArray[np.int64]) -> float:
    """Return the probability that two rows drawn one after the other agree."""
    return float(((np.unique(codes, return_counts=True)[1] / len(codes)) ** 2).sum())


def _given(agree: _Flags, in_all: _Flags, earlier: list[_Flags]) -> list[float]:
    """Return the shares of pairs that agree, of those that agree in all earlier columns or in one of them."""
    if not earlier:
        return []
    shares = [float(np.mean(agree[in_all]))] if in_all.sum() >= ENOUGH_PAIRS else []
    for other in earlier:
        both, of = int(np.sum(agree & other)), int(np.sum(other))
        by_chance = of * float(np.mean(agree))
        if of >= ENOUGH_PAIRS and both > by_chance + 3 * np.sqrt(by_chance) + 3:
            shares.append(both / of)
    return shares


def _narrowed(numbers: _Floats | None, sources: list[_Floats], rows: NDArray[np.intp]) -> float:
    """Return the share of a column's standard deviation that is left when other columns are known, at least 1e-9.

    Least squares on up to four columns chosen one after the other, as they are or in logarithms throughout: sums and
    differences, products and quotients.
    """
    if numbers is None or not sources:
        return 1.0
    forms = [[numbers[rows], *(source[rows] for source in sources)]]
    forms.append([np.log(values) for values in forms[0] if np.nanmin(values) > 0])
    if not np.nanmin(numbers[rows]) > 0:
        forms.pop()
    return max(1e-9, min(_left(values[0], values[1:]) for values in forms))


def _left(target: _Floats, sources: list[_Floats]) -> float:
    known = np.isfinite(target)
    centred = target[known] - target[known].mean()
    spread, left, share = float(np.std(centred)), centred, 1.0
    filled = [np.where(np.isfinite(s), s, np.nanmean(s))[known] for s in sources]
    pool = [s - s.mean() for s in filled if np.std(s) > 0]
    design = np.empty((len(centred), 0))
    while pool and spread > 0 and design.shape[1] < min(MOST_SOURCES, len(centred) // ROWS_PER_SOURCE):
        if design.shape[1]:
            pool = [s - design @ np.linalg.lstsq(design, s, rcond=None)[0] for s in pool]
        fits = [abs(float(left @ s)) / max(float(np.linalg.norm(s)), 1e-300) for s in pool]
        design = np.column_stack([design, pool.pop(int(np.argmax(fits)))])
        left = centred - design @ np.linalg.lstsq(design, centred, rcond=None)[0]
        share = float(np.sqrt(left @ left / (len(left) - 1 - design.shape[1]))) / spread
    return min(1.0, share)


def _column(column: pd.Series) -> _Column | None:
    """Return a column that may tell patients apart; None for one like a record number, or without values."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("int64").where(column.notna()).astype(float)
    if not pd.api.types.is_numeric_dtype(column):
        codes, values = pd.factorize(column.astype("string").str.strip())
        return None if len(values) == len(column) else _Column(codes, None)
    numbers = column.to_numpy(float, na_value=np.nan)
    filled = np.isfinite(numbers)
    if not filled.any() or (len(np.unique(numbers)) == len(numbers) and (numbers[filled] % 1 == 0).all()):
        return None
    order = np.argsort(numbers[filled], kind="stable")
    gaps = np.diff(numbers[filled][order]) > SAME_NUMBER * max(float(np.std(numbers[filled])), 1e-300)
    codes = np.full(len(numbers), -1)
    codes[np.flatnonzero(filled)[order]] = np.concatenate([[0], np.cumsum(gaps)])
    return _Column(codes, np.where(filled, numbers, np.nan))
