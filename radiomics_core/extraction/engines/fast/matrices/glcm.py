"""Counting pairs of grey levels: in a region as matrices, in neighbourhoods as lists of what occurs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled

Ranks = NDArray[np.int32]
Counts = NDArray[np.float64]
Indices = NDArray[np.int64]


@compiled
def count_pairs(ranks: Ranks, steps: Indices, n_levels: int) -> NDArray[np.int32]:
    """Return how often a level has another one a step away; row and column 0 belong to no level.

    Parameters
    ----------
    ranks : array of int32, shape (z, y, x)
        Levels 1 to ``n_levels``, 0 outside the region and within the longest step of every border.
    steps : array of int64, shape (directions, 3)
    n_levels : int

    Returns
    -------
    array of int32, shape (directions, n_levels + 1, n_levels + 1)
    """
    width = n_levels + 1
    line, plane = ranks.shape[2], ranks.shape[1] * ranks.shape[2]
    shifts = steps[:, 0] * plane + steps[:, 1] * line + steps[:, 2]
    counts = np.zeros((len(steps), width, width), np.int32)
    cells, flat = counts.ravel(), ranks.ravel()
    for place in range(len(flat)):
        level = np.int64(flat[place])
        if level > 0:
            row = level * width
            for direction in range(len(shifts)):
                cells[direction * width * width + row + flat[place + shifts[direction]]] += 1
    return counts


@compiled
def count_diagonals(counts: NDArray[np.int32], levels: Indices) -> tuple[Counts, Counts]:
    """Return how often the two levels of a pair have each sum and each absolute difference.

    Parameters
    ----------
    counts : array of int32, shape (directions, levels + 1, levels + 1)
        From :func:`count_pairs`.
    levels : array of int64, shape (levels,)
        What rows and columns 1, 2, ... stand for, ascending.

    Returns
    -------
    tuple of array of float64, shapes (directions, 2 * highest + 1) and (directions, highest)
        The place is the sum or the difference.
    """
    highest = levels[-1]
    sums = np.zeros((len(counts), 2 * highest + 1))
    differences = np.zeros((len(counts), highest))
    for direction in range(len(counts)):
        for row in range(len(levels)):
            for column in range(len(levels)):
                count = counts[direction, row + 1, column + 1]
                if count > 0:
                    sums[direction, levels[row] + levels[column]] += count
                    differences[direction, abs(levels[row] - levels[column])] += count
    return sums, differences


@compiled
def _place(places: Indices, keys: Indices, used: int, key: int) -> int:
    """Enter a key in a list unless it is there (``places`` says where it stands, or -1); returns the new length."""
    if places[key] >= 0:
        return used
    places[key] = used
    keys[used] = key
    return used + 1


@compiled
def list_in_cubes(
    levels: Ranks,
    centres: Indices,
    pairs: Indices,
    weights: Counts,
    bounds: Indices,
    highest: int,
    symmetrical: bool,
    keys: tuple[Indices, ...],
    counts: tuple[Counts, ...],
) -> Indices:
    """List, for each cube and direction, the levels, pairs, sums and differences that occur, with their counts.

    Parameters
    ----------
    levels : array of int32, flat
        0 outside the region, padded so that no cube leaves the array.
    centres : array of int64, shape (cubes,)
        Places in ``levels``.
    pairs : array of int64, shape (pairs of voxels in a cube, 2)
        Where the two voxels stand, relative to the centre; sorted by direction.
    weights : array of float64, shape (pairs of voxels in a cube,)
    bounds : array of int64, shape (directions + 1,)
        Where in ``pairs`` each direction begins, and the end.
    highest : int
        Highest level.
    symmetrical : bool
        Count each pair in both orders.
    keys : four arrays of int64, shape (cubes, directions, width), zeros
        Filled with the levels, pairs, sums and differences that occur; a pair is row * width + column, where row and
        column are places in the list of levels and width is that of this list.
    counts : five arrays of float64, shape (cubes, directions, width), zeros
        Filled with the counts of levels that come first, pairs, sums, differences, and levels that come second.

    Returns
    -------
    array of int64, shape (4,)
        The length of the longest list of levels, pairs, sums and differences.
    """
    width = keys[0].shape[2]
    of_level, of_pair = np.full(highest + 1, -1), np.full(width * width, -1)
    of_sum, of_difference = np.full(2 * highest + 1, -1), np.full(highest, -1)
    longest = np.zeros(4, np.int64)
    for cube in range(len(centres)):
        for way in range(len(bounds) - 1):
            n_levels, n_pairs, n_sums, n_differences = 0, 0, 0, 0
            for pair in range(bounds[way], bounds[way + 1]):
                one = int(levels[centres[cube] + pairs[pair, 0]])
                two = int(levels[centres[cube] + pairs[pair, 1]])
                if one == 0 or two == 0:
                    continue
                for _ in range(2 if symmetrical else 1):
                    n_levels = _place(of_level, keys[0][cube, way], n_levels, one)
                    n_levels = _place(of_level, keys[0][cube, way], n_levels, two)
                    cell = of_level[one] * width + of_level[two]
                    n_pairs = _place(of_pair, keys[1][cube, way], n_pairs, cell)
                    counts[0][cube, way, of_level[one]] += weights[pair]
                    counts[4][cube, way, of_level[two]] += weights[pair]
                    counts[1][cube, way, of_pair[cell]] += weights[pair]
                    one, two = two, one
                n_sums = _place(of_sum, keys[2][cube, way], n_sums, one + two)
                n_differences = _place(of_difference, keys[3][cube, way], n_differences, abs(one - two))
                counts[2][cube, way, of_sum[one + two]] += weights[pair]
                counts[3][cube, way, of_difference[abs(one - two)]] += weights[pair]
            for k in range(n_levels):
                of_level[keys[0][cube, way, k]] = -1
            for k in range(n_pairs):
                of_pair[keys[1][cube, way, k]] = -1
            for k in range(n_sums):
                of_sum[keys[2][cube, way, k]] = -1
            for k in range(n_differences):
                of_difference[keys[3][cube, way, k]] = -1
            longest[0], longest[1] = max(longest[0], n_levels), max(longest[1], n_pairs)
            longest[2], longest[3] = max(longest[2], n_sums), max(longest[3], n_differences)
    return longest


@compiled
def count_parts(shares: Counts, rows: Indices, columns: Indices, size: int) -> Indices:
    """Return into how many parts a matrix falls that share neither a row nor a column.

    Parameters
    ----------
    shares : array of float64, shape (matrices, elements)
        Elements that are 0 do not count.
    rows, columns : array of int64, shape (matrices, elements)
    size : int
        Number of rows and of columns.

    Returns
    -------
    array of int64, shape (matrices,)
    """
    parts = np.zeros(len(shares), np.int64)
    parent = np.empty(2 * size, np.int64)
    for matrix in range(len(shares)):
        parent[:] = -1
        for element in range(shares.shape[1]):
            if shares[matrix, element] > 0:
                row, column = rows[matrix, element], size + columns[matrix, element]
                for node in (row, column):
                    if parent[node] < 0:
                        parent[node] = node
                        parts[matrix] += 1
                while parent[row] != row:
                    parent[row] = parent[parent[row]]
                    row = parent[row]
                while parent[column] != column:
                    parent[column] = parent[parent[column]]
                    column = parent[column]
                if row != column:
                    parent[row] = column
                    parts[matrix] -= 1
    return parts
