"""Neighbours of each voxel: how many are like it (GLDM) and what their mean level is (NGTDM), counted in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.extraction.engines.fast.matrices.offsets import offsets
from radiomics_core.extraction.engines.fast.region import Levels, Neighbourhoods, Options

CHUNK = 2048
"""Voxels worked on together: their counts stay in the processor's first cache."""


@dataclass(frozen=True, eq=False)
class NeighbourCounts:
    """Counts per grey level present.

    Attributes
    ----------
    dependence : array of int64, shape (level, dependent neighbours)
        Voxels of a level with 0, 1, 2 ... neighbours that differ by at most ``gldm_a``.
    difference : array of float64, shape (level,)
        Sum over the voxels of a level of the absolute difference to the mean of their neighbours, 0 without any.
    """

    dependence: NDArray[np.int64]
    difference: NDArray[np.float64]


def count_neighbours(levels: Levels, options: Options) -> NeighbourCounts:
    """Count dependent neighbours, and differences to the mean of all neighbours, of every voxel of a region.

    References
    ----------
    pyradiomics 3.0.1, ``calculate_gldm`` and ``calculate_ngtdm``; differences are summed in the same order.
    """
    steps = offsets(levels.array.shape, options.distances, options.force_2d_axis, bidirectional=True)
    reach = int(np.abs(steps).max(initial=0))
    padded = levels.padded if reach <= 1 else np.pad(levels.array, reach)
    strides = np.array([padded.shape[1] * padded.shape[2], padded.shape[2], 1])
    rows = np.zeros(levels.highest + 1, np.int64)
    rows[levels.present] = np.arange(len(levels.present))
    dependence = np.zeros((len(levels.present), len(steps) + 1), np.int64)
    difference = np.zeros(len(levels.present))
    margin = max(reach, 1) * int(strides.sum())
    _count(padded.ravel(), steps @ strides, margin, min(options.gldm_a, levels.highest), rows, dependence, difference)
    return NeighbourCounts(dependence, difference)


@compiled
def _count(
    levels: NDArray[np.int32],
    steps: NDArray[np.int64],
    margin: int,
    tolerance: int,
    rows: NDArray[np.int64],
    dependence: NDArray[np.int64],
    difference: NDArray[np.float64],
) -> None:
    """Go through a padded array in chunks; the innermost loops run over voxels, several of which are done at once."""
    low, high = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32)
    inside, alike, total = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32)
    for start in range(margin, len(levels) - margin, CHUNK):
        size = min(CHUNK, len(levels) - margin - start)
        centre = levels[start : start + size]
        occupied = False
        for k in range(size):
            occupied |= centre[k] > 0
        if not occupied:
            continue
        for k in range(size):
            low[k] = max(centre[k] - tolerance, 1)
            high[k] = centre[k] + tolerance
            inside[k] = alike[k] = total[k] = 0
        for s in range(0, len(steps), 2):  # a direction and another: they come in even numbers
            one = levels[start + steps[s] : start + steps[s] + size]
            two = levels[start + steps[s + 1] : start + steps[s + 1] + size]
            for k in range(size):
                a, b = one[k], two[k]
                inside[k] += np.int32(a > 0) + np.int32(b > 0)
                alike[k] += np.int32((a >= low[k]) & (a <= high[k])) + np.int32((b >= low[k]) & (b <= high[k]))
                total[k] += a + b
        for k in range(size):
            if centre[k] > 0:
                row = rows[centre[k]]
                dependence[row, alike[k]] += 1
                if inside[k] > 0:
                    difference[row] += abs(centre[k] - total[k] / inside[k])


CUBE_NUMBERS = 2**21
"""Numbers held at once for feature maps: bounds the memory."""


@dataclass(frozen=True, eq=False)
class CubeCounts:
    """Counts of neighbourhoods that have about as many grey levels.

    Attributes
    ----------
    positions : array of int64, shape (cube,)
        Which neighbourhoods these are.
    levels : array of float64, shape (cube, level)
        Grey levels present, ascending; filled up with ones, of which there are no voxels.
    dependence : array of float64, shape (cube, level, dependent neighbours)
    difference : array of float64, shape (cube, level)
        As in :class:`NeighbourCounts`.
    """

    positions: NDArray[np.int64]
    levels: NDArray[np.float64]
    dependence: NDArray[np.float64]
    difference: NDArray[np.float64]


