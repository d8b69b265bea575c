"""Grey level dependence matrix (GLDM): how many neighbours of a voxel are like it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature, summed
from radiomics_core.extraction.engines.fast.matrices.neighbours import count_in_cubes
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

EPS = np.spacing(1.0)


class Gldm(FeatureClass):
    """Voxels counted by grey level i and dependence j: one more than the neighbours within ``gldm_a`` of their level.

    Parameters
    ----------
    levels : array of float64, shape (batch, levels)
        Grey levels i.
    matrix : array of float64, shape (batch, levels, dependences)
        Voxels of level i with dependence j, from j = 1. Rows and columns of zeros change nothing.

    References
    ----------
    Sun and Wee, Computer Vision, Graphics, and Image Processing 23 (1983) 341-352; IBSI family REK0.
    """

    def __init__(self, levels: Values, matrix: Values) -> None:
        self.levels = levels
        self.matrix = matrix

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count in one region."""
        matrix = region.neighbour_counts.dependence
        columns = int(np.flatnonzero(matrix.any(axis=0))[-1]) + 1
        return cls(region.levels.present.astype(np.float64)[None], matrix[None, :, :columns].astype(np.float64))

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count in each neighbourhood; neighbours outside it do not count."""
        for counts in count_in_cubes(cubes):
            yield counts.positions, cls(counts.levels, counts.dependence)

    @cached_property
    def voxels(self) -> Values:
        """Number of voxels, pyradiomics' ``Nz``."""
        return summed(self.of_level, axis=1)

    @cached_property
    def of_level(self) -> Values:
        """Voxels of each grey level, shape (batch, levels)."""
        return summed(self.matrix, axis=2)

    @cached_property
    def of_dependence(self) -> Values:
        """Voxels of each dependence, shape (batch, dependences)."""
        return summed(self.matrix, axis=1)

    @cached_property
    def dependences(self) -> Values:
        """Values of j, shape (dependences,)."""
        return np.arange(1.0, self.matrix.shape[2] + 1)

    @cached_property
    def small(self) -> Values:
        """Sum over j of the matrix over j squared, shape (batch, levels)."""
        return self.matrix @ self.dependences**-2

    @cached_property
    def large(self) -> Values:
        """Sum over j of the matrix times j squared, shape (batch, levels)."""
        return self.matrix @ self.dependences**2

    def _mean(self, of_level: Values, power: int = 0) -> Values:
        """Sum sums over j, weighted with a power of the level, per voxel."""
        weighted = of_level * self.levels**power if power else of_level
        return summed(weighted, axis=1) / self.voxels

    @feature("SmallDependenceEmphasis")
    def small_dependence_emphasis(self) -> Values:
        """Mean over the voxels of 1 over j squared (IBSI SODN)."""
        return self._mean(self.small)

    @feature("LargeDependenceEmphasis")
    def large_dependence_emphasis(self) -> Values:
        """Mean over the voxels of j squared (IBSI IMOQ)."""
        return self._mean(self.large)

    @feature("GrayLevelNonUniformity")
    def gray_level_non_uniformity(self) -> Values:
        """Sum over levels of their voxels squared, over all voxels (IBSI FP8K)."""
        return summed(self.of_level**2, axis=1) / self.voxels

    @feature("DependenceNonUniformity")
    def dependence_non_uniformity(self) -> Values:
        """Sum over dependences of their voxels squared, over all voxels (IBSI Z87G)."""
        return summed(self.of_dependence**2, axis=1) / self.voxels

    @feature("DependenceNonUniformityNormalized")
    def dependence_non_uniformity_normalized(self) -> Values:
        """Sum over dependences of the square of their share of voxels (IBSI OKJI)."""
        return summed(self.of_dependence**2, axis=1) / self.voxels**2

    @feature("GrayLevelVariance")
    def gray_level_variance(self) -> Values:
        """Variance of the grey level over the voxels (IBSI 1PFV)."""
        mean = self._mean(self.of_level, 1)
        return summed(self.of_level * (self.levels - mean[:, None]) ** 2, axis=1) / self.voxels

    @feature("DependenceVariance")
    def dependence_variance(self) -> Values:
        """Variance of the dependence over the voxels (IBSI DNX2)."""
        mean = self.of_dependence @ self.dependences / self.voxels
        return summed(self.of_dependence * (self.dependences - mean[:, None]) ** 2, axis=1) / self.voxels

    @feature("DependenceEntropy")
    def dependence_entropy(self) -> Values:
        """Entropy in bits of the shares p of voxels with level i and dependence j (IBSI FCBV)."""
        share = self.matrix / self.voxels[:, None, None]
        return -summed(share * np.log2(share + EPS), axis=(1, 2))

    @feature("LowGrayLevelEmphasis")
    def low_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of 1 over i squared (IBSI TL9H)."""
        return self._mean(self.of_level, -2)

    @feature("HighGrayLevelEmphasis")
    def high_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of i squared (IBSI OAE7)."""
        return self._mean(self.of_level, 2)

    @feature("SmallDependenceLowGrayLevelEmphasis")
    def small_dependence_low_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of 1 over i squared j squared (IBSI EQ3F)."""
        return self._mean(self.small, -2)

    @feature("SmallDependenceHighGrayLevelEmphasis")
    def small_dependence_high_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of i squared over j squared (IBSI JA6D)."""
        return self._mean(self.small, 2)

    @feature("LargeDependenceLowGrayLevelEmphasis")
    def large_dependence_low_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of j squared over i squared (IBSI NBZI)."""
        return self._mean(self.large, -2)

    @feature("LargeDependenceHighGrayLevelEmphasis")
    def large_dependence_high_gray_level_emphasis(self) -> Values:
        """Mean over the voxels of i squared j squared (IBSI 9QMG)."""
        return self._mean(self.large, 2)
