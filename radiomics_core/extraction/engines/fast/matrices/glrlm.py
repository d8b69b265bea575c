"""Counting runs: voxels of one grey level that follow each other in a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled

Ints = NDArray[np.int32]


@compiled
def count_runs(padded: Ints, offsets: NDArray[np.int64], highest: int) -> tuple[Ints, Ints, Ints]:
    """Count the runs of a region.

    Reads the levels once, row by row. How long the run is that reaches a voxel follows from its predecessor in each
    direction; of these lengths the rows of this slice and the one before are kept. A run of length n passes the
    lengths 1 to n, so voxels reached with length k less those reached with k + 1 are the runs of length k.

    Parameters
    ----------
    padded : array of int32, shape (z, y, x)
        Grey levels from 1; 0 outside the region and in a border of one voxel.
    offsets : array of int64, shape (directions, 3)
        Steps (z, y, x) of one voxel, the first that is not 0 positive.
    highest : int
        Highest level.

    Returns
    -------
    runs : array of int32, shape (directions, columns)
        Number of runs; all 0 in a direction in which no line holds two voxels of the region, as in pyradiomics.
    level, length : array of int32, shape (columns,)
        Of which level and length the runs of a column are; sorted by level, then length.
    """
    starts, level, length = _columns(padded, highest)
    reached = _reached(padded, offsets, starts, len(level))
    for d in range(len(offsets)):
        if not _meets(padded, offsets[d]):
            reached[d] = 0
    return _ended(reached, level, length), level, length


@compiled
def _columns(padded: Ints, highest: int) -> tuple[Ints, Ints, Ints]:
    """Lay out the columns: for each level the length 0, which stays empty, to the longest that its voxels can fill.

    Level 0 comes first, as rows are counted without asking which of their voxels are outside.
    """
    voxels = np.zeros(highest + 1, np.int64)
    for value in padded.flat:
        voxels[value] += 1
    longest = max(padded.shape)
    voxels[0] = longest
    widths = np.minimum(voxels, longest) + 1
    starts = (np.cumsum(widths) - widths).astype(np.int32)
    total = widths.sum()
    level_of = np.empty(total, np.int32)
    length_of = np.empty(total, np.int32)
    for level in range(highest + 1):
        for length in range(widths[level]):
            level_of[starts[level] + length] = level
            length_of[starts[level] + length] = length
    return starts, level_of, length_of


@compiled
def _reached(padded: Ints, offsets: NDArray[np.int64], starts: Ints, columns: int) -> Ints:
    """Count the voxels that a run of their level reaches with each length; one column more stays empty."""
    depth, height, width = padded.shape
    directions = len(offsets)
    lengths = np.zeros((2, height, directions, width), np.int32)
    starts_here = np.empty(width, np.int32)
    reached = np.zeros((directions, columns + 1), np.int32)
    for z in range(1, depth - 1):
        for y in range(1, height - 1):
            first, last = _extent(padded[z, y])
            here = padded[z, y, first:last]
            for d in range(directions):
                dz, dy, dx = offsets[d]
                there = padded[z - dz, y - dy, first - dx : last - dx]
                before = lengths[(z - dz) & 1, y - dy, d, first - dx : last - dx]
                now = lengths[z & 1, y, d, first:last]
                for x in range(last - first):
                    now[x] = before[x] + 1 if here[x] == there[x] else 1
            for x in range(last - first):
                starts_here[x] = starts[here[x]]
            for d in range(directions):
                counts, now = reached[d], lengths[z & 1, y, d, first:last]
                for x in range(last - first):
                    counts[starts_here[x] + now[x]] += 1
    return reached


@compiled
def _extent(row: Ints) -> tuple[int, int]:
    """Return where the region begins and ends in a row; an empty row begins where it ends."""
    first, last = 1, len(row) - 1
    while first < last and row[first] == 0:
        first += 1
    while last > first and row[last - 1] == 0:
        last -= 1
    return first, last


@compiled
def _meets(padded: Ints, offset: NDArray[np.int64]) -> bool:
    """Return whether a line in this direction holds two voxels of the region, side by side or not."""
    dz, dy, dx = offset
    depth, height, width = padded.shape
    for z in range(1, depth - 1):
        for y in range(1, height - 1):
            for x in range(1, width - 1):
                if padded[z, y, x] > 0:
                    k = 1
                    while 0 < z + k * dz < depth - 1 and 0 < y + k * dy < height - 1 and 0 < x + k * dx < width - 1:
                        if padded[z + k * dz, y + k * dy, x + k * dx] > 0:
                            return True
                        k += 1
    return False


@compiled
def _ended(reached: Ints, level: Ints, length: Ints) -> Ints:
    """Return how many runs end at a length, from how many reach it."""
    runs = np.zeros((len(reached), len(length)), np.int32)
    for d in range(len(reached)):
        for column in range(len(length)):
            if level[column] > 0 and length[column] > 0:
                runs[d, column] = reached[d, column] - reached[d, column + 1]
    return runs


@compiled
def count_runs_around(
    levels: Ints,
    centres: NDArray[np.int64],
    reach: NDArray[np.int64],
    offsets: NDArray[np.int64],
    weights: NDArray[np.float64],
    merged: bool,
) -> tuple[Ints, NDArray[np.float64]]:
    """Count the runs in the cubes around voxels.

    Parameters
    ----------
    levels : array of int32, shape (z, y, x)
        Grey levels from 1; 0 where a voxel does not count. Without a border.
    offsets
        As for :func:`count_runs`.
    centres : array of int64, shape (n, 3)
        Middle voxels (z, y, x).
    reach : array of int64, shape (3,)
        How many voxels a cube extends from its middle along each axis; it ends where the array ends.
    weights : array of float64, shape (directions,)
        What a run of a direction counts.
    merged : bool
        Make one matrix per cube, the sum over directions, instead of one per direction.

    Returns
    -------
    places : array of int32, shape (entries, 3)
        Matrix, level and length of the entries that are not 0, matrix by matrix and level by level. Matrix
        ``m * directions + d`` (``m`` when merged) belongs to centre ``m``.
    counts : array of float64, shape (entries,)
    """
    voxels, longest = (2 * reach + 1).prod(), (2 * reach + 1).max()
    matrices = 1 if merged else len(offsets)
    cube = np.zeros((2 * reach[0] + 3, 2 * reach[1] + 3, 2 * reach[2] + 3), np.int32)
    lengths = np.zeros(cube.shape, np.int32)
    level_of, rank_of = np.zeros(voxels + 1, np.int32), np.zeros(levels.max() + 1, np.int32)
    reached = np.zeros((voxels + 1, longest + 2), np.int32)
    runs = np.zeros((matrices, voxels + 1, longest + 1))
    most = len(centres) * voxels * (longest if merged else matrices)
    places, counts, entries = np.empty((most, 3), np.int32), np.empty(most), 0
    for m in range(len(centres)):
        ranks = _fill(cube, levels, centres[m], reach, level_of, rank_of)
        runs[:, : ranks + 1] = 0
        for d in range(len(offsets)):
            if _meets(cube, offsets[d]):
                _reach_in_cube(cube, offsets[d], lengths, reached[: ranks + 1])
                for rank in range(1, ranks + 1):
                    for length in range(1, longest + 1):
                        ended = reached[rank, length] - reached[rank, length + 1]
                        runs[0 if merged else d, rank, length] += weights[d] * ended
        for k in range(matrices):
            for rank in range(1, ranks + 1):
                for length in range(1, longest + 1):
                    if runs[k, rank, length] > 0:
                        counts[entries] = runs[k, rank, length]
                        places[entries, 0] = m * matrices + k
                        places[entries, 1] = level_of[rank]
                        places[entries, 2] = length
                        entries += 1
    return places[:entries], counts[:entries]


@compiled
def _fill(
    cube: Ints, levels: Ints, centre: NDArray[np.int64], reach: NDArray[np.int64], level_of: Ints, rank_of: Ints
) -> int:
    """Fill a cube with a border with the levels around a voxel, numbered as they are met; return how many there are."""
    cube[:] = 0
    depth, height, width = levels.shape
    z0, y0, x0 = centre - reach - 1
    ranks = 0
    for z in range(max(z0 + 1, 0), min(centre[0] + reach[0] + 1, depth)):
        for y in range(max(y0 + 1, 0), min(centre[1] + reach[1] + 1, height)):
            for x in range(max(x0 + 1, 0), min(centre[2] + reach[2] + 1, width)):
                level = levels[z, y, x]
                if level > 0:
                    if rank_of[level] == 0:
                        ranks += 1
                        rank_of[level], level_of[ranks] = ranks, level
                    cube[z - z0, y - y0, x - x0] = rank_of[level]
    for rank in range(1, ranks + 1):
        rank_of[level_of[rank]] = 0
    return ranks


@compiled
def _reach_in_cube(cube: Ints, offset: NDArray[np.int64], lengths: Ints, reached: Ints) -> None:
    """Count the voxels that a run of their level reaches with each length, in one direction of a cube."""
    reached[:] = 0
    dz, dy, dx = offset
    for z in range(1, cube.shape[0] - 1):
        for y in range(1, cube.shape[1] - 1):
            for x in range(1, cube.shape[2] - 1):
                rank = cube[z, y, x]
                if rank > 0:
                    goes_on = cube[z - dz, y - dy, x - dx] == rank
                    length = lengths[z - dz, y - dy, x - dx] + 1 if goes_on else 1
                    lengths[z, y, x] = length
                    reached[rank, length] += 1
