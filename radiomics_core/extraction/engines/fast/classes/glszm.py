"""Grey level size zone matrix (GLSZM): how large the patches of one level are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes.sparse_matrices import SparseMatrices
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature
from radiomics_core.extraction.engines.fast.matrices.glszm import count_zones, count_zones_around
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

BATCH_ENTRIES = 160_000
"""At most as many entries are counted at a time: few enough to stay near the processor."""


class Glszm(FeatureClass):
    """Zones counted by grey level i and size j: connected voxels of one level (26 neighbours; 8 within slices in 2-D).

    P(i, j) is the number of zones, p(i, j) their share.

    Parameters
    ----------
    zones : SparseMatrices
        P(i, j) of each region or neighbourhood.

    References
    ----------
    Thibault et al., Pattern Recognition and Information Processing (2009) 140-145; IBSI family 9SAK.
    """

    def __init__(self, zones: SparseMatrices) -> None:
        self.zones = zones

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count the zones of one region."""
        padded, axis = region.levels.padded, region.options.force_2d_axis
        slices = padded if axis is None else np.ascontiguousarray(np.moveaxis(padded, axis, 0))
        level, size, count = count_zones(slices, region.levels.highest, axis is not None)
        matrix = np.zeros(len(count), np.int64)
        return cls(SparseMatrices(1, matrix, level.astype(float), size.astype(float), count.astype(float)))

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count the zones inside each cube."""
        batch = max(1, BATCH_ENTRIES // int(np.prod(2 * cubes.reach + 1)))
        for start in range(0, len(cubes.centres), batch):
            centres = np.ascontiguousarray(cubes.centres[start : start + batch], np.int64)
            places, counts = count_zones_around(cubes.region.levels.array, centres, cubes.reach)
            matrix, i, j = places.T
            zones = SparseMatrices(len(centres), matrix.astype(np.int64), i.astype(float), j.astype(float), counts)
            yield np.arange(start, start + len(centres)), cls(zones)

    @feature("SmallAreaEmphasis")
    def small_area_emphasis(self) -> Values:
        """Average of 1 / j^2 (IBSI 5QRC)."""
        return self.zones.of_j.mean(1 / self.zones.of_j.j**2)

    @feature("LargeAreaEmphasis")
    def large_area_emphasis(self) -> Values:
        """Average of j^2 (IBSI 48P8)."""
        return self.zones.of_j.mean(self.zones.of_j.j**2)

    @feature("GrayLevelNonUniformity")
    def gray_level_non_uniformity(self) -> Values:
        """Sum over levels of squared numbers of zones, over the number of zones (IBSI JNSA)."""
        return self.zones.of_i.mean(self.zones.of_i.count)

    @feature("GrayLevelNonUniformityNormalized")
    def gray_level_non_uniformity_normalized(self) -> Values:
        """Sum over levels of squared shares of zones (IBSI Y1RO)."""
        return self.zones.of_i.mean(self.zones.of_i.share)

    @feature("SizeZoneNonUniformity")
    def size_zone_non_uniformity(self) -> Values:
        """Sum over sizes of squared numbers of zones, over the number of zones (IBSI 4JP3)."""
        return self.zones.of_j.mean(self.zones.of_j.count)

    @feature("SizeZoneNonUniformityNormalized")
    def size_zone_non_uniformity_normalized(self) -> Values:
        """Sum over sizes of squared shares of zones (IBSI VB3A)."""
        return self.zones.of_j.mean(self.zones.of_j.share)

    @feature("ZonePercentage")
    def zone_percentage(self) -> Values:
        """Number of zones over the number of voxels in them (IBSI P30P)."""
        return 1 / self.zones.of_j.mean(self.zones.of_j.j)

    @feature("GrayLevelVariance")
    def gray_level_variance(self) -> Values:
        """Variance of i over zones (IBSI BYLV)."""
        return self.zones.of_i.variance(self.zones.of_i.i)

    @feature("ZoneVariance")
    def zone_variance(self) -> Values:
        """Variance of j over zones (IBSI 3NSA)."""
        return self.zones.of_j.variance(self.zones.of_j.j)

    @feature("ZoneEntropy")
    def zone_entropy(self) -> Values:
        """Sum of - p(i, j) log2(p(i, j)) (IBSI GU8N)."""
        return self.zones.entropy()

    @feature("LowGrayLevelZoneEmphasis")
    def low_gray_level_zone_emphasis(self) -> Values:
        """Average of 1 / i^2 (IBSI XMSY)."""
        return self.zones.of_i.mean(1 / self.zones.of_i.i**2)

    @feature("HighGrayLevelZoneEmphasis")
    def high_gray_level_zone_emphasis(self) -> Values:
        """Average of i^2 (IBSI 5GN9)."""
        return self.zones.of_i.mean(self.zones.of_i.i**2)

    @feature("SmallAreaLowGrayLevelEmphasis")
    def small_area_low_gray_level_emphasis(self) -> Values:
        """Average of 1 / (i^2 j^2) (IBSI 5RAI)."""
        return self.zones.mean(1 / (self.zones.i * self.zones.j) ** 2)

    @feature("SmallAreaHighGrayLevelEmphasis")
    def small_area_high_gray_level_emphasis(self) -> Values:
        """Average of i^2 / j^2 (IBSI HW1V)."""
        return self.zones.mean((self.zones.i / self.zones.j) ** 2)

    @feature("LargeAreaLowGrayLevelEmphasis")
    def large_area_low_gray_level_emphasis(self) -> Values:
        """Average of j^2 / i^2 (IBSI YH51)."""
        return self.zones.mean((self.zones.j / self.zones.i) ** 2)

    @feature("LargeAreaHighGrayLevelEmphasis")
    def large_area_high_gray_level_emphasis(self) -> Values:
        """Average of i^2 j^2 (IBSI J17V)."""
        return self.zones.mean((self.zones.i * self.zones.j) ** 2)
