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
CLOSE = 0.2
EXPECTED_CLOSE = 0.01
"""The same two bounds of pairs that are suspected only: copies behind noise, or a second scan."""
INNER_NEIGHBOUR = 5
"""The distance to this neighbour beside that to the tenth tells how many directions the cases lie in locally."""
FARTHEST_RANKS, FARTHEST_SHARE = 1.5, 0.01
"""Copies stand next to each other in the order of each column: at most so many places apart, or of all, in most
columns; one of rounding errors hides no copy."""
MOST_COLUMNS = 0.8
MIN_COLUMNS = 3
FEWEST_CASES = NEIGHBOUR + 2
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

    Cases that the scale squeezes together (features at their upper end, a few cases in another unit) are near without
    being alike: of a pair the values themselves must differ by at most 1 % (median over columns), and
    stand next to each other in the order of the cases in most columns.

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
    return _copies(_nearly_the_same(_neighbourhood(numbers, patients), numbers))


def likely_copies(numbers: pd.DataFrame, patients: Mapping[str, str]) -> Copies:
    r"""Return cases of different patients that lie closer than this cohort's cases do, but are not nearly the same.

    Copies behind noise of a few percent, or one lesion scanned or outlined twice. As :func:`near_copies`, with 0.01
    pairs expected by chance and shares below 0.2. The dimension is the local one of this cohort: the distance to the
    fifth of ten neighbours is a share :math:`r` with :math:`E(-\log r) = \frac1d \sum_{j=5}^{9} \frac1j`, taken at
    the median over cases (other patients only), which copies among less than half of the cases hardly move. Linear
    correlation does not enter it: the participation ratio is governed by a few large features of skewed tables and
    far below it.

    Parameters, Returns, Raises
        As :func:`near_copies`; its pairs are left out. Not applicable with fewer than twelve cases.

    References
    ----------
    Levina & Bickel, Advances in Neural Information Processing Systems 17 (2005) 777-784 (local dimension).
    """
    near = _neighbourhood(numbers, patients)
    if near.n < FEWEST_CASES:
        raise not_applicable(lazy_("too few cases to say how close patients lie"))
    close = near.within(near.limit(CLOSE, EXPECTED_CLOSE, near.local_dimension()))
    same = _nearly_the_same(near, numbers)
    return _copies({pair: share for pair, share in close.items() if pair not in same})


def _copies(shares: Mapping[tuple[str, str], float]) -> Copies:
    return Copies(tuple(shares), max(shares.values(), default=0.0))


@dataclass(frozen=True, eq=False)
class _Neighbourhood:
    """Distances of all cases, inside and between patients, with the distance to the k-th neighbour of each."""

    ids: list[str]
    distance: _Floats
    others: NDArray[np.bool_]
    k: int
    dimension: float

    @property
    def n(self) -> int:
        return len(self.ids)

    def limit(self, closest: float, expected: float, dimension: float) -> float:
        return float(min(closest, (expected / (self.n * (self.k - 1))) ** (1 / dimension)))

    def local_dimension(self) -> float:
        apart = np.where(self.others, self.distance, np.inf)
        inner, outer = (np.partition(apart, k - 1, axis=1)[:, k - 1] for k in (INNER_NEIGHBOUR, NEIGHBOUR))
        known = np.isfinite(outer) & (inner > 0)
        if not known.any():
            raise not_applicable(lazy_("too few cases to say how close patients lie"))
        spacing = float(np.median(np.log(outer[known] / inner[known])))
        return float(np.sum(1 / np.arange(INNER_NEIGHBOUR, NEIGHBOUR))) / max(spacing, 1e-6)

    def within(self, limit: float) -> dict[tuple[str, str], float]:
        """Return pairs of different patients within a share of the k-th neighbour's distance, each with its share."""
        beyond = np.partition(self.distance, self.k, axis=1)[:, self.k]
        first, second = np.triu_indices(self.n, 1)
        around, apart = np.minimum(beyond[first], beyond[second]), self.distance[first, second]
        known = np.isfinite(around) & (around > 0)
        shares = np.divide(apart, around, out=np.where(apart > 0, np.inf, 0.0), where=known)
        close = (shares <= limit) & self.others[first, second]
        pairs = zip(first[close], second[close], shares[close], strict=True)
        return {(self.ids[i], self.ids[j]): float(share) for i, j, share in pairs}


def _nearly_the_same(near: _Neighbourhood, numbers: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the closest pairs whose values differ by little beside themselves and in the order of the cases."""
    close = near.within(near.limit(CLOSEST, EXPECTED_BY_CHANCE, near.dimension))
    if not close:
        return {}
    values = _finite(numbers)
    ranks = pd.DataFrame(values).rank(method="dense").to_numpy(float)
    at = {case_id: position for position, case_id in enumerate(near.ids)}
    return {pair: share for pair, share in close.items() if _agree(values, ranks, at[pair[0]], at[pair[1]])}


def _agree(values: _Floats, ranks: _Floats, one: int, other: int) -> bool:
    known = np.isfinite(values[one]) & np.isfinite(values[other])
    a, b = values[one, known], values[other, known]
    relative = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), np.finfo(float).tiny)
    steps = np.abs(ranks[one] - ranks[other])[known]
    apart = max(FARTHEST_RANKS, FARTHEST_SHARE * len(values))
    return bool(np.median(relative) <= CLOSEST and np.quantile(steps, MOST_COLUMNS, method="higher") <= apart)


def _finite(numbers: pd.DataFrame) -> _Floats:
    values = numbers.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    return np.where(np.isfinite(values), values, np.nan)


def _neighbourhood(numbers: pd.DataFrame, patients: Mapping[str, str]) -> _Neighbourhood:
    scaled = _scaled(numbers)
    n, n_columns = scaled.shape
    if n_columns < MIN_COLUMNS or n < 4:
        raise not_applicable(lazy_("too few features to tell patients apart"))
    ids = list(map(str, numbers.index))
    who = np.array([patients.get(case_id, case_id) for case_id in ids], dtype=object)
    others = np.asarray(who[:, None] != who[None, :], bool)
    return _Neighbourhood(ids, _distances(scaled), others, min(NEIGHBOUR, n - 1), _dimension(scaled))


def _scaled(numbers: pd.DataFrame) -> _Floats:
    values = _finite(numbers)
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