def count_in_cubes(cubes: Neighbourhoods) -> Iterator[CubeCounts]:
    """Count inside each neighbourhood as if nothing lay around it; see :func:`count_neighbours`."""
    region, options = cubes.region, cubes.region.options
    steps = offsets(region.mask.shape, options.distances, options.force_2d_axis, bidirectional=True)
    voxels = int(np.prod(2 * cubes.reach + 1))
    batch = max(CUBE_NUMBERS // (voxels * min(voxels, len(steps) + 1)), 1)
    for start in range(0, len(cubes.centres), batch):
        centres = cubes.centres[start : start + batch]
        numbers = np.zeros((3, len(centres), voxels), np.int32)
        far = np.zeros((len(centres), voxels))
        found = np.zeros((2, len(centres)), np.int64)
        _count_in_cubes(region.levels.array, centres, cubes.reach, steps, options.gldm_a, numbers, far, found)
        for size, members in _grouped(found[1], voxels):
            yield _cube_counts(members + start, size, numbers[:, members], far[members], found[0, members])


def _grouped(level_counts: NDArray[np.int64], most: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield neighbourhoods with up to 1, 2, 3, 4, 6, 8, 12, 16 ... levels, at most one per voxel."""
    power = 2 ** np.floor(np.log2(level_counts)).astype(np.int64)
    sizes = np.where(level_counts == power, power, np.where(2 * level_counts <= 3 * power, 3 * power // 2, 2 * power))
    sizes = np.minimum(sizes, most)
    for size in np.unique(sizes):
        yield int(size), np.flatnonzero(sizes == size)


def _cube_counts(
    positions: NDArray[np.int64],
    size: int,
    numbers: NDArray[np.int32],
    far: NDArray[np.float64],
    voxels: NDArray[np.int64],
) -> CubeCounts:
    levels, rows, alike = numbers
    columns = int(alike.max()) + 1
    counted = np.arange(rows.shape[1]) < voxels[:, None]
    cells = (rows + size * np.arange(len(positions))[:, None])[counted]
    dependence = np.bincount(cells * columns + alike[counted], minlength=len(positions) * size * columns)
    difference = np.bincount(cells, far[counted], len(positions) * size).astype(np.float64)
    return CubeCounts(
        positions,
        np.maximum(levels[:, :size], 1).astype(np.float64),
        dependence.reshape(-1, size, columns).astype(np.float64),
        difference.reshape(-1, size),
    )


@compiled
def _count_in_cubes(
    levels: NDArray[np.int32],
    centres: NDArray[np.int64],
    reach: NDArray[np.int64],
    steps: NDArray[np.int64],
    tolerance: int,
    numbers: NDArray[np.int32],
    far: NDArray[np.float64],
    found: NDArray[np.int64],
) -> None:
    """Fill, per cube: its levels, then per voxel the row of its level, its dependent neighbours and its difference."""
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    at = np.empty((numbers.shape[2], 3), np.int64)
    for c in range(len(centres)):
        for axis in range(3):
            low[axis] = max(centres[c, axis] - reach[axis], 0)
            high[axis] = min(centres[c, axis] + reach[axis] + 1, levels.shape[axis])
        present, rows, alike = numbers[0, c], numbers[1, c], numbers[2, c]
        voxels = different = 0
        for z in range(low[0], high[0]):
            for y in range(low[1], high[1]):
                for x in range(low[2], high[2]):
                    if levels[z, y, x] > 0:
                        at[voxels, 0], at[voxels, 1], at[voxels, 2] = z, y, x
                        voxels += 1
                        different = _insert(present, different, levels[z, y, x])
        found[0, c], found[1, c] = voxels, different
        for v in range(voxels):
            centre = levels[at[v, 0], at[v, 1], at[v, 2]]
            while present[rows[v]] < centre:
                rows[v] += 1
            inside = total = 0
            for s in range(len(steps)):
                z, y, x = at[v, 0] + steps[s, 0], at[v, 1] + steps[s, 1], at[v, 2] + steps[s, 2]
                if low[0] <= z < high[0] and low[1] <= y < high[1] and low[2] <= x < high[2] and levels[z, y, x] > 0:
                    inside += 1
                    total += levels[z, y, x]
                    alike[v] += abs(levels[z, y, x] - centre) <= tolerance
            if inside > 0:
                far[c, v] = abs(centre - total / inside)


@compiled
def _insert(present: NDArray[np.int32], different: int, level: int) -> int:
    """Insert a level into those present, ascending, unless it is there; return how many there are."""
    place = different
    while place > 0 and present[place - 1] > level:
        place -= 1
    if place > 0 and present[place - 1] == level:
        return different
    for i in range(different, place, -1):
        present[i] = present[i - 1]
    present[place] = level
    return different + 1
