"""First-order statistics: what the intensities of a region are, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature, summed
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

EPS = np.spacing(1.0)
PERCENTS = (10, 25, 50, 75, 90)
SORT_ALL = 4096
"""Up to this many values, sorting all is sooner done than looking for the few that are wanted."""
BATCH_VALUES = 1_000_000


class FirstOrder(FeatureClass):
    """Statistics of intensities; entropy and uniformity are those of grey levels.

    Parameters
    ----------
    values : array of float64, shape (batch, voxels)
        Intensities, NaN where a neighbourhood has no voxel.
    level_counts : array of float64, shape (batch, levels)
        How many voxels have each grey level.
    shift : float
        ``voxelArrayShift``, added before squaring.
    voxel_volume : float
        In cubic millimetres.

    References
    ----------
    Zwanenburg et al., Radiology 295 (2020) 328-338, families UHIW and ZVCW.
    """

    def __init__(self, values: Values, level_counts: Values, shift: float, voxel_volume: float) -> None:
        self.values = values
        self.level_counts = level_counts
        self.shift = shift
        self.voxel_volume = voxel_volume

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Take the voxels of one region."""
        counts = np.bincount(region.levels.array.ravel(), minlength=1)[1:]
        return cls(
            region.intensities.astype(np.float64)[None],
            counts[counts > 0].astype(np.float64)[None],
            region.options.voxel_array_shift,
            _voxel_volume(region),
        )

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Take the voxels of each cube; bins are those of the whole region, found in float64 as pyradiomics does."""
        region, radius = cubes.region, cubes.radius
        image = region.image.astype(np.float64)
        levels = np.pad(replace(region, image=image).levels.array, radius)
        padded = np.pad(np.where(region.mask, image, np.nan), radius, constant_values=np.nan)
        steps = _cube(radius, region.options.force_2d_axis) @ _strides(padded)
        centres = (cubes.centres + radius) @ _strides(padded)
        length = max(1, BATCH_VALUES // len(steps))
        for start in range(0, len(centres), length):
            where = centres[start : start + length, None] + steps
            batch = cls(
                padded.ravel()[where],
                _counts_of_equal(levels.ravel()[where]),
                region.options.voxel_array_shift,
                _voxel_volume(region),
            )
            yield np.arange(start, start + len(where)), batch

    @cached_property
    def absent(self) -> NDArray[np.bool_] | None:
        """Where a neighbourhood has no voxel; None when all have all."""
        absent = np.isnan(self.values)
        return absent if absent.any() else None

    @cached_property
    def size(self) -> NDArray[np.int64]:
        """Number of voxels."""
        voxels = np.full(len(self.values), self.values.shape[1])
        return voxels if self.absent is None else voxels - summed(self.absent, axis=1)

    @cached_property
    def mean(self) -> Values:
        """Mean intensity."""
        return self._total(self.values) / self.size

    @cached_property
    def extremes(self) -> tuple[Values, Values]:
        """Lowest and highest intensity."""
        return np.fmin.reduce(self.values, axis=1), np.fmax.reduce(self.values, axis=1)

    @cached_property
    def deviations(self) -> Values:
        """Distances from the mean; 0 where there is no voxel, and everywhere in a flat region."""
        low, high = self.extremes
        deviations = self.values - np.where(low == high, low, self.mean)[:, None]
        if self.absent is not None:
            deviations[self.absent] = 0.0
        return deviations

    @cached_property
    def squared_deviations(self) -> Values:
        """Squares of the distances from the mean."""
        return self.deviations**2

    @cached_property
    def second_moment(self) -> Values:
        """Mean squared distance from the mean."""
        return summed(self.squared_deviations, axis=1) / self.size

    @cached_property
    def level_shares(self) -> Values:
        """Share of the voxels of each grey level."""
        return self.level_counts / summed(self.level_counts, axis=1, keepdims=True)

    @cached_property
    def percentiles(self) -> dict[int, Values]:
        """Percentiles 10, 25, 50, 75 and 90, interpolated in the arithmetic of ``numpy.percentile``."""
        if len(self.values) == 1:
            return self._percentiles_of_one(int(self.size[0]))
        percents = np.array(PERCENTS)
        position = (self.size[:, None] - 1) * (percents / 100)
        before = np.floor(position).astype(np.int64)
        after = np.minimum(before + 1, self.size[:, None] - 1)
        lower, upper = np.split(_in_order(self.values, np.hstack([before, after])), 2, axis=1)
        part, gap = position - before, upper - lower
        values = np.where(part < 0.5, lower + gap * part, upper - gap * (1 - part))
        return {int(percent): values[:, column] for column, percent in enumerate(percents)}

    def _percentiles_of_one(self, size: int) -> dict[int, Values]:
        """Return the percentiles of a single region, without the arrays that many need."""
        positions = [(size - 1) * (percent / 100) for percent in PERCENTS]
        before = [int(position) for position in positions]
        ranks = np.array([*before, *(min(rank + 1, size - 1) for rank in before)])
        one = self.values[0]
        ordered = (_few_in_order(one, ranks) if len(one) > SORT_ALL else np.sort(one)[ranks]).tolist()
        found = {}
        for percent, position, rank, lower, upper in zip(
            PERCENTS, positions, before, ordered[: len(before)], ordered[len(before) :], strict=True
        ):
            part, gap = position - rank, upper - lower
            found[percent] = np.array([lower + gap * part if part < 0.5 else upper - gap * (1 - part)])
        return found

    def _total(self, values: Values) -> Values:
        return np.asarray(summed(values, axis=1) if self.absent is None else np.nansum(values, axis=1))

    @feature("Energy")
    def energy(self) -> Values:
        """Sum of squared intensities (IBSI N8CA)."""
        shifted = self.values + self.shift if self.shift else self.values
        return self._total(shifted**2)

    @feature("TotalEnergy")
    def total_energy(self) -> Values:
        """Energy times the volume of a voxel (not in IBSI)."""
        return self.energy() * self.voxel_volume

    @feature("Entropy")
    def entropy(self) -> Values:
        """Sum over grey levels of - share log2(share) (IBSI TLU2)."""
        return -summed(self.level_shares * np.log2(self.level_shares + EPS), axis=1)

    @feature("Minimum")
    def minimum(self) -> Values:
        """Lowest intensity (IBSI 1GSF)."""
        return self.extremes[0]

    @feature("10Percentile")
    def percentile_10(self) -> Values:
        """Intensity below which a tenth lies (IBSI QG58)."""
        return self.percentiles[10]

    @feature("90Percentile")
    def percentile_90(self) -> Values:
        """Intensity below which nine tenths lie (IBSI 8DWT)."""
        return self.percentiles[90]

    @feature("Maximum")
    def maximum(self) -> Values:
        """Highest intensity (IBSI 84IY)."""
        return self.extremes[1]

    @feature("Mean")
    def mean_intensity(self) -> Values:
        """Mean intensity (IBSI Q4LE)."""
        return self.mean

    @feature("Median")
    def median(self) -> Values:
        """Intensity below which half lies (IBSI Y12H)."""
        return self.percentiles[50]

    @feature("InterquartileRange")
    def interquartile_range(self) -> Values:
        """75th minus 25th percentile (IBSI SALO)."""
        return self.percentiles[75] - self.percentiles[25]

    @feature("Range")
    def range(self) -> Values:
        """Highest minus lowest intensity (IBSI 2OJQ)."""
        return self.extremes[1] - self.extremes[0]

    @feature("MeanAbsoluteDeviation")
    def mean_absolute_deviation(self) -> Values:
        """Mean distance from the mean (IBSI 4FUA)."""
        return np.abs(self.deviations).sum(axis=1) / self.size

    @feature("RobustMeanAbsoluteDeviation")
    def robust_mean_absolute_deviation(self) -> Values:
        """Mean distance from the mean, both of the voxels from the 10th to the 90th percentile (IBSI 1128)."""
        low, high = self.percentiles[10][:, None], self.percentiles[90][:, None]
        inside = (self.values >= low) & (self.values <= high)
        size = summed(inside, axis=1)
        mean = np.where(inside, self.values, 0.0).sum(axis=1) / size
        return np.where(inside, np.abs(self.values - mean[:, None]), 0.0).sum(axis=1) / size

    @feature("RootMeanSquared")
    def root_mean_squared(self) -> Values:
        """Root of the mean squared intensity (IBSI 5ZWQ)."""
        return np.sqrt(self.energy() / self.size)

    @feature("Skewness")
    def skewness(self) -> Values:
        """Third central moment over the 1.5th power of the second; 0 in a flat region (IBSI KE2A)."""
        third = np.einsum("ij,ij->i", self.squared_deviations, self.deviations) / self.size
        return third / _unless_flat(self.second_moment) ** 1.5

    @feature("Kurtosis")
    def kurtosis(self) -> Values:
        """Fourth central moment over the square of the second; 0 in a flat region (IBSI IPH6, plus 3)."""
        fourth = np.einsum("ij,ij->i", self.squared_deviations, self.squared_deviations) / self.size
        return fourth / _unless_flat(self.second_moment) ** 2

    @feature("Variance")
    def variance(self) -> Values:
        """Mean squared distance from the mean (IBSI ECT3)."""
        return self.second_moment

    @feature("Uniformity")
    def uniformity(self) -> Values:
        """Sum over grey levels of the squared share (IBSI BJ5W)."""
        return summed(self.level_shares**2, axis=1)


def _voxel_volume(region: Region) -> float:
    return float(np.prod(region.spacing_mm))


def _unless_flat(second_moment: Values) -> Values:
    return np.where(second_moment == 0, 1.0, second_moment)


def _in_order(values: Values, ranks: NDArray[np.int64]) -> Values:
    """Return for each row the values that would stand at some places if it were sorted."""
    return np.take_along_axis(np.sort(values, axis=1), ranks, axis=1)


def _few_in_order(values: Values, ranks: NDArray[np.int64]) -> Values:
    """Sort only those of many narrow bins that hold a wanted rank."""
    low, high = values.min(), values.max()
    per_bin = (high - low) / (SORT_ALL - 1)
    if not np.isfinite(per_bin) or per_bin < np.finfo(np.float64).tiny:
        return np.partition(values, ranks)[ranks]
    bins = ((values - low) / per_bin).astype(np.int32)
    until = np.cumsum(np.bincount(bins, minlength=SORT_ALL))
    of_rank = np.searchsorted(until, ranks, side="right")
    wanted = np.zeros(SORT_ALL, bool)
    wanted[of_rank] = True
    kept = np.sort(values[wanted[bins]])
    sizes = np.diff(until, prepend=0)
    left_out = np.cumsum(np.where(wanted, 0, sizes))[of_rank]
    return np.asarray(kept[ranks - left_out])


def _cube(radius: int, flat_axis: int | None) -> NDArray[np.int64]:
    """Return the steps from a centre to the voxels of its cube, or of its square across an axis."""
    reach = [range(1) if axis == flat_axis else range(-radius, radius + 1) for axis in range(3)]
    return np.array(list(product(*reach)), np.int64)


def _strides(array: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many places the flat position moves per step along each axis."""
    return np.array(array.strides, np.int64) // array.itemsize


def _counts_of_equal(levels: NDArray[np.int32]) -> Values:
    """Return for each row how often each of its grey levels occurs, zeros behind."""
    ordered = np.sort(levels, axis=1)
    group = np.cumsum(np.diff(ordered, axis=1, prepend=0) != 0, axis=1)  # 0 is level 0: no voxel
    width = levels.shape[1] + 1
    place = group + width * np.arange(len(levels))[:, None]
    return np.bincount(place.ravel(), minlength=width * len(levels)).reshape(-1, width)[:, 1:].astype(np.float64)
