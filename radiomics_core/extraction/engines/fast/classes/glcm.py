"""Grey level co-occurrence: which levels stand side by side."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes.maximal_correlation import maximal_correlation
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature, summed
from radiomics_core.extraction.engines.fast.matrices.pairs import Pairs, pairs_in_cubes, pairs_in_region
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

EPS = np.spacing(1.0)
ROUNDING = 1e-14
"""Mutual information below this part of the joint entropy cannot be told from none."""


class Glcm(FeatureClass):
    """Statistics of pairs of grey levels a step apart, averaged over the directions that have pairs.

    All formulas but four need only the distributions of the levels of a pair, of their sum and of their difference.
    p(i, j) is the share of pairs with levels i and j, p(k) that of a sum or difference k.

    Parameters
    ----------
    pairs : Pairs
    highest : int
        Highest level of the region, pyradiomics' ``Ng``.
    one_level : bool
        Whether the region has one level only.

    References
    ----------
    Haralick, Shanmugam & Dinstein, IEEE Trans. Syst. Man Cybern. 3 (1973) 610-621; Zwanenburg et al., Radiology 295
    (2020) 328-338, family LFYI.
    """

    def __init__(self, pairs: Pairs, highest: int, one_level: bool) -> None:
        self.pairs = pairs
        self.highest = highest
        self.one_level = one_level

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count the pairs of one region."""
        return cls(pairs_in_region(region), region.levels.highest, len(region.levels.present) == 1)

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count the pairs inside each cube."""
        levels = cubes.region.levels
        for where, pairs in pairs_in_cubes(cubes):
            yield where, cls(pairs, levels.highest, len(levels.present) == 1)

    @cached_property
    def total(self) -> Values:
        """Number of pairs per direction."""
        return summed(self.pairs.sums, axis=2, keepdims=True)

    @cached_property
    def weight(self) -> Values:
        """Weight of each direction in the mean over directions: none without pairs; NaN without pairs in any."""
        counted = self.total[:, :, 0] > 0
        return counted / summed(counted, axis=1, keepdims=True)

    @cached_property
    def joint(self) -> Values:
        """p(i, j)."""
        return _shares(self.pairs.joint)

    @cached_property
    def first(self) -> Values:
        """p_x: share of each level as the first of a pair."""
        return _shares(self.pairs.first)

    @cached_property
    def second(self) -> Values:
        """p_y: share of each level as the second of a pair."""
        return self.first if self.pairs.second is self.pairs.first else _shares(self.pairs.second)

    @cached_property
    def sums(self) -> Values:
        """p_{x+y}."""
        return _shares(self.pairs.sums)

    @cached_property
    def differences(self) -> Values:
        """p_{x-y}."""
        return _shares(self.pairs.differences)

    @cached_property
    def k(self) -> NDArray[Any]:
        """Differences as float, for the weights they get."""
        return self.pairs.difference_values.astype(np.float64)

    @cached_property
    def first_mean(self) -> Values:
        """Mean level of the first of a pair."""
        return _mean(self.first, self.pairs.levels)

    @cached_property
    def second_mean(self) -> Values:
        """Mean level of the second of a pair."""
        return self.first_mean if self.second is self.first else _mean(self.second, self.pairs.levels)

    @cached_property
    def first_variance(self) -> Values:
        """Variance of the level of the first of a pair."""
        return _mean(self.first, (self.pairs.levels - self.first_mean[:, :, None]) ** 2)

    @cached_property
    def second_variance(self) -> Values:
        """Variance of the level of the second of a pair."""
        if self.second is self.first:
            return self.first_variance
        return _mean(self.second, (self.pairs.levels - self.second_mean[:, :, None]) ** 2)

    @cached_property
    def from_mean_sum(self) -> Values:
        """Distance of each sum from the mean sum."""
        return self.pairs.sum_values - (self.first_mean + self.second_mean)[:, :, None]

    @cached_property
    def from_mean_sum_squared(self) -> Values:
        """Squared distance of each sum from the mean sum."""
        return self.from_mean_sum**2

    @cached_property
    def tendency(self) -> Values:
        """Variance of the sum of a pair."""
        return _mean(self.sums, self.from_mean_sum_squared)

    @cached_property
    def covariance(self) -> Values:
        """Covariance of the two levels: half of what the variance of the sum exceeds the sum of variances."""
        return (self.tendency - self.first_variance - self.second_variance) / 2

    @cached_property
    def joint_entropy(self) -> Values:
        """HXY."""
        return _entropy(self.joint)

    @cached_property
    def single_entropies(self) -> tuple[Values, Values]:
        """HX and HY."""
        first = _entropy(self.first)
        return first, first if self.second is self.first else _entropy(self.second)

    @cached_property
    def information(self) -> Values:
        """Mutual information HX + HY - HXY of the two levels; HXY1 and HXY2 are both HX + HY."""
        first, second = self.single_entropies
        information = first + second - self.joint_entropy
        return np.where(information > ROUNDING * self.joint_entropy, information, 0.0)

    def per_member(self, values: dict[str, Values]) -> dict[str, Values]:
        """Average over the directions that have pairs; NaN where none has."""
        by_direction = np.array(list(values.values())).reshape(len(values), *self.weight.shape)
        means = np.einsum("fba,ba->fb", by_direction, self.weight)
        return dict(zip(values, means if self.weight.shape[1] else np.full_like(means, np.nan), strict=True))

    @feature("Autocorrelation")
    def autocorrelation(self) -> Values:
        """Sum of i j p(i, j) (IBSI QWB0)."""
        return self.covariance + self.first_mean * self.second_mean

    @feature("JointAverage")
    def joint_average(self) -> Values:
        """Sum of i p(i, j) (IBSI 60VM)."""
        return self.first_mean

    @feature("ClusterProminence")
    def cluster_prominence(self) -> Values:
        """Sum of (i + j - mean sum)^4 p(i, j) (IBSI AE86)."""
        return _mean(self.sums, self.from_mean_sum_squared**2)

    @feature("ClusterShade")
    def cluster_shade(self) -> Values:
        """Sum of (i + j - mean sum)^3 p(i, j) (IBSI 7NFM)."""
        return _mean(self.sums, self.from_mean_sum_squared * self.from_mean_sum)

    @feature("ClusterTendency")
    def cluster_tendency(self) -> Values:
        """Sum of (i + j - mean sum)^2 p(i, j) (IBSI DG8W)."""
        return self.tendency

    @feature("Contrast")
    def contrast(self) -> Values:
        """Sum of (i - j)^2 p(i, j) (IBSI ACUI)."""
        return _mean(self.differences, self.k**2)

    @feature("Correlation")
    def correlation(self) -> Values:
        """Covariance of i and j over the product of their standard deviations; 1 when one is 0 (IBSI NI2N)."""
        spread = np.sqrt(self.first_variance) * np.sqrt(self.second_variance)
        return np.where(spread == 0, 1.0, self.covariance / (spread + EPS))

    @feature("DifferenceAverage")
    def difference_average(self) -> Values:
        """Sum of k p_{x-y}(k) (IBSI TF7R)."""
        return _mean(self.differences, self.k)

    @feature("DifferenceEntropy")
    def difference_entropy(self) -> Values:
        """Sum of - p_{x-y}(k) log2 p_{x-y}(k) (IBSI NTRS)."""
        return _entropy(self.differences)

    @feature("DifferenceVariance")
    def difference_variance(self) -> Values:
        """Sum of (k - difference average)^2 p_{x-y}(k) (IBSI D3YU)."""
        average = _mean(self.differences, self.k)
        return _mean(self.differences, (self.k - average[:, :, None]) ** 2)

    @feature("JointEnergy")
    def joint_energy(self) -> Values:
        """Sum of p(i, j)^2 (IBSI 8ZQL)."""
        return _mean(self.joint, self.joint)

    @feature("JointEntropy")
    def joint_entropy_feature(self) -> Values:
        """Sum of - p(i, j) log2 p(i, j) (IBSI TU9B)."""
        return self.joint_entropy

    @feature("Imc1")
    def imc1(self) -> Values:
        """(HXY - HXY1) / max(HX, HY): minus the mutual information per entropy; 0 in a flat region (IBSI R8DG)."""
        entropy = np.maximum(*self.single_entropies)
        flat = entropy <= EPS
        return np.where(flat, 0.0, -self.information / np.where(flat, 1.0, entropy))

    @feature("Imc2")
    def imc2(self) -> Values:
        """Root of 1 - exp(-2 (HXY2 - HXY)): from the mutual information (IBSI JN9H)."""
        return np.sqrt(-np.expm1(-2 * self.information))

    @feature("Idm")
    def idm(self) -> Values:
        """Sum of p_{x-y}(k) / (1 + k^2) (IBSI WF0Z)."""
        return _mean(self.differences, 1 / (1 + self.k**2))

    @feature("MCC")
    def mcc(self) -> Values:
        """Second singular value of p(i, j) / sqrt(p_x(i) p_y(j)); 1 in a flat region (not in IBSI).

        Its square is the second eigenvalue of Q(i, j), the sum over k of p(i, k) p(j, k) / (p_x(i) p_y(k)).
        """
        if self.one_level:
            return np.ones(self.weight.shape)
        return maximal_correlation(self.joint, self.first, self.second, self.pairs)

    @feature("Idmn")
    def idmn(self) -> Values:
        """Sum of p_{x-y}(k) / (1 + k^2 / Ng^2) (IBSI 1QCO)."""
        return _mean(self.differences, 1 / (1 + (self.k / self.highest) ** 2))

    @feature("Id")
    def id(self) -> Values:
        """Sum of p_{x-y}(k) / (1 + k) (IBSI IB1Z)."""
        return _mean(self.differences, 1 / (1 + self.k))

    @feature("Idn")
    def idn(self) -> Values:
        """Sum of p_{x-y}(k) / (1 + k / Ng) (IBSI NDRX)."""
        return _mean(self.differences, 1 / (1 + self.k / self.highest))

    @feature("InverseVariance")
    def inverse_variance(self) -> Values:
        """Sum over k > 0 of p_{x-y}(k) / k^2 (IBSI E8JP)."""
        return _mean(self.differences, (self.k > 0) / np.maximum(self.k, 1.0) ** 2)

    @feature("MaximumProbability")
    def maximum_probability(self) -> Values:
        """Highest p(i, j) (IBSI GYBY)."""
        return self.joint.max(axis=2, initial=0.0)

    @feature("SumAverage")
    def sum_average(self) -> Values:
        """Sum of k p_{x+y}(k) (IBSI ZGXS)."""
        return self.first_mean + self.second_mean

    @feature("SumEntropy")
    def sum_entropy(self) -> Values:
        """Sum of - p_{x+y}(k) log2 p_{x+y}(k) (IBSI P6QZ)."""
        return _entropy(self.sums)

    @feature("SumSquares")
    def sum_squares(self) -> Values:
        """Sum of (i - mean)^2 p(i, j) (IBSI UR99)."""
        return self.first_variance


def _shares(counts: Values) -> Values:
    """Divide counts by their total; all 0 where there are none."""
    total = summed(counts, axis=2, keepdims=True)
    return counts / np.where(total > 0, total, 1.0)


def _mean(shares: Values, values: NDArray[Any]) -> Values:
    """Return the mean of values with these shares, per member and direction."""
    return np.asarray(summed(shares * values, axis=2))


def _entropy(shares: Values) -> Values:
    return -np.einsum("ban,ban->ba", shares, np.log2(shares + EPS))
