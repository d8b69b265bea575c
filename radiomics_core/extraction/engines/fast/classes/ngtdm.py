"""Neighbourhood grey tone difference matrix (NGTDM): how far a voxel is from the mean of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature, summed
from radiomics_core.extraction.engines.fast.matrices.neighbours import count_in_cubes
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

NO_CHANGE = 1e6
"""Coarseness where no voxel differs from its neighbours: pyradiomics' and IBSI's convention."""

PAIR_NUMBERS = 2**20
"""Numbers held at once for pairs of grey levels: bounds the memory."""


class Ngtdm(FeatureClass):
    """Voxels n and summed differences s of each grey level i; p is the share n over all voxels.

    A voxel without neighbours in the region counts in n, with a difference of 0.

    Parameters
    ----------
    levels : array of float64, shape (batch, levels)
        Grey levels i.
    counts : array of float64, shape (batch, levels)
        Voxels n of each level. Levels without any change nothing.
    differences : array of float64, shape (batch, levels)
        Sums s over the voxels of a level of the absolute difference to the mean of their neighbours.

    References
    ----------
    Amadasun and King, IEEE Transactions on Systems, Man, and Cybernetics 19 (1989) 1264-1274; IBSI family IPET.
    """

    def __init__(self, levels: Values, counts: Values, differences: Values) -> None:
        self.levels = levels
        self.counts = counts
        self.differences = differences

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count in one region."""
        counted = region.neighbour_counts
        voxels = summed(counted.dependence, axis=1).astype(np.float64)
        return cls(region.levels.present.astype(np.float64)[None], voxels[None], counted.difference[None])

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count in each neighbourhood; neighbours outside it do not count."""
        for counted in count_in_cubes(cubes):
            yield counted.positions, cls(counted.levels, summed(counted.dependence, axis=2), counted.difference)

    @cached_property
    def voxels(self) -> Values:
        """Number of voxels, pyradiomics' ``Nvp``."""
        return summed(self.counts, axis=1)

    @cached_property
    def shares(self) -> Values:
        """Share p of the voxels of each level."""
        return self.counts / self.voxels[:, None]

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Levels with voxels."""
        return self.counts > 0

    @cached_property
    def level_count(self) -> NDArray[np.int64]:
        """Number of levels with voxels, pyradiomics' ``Ngp``."""
        return summed(self.present, axis=1)

    @cached_property
    def mean_level(self) -> Values:
        """Mean grey level."""
        return summed(self.shares * self.levels, axis=1)

    @cached_property
    def variance(self) -> Values:
        """Variance of the grey level over the voxels: half the mean squared difference of two of them."""
        return summed(self.shares * (self.levels - self.mean_level[:, None]) ** 2, axis=1)

    @cached_property
    def total_difference(self) -> Values:
        """Sum of the differences of all voxels."""
        return summed(self.differences, axis=1)

    @cached_property
    def expected_difference(self) -> Values:
        """Sum over levels of p s."""
        return summed(self.shares * self.differences, axis=1)

    @feature("Coarseness")
    def coarseness(self) -> Values:
        """1 over the sum over levels of p s; a million where that is 0 (IBSI QCDE)."""
        return np.where(self.expected_difference == 0, NO_CHANGE, 1 / self.expected_difference)

    @feature("Contrast")
    def contrast(self) -> Values:
        """Mean squared difference of two levels weighted with p, times the mean difference s (IBSI 65HE).

        The sum over pairs of levels of p p (i - j) squared is divided by the number of pairs; 0 with one level.
        """
        pairs = self.level_count * (self.level_count - 1)
        return np.where(pairs == 0, 0.0, 2 * self.variance / pairs * self.total_difference / self.voxels)

    @feature("Busyness")
    def busyness(self) -> Values:
        """Sum over levels of p s, over the sum over pairs of levels of the difference of i p; 0 with one (IBSI NQ30).

        The sum over pairs follows from the gaps between the sorted values: the gap after the k-th smallest of n lies
        between the two of k (n - k) pairs.
        """
        weighted = self.levels * self.shares
        highest = weighted.max(axis=1, keepdims=True)
        ordered = np.sort(np.where(self.present, weighted, highest), axis=1)
        gaps = ordered[:, 1:] - ordered[:, :-1]
        before = np.arange(1, self.levels.shape[1])
        spread = 2 * summed(gaps * before * (self.level_count[:, None] - before), axis=1)
        return np.where(spread == 0, 0.0, self.expected_difference / spread)

    @feature("Complexity")
    def complexity(self) -> Values:
        """Sum over pairs of levels of their distance times (p s + p s) / (p + p), over the voxels (IBSI HDEZ)."""
        total = np.zeros(len(self.levels))
        weighted = self.shares * self.differences
        size = self.levels.shape[1]
        length = max(PAIR_NUMBERS // (len(total) * size), 1)
        for start in range(0, size, length):
            rows = np.s_[:, start : start + length, None]
            distance = np.abs(self.levels[rows] - self.levels[:, None])
            distance *= weighted[rows] + weighted[:, None]
            distance /= self.shares[rows] + self.shares[:, None]
            if not self.present.all():
                distance[~(self.present[rows] & self.present[:, None])] = 0.0
            total += summed(distance, axis=(1, 2))
        return total / self.voxels

    @feature("Strength")
    def strength(self) -> Values:
        """Sum over pairs of levels of (p + p)(i - j) squared, over the sum of s; 0 where that is 0 (IBSI 1X9X).

        The sum over pairs is twice that of p (i - j) squared: over j, the levels' squared distances to their own mean
        and that mean's to i.
        """
        count = self.level_count
        middle = np.where(self.present, self.levels, 0.0).sum(axis=1) / count
        apart = np.where(self.present, (self.levels - middle[:, None]) ** 2, 0.0).sum(axis=1)
        pairs = 2 * (apart + count * (self.variance + (self.mean_level - middle) ** 2))
        return np.where(self.total_difference == 0, 0.0, pairs / self.total_difference)
