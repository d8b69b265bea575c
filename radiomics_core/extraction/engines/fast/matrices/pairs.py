"""Pairs of grey levels in a region or in neighbourhoods, as the distributions the GLCM formulas need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.matrices.glcm import count_diagonals, count_pairs, list_in_cubes
from radiomics_core.extraction.engines.fast.matrices.offsets import offsets
from radiomics_core.extraction.engines.fast.region import Levels, Neighbourhoods, Region
from radiomics_core.imaging.volume import Vector

Counts = NDArray[np.float64]
Indices = NDArray[np.int64]

MATRIX_CELLS = 2**22
"""Larger matrices are not made; their pairs are listed."""
KEEP_LEVELS = 1.125
"""Levels are numbered anew when the highest one exceeds their number by more than this factor."""
LIST_CELLS = 2**16
"""Length of the lists made at once for neighbourhoods: they stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """How often pairs of grey levels occur, per member of a batch and direction (one for all, when weighted).

    Each count array has a shape (batch, directions, n); the array of what is counted has that shape or one that
    broadcasts to it. Places without a count are 0.

    Attributes
    ----------
    joint
        Counts of pairs. With ``rows`` and ``columns``: those pairs; without: the flattened square matrix.
    first, second, levels
        Counts of levels that come first and second in a pair. The same array when each pair counts in both orders.
    sums, sum_values
        Counts of sums of the two levels.
    differences, difference_values
        Counts of absolute differences of the two levels.
    rows, columns : array of int64, or None
        Places in ``levels`` of the pairs in ``joint``.
    """

    joint: Counts
    first: Counts
    second: Counts
    levels: NDArray[Any]
    sums: Counts
    sum_values: NDArray[Any]
    differences: Counts
    difference_values: NDArray[Any]
    rows: Indices | None = None
    columns: Indices | None = None


def pairs_in_region(region: Region) -> Pairs:
    """Count the pairs of a region; a batch of one."""
    levels, options = region.levels, region.options
    steps = offsets(levels.array.shape, options.distances, options.force_2d_axis)
    weights = direction_weights(steps, options.weighting_norm, region.spacing_mm)
    ranks, numbers = _padded_ranks(levels, steps)
    if len(steps) * len(numbers) ** 2 > MATRIX_CELLS:
        return _listed(ranks, steps, weights, numbers, options.symmetrical_glcm)
    raw = count_pairs(ranks, steps, len(numbers))
    sums, differences = (_weighted(counts, weights) for counts in count_diagonals(raw, numbers))
    counts = raw[:, 1:, 1:]
    if options.symmetrical_glcm:
        counts = counts + counts.transpose(0, 2, 1)
    matrix = _weighted(counts.astype(np.float64), weights)
    first = matrix.sum(axis=2)[None]
    return Pairs(
        joint=matrix.reshape(1, len(matrix), len(numbers) ** 2),
        first=first,
        second=first if options.symmetrical_glcm else matrix.sum(axis=1)[None],
        levels=numbers,
        sums=sums[None],
        sum_values=np.arange(sums.shape[-1]),
        differences=differences[None],
        difference_values=np.arange(differences.shape[-1]),
    )


def pairs_in_cubes(cubes: Neighbourhoods) -> Iterator[tuple[Indices, Pairs]]:
    """Count the pairs inside each cube; batches of a size that fits the processor's cache."""
    levels, options, radius = cubes.region.levels, cubes.region.options, cubes.radius
    padded = np.pad(levels.array, radius)
    strides = np.array(padded.strides, np.int64) // padded.itemsize
    steps = offsets(levels.array.shape, options.distances, options.force_2d_axis)
    weights = direction_weights(steps, options.weighting_norm, cubes.region.spacing_mm)
    ends, of_step = _pairs_of_voxels(steps, radius, options.force_2d_axis)
    bounds = np.array([0, len(ends)]) if weights is not None else np.searchsorted(of_step, np.arange(len(steps) + 1))
    of_pair = np.ones(len(ends)) if weights is None else weights[of_step]
    widths = _list_widths(int(np.diff(bounds).max(initial=0)), levels, 2 * radius + 1, options.symmetrical_glcm)
    length = max(1, LIST_CELLS // max(1, max(widths) * (len(bounds) - 1)))
    centres = (cubes.centres + radius) @ strides
    for start in range(0, len(centres), length):
        some = centres[start : start + length]
        shapes = [(len(some), len(bounds) - 1, width) for width in widths]
        keys = tuple(np.zeros(shape, np.int64) for shape in shapes)
        counts = tuple(np.zeros(shape) for shape in (*shapes, shapes[0]))
        used = list_in_cubes(
            padded.ravel(),
            some,
            ends @ strides,
            of_pair,
            bounds,
            levels.highest,
            options.symmetrical_glcm,
            keys,
            counts,
        )
        yield np.arange(start, start + len(some)), _of_lists(keys, counts, used, options.symmetrical_glcm)


def _list_widths(n_pairs: int, levels: Levels, side: int, symmetrical: bool) -> tuple[int, int, int, int]:
    """Return how many levels, pairs, sums and differences there can be in one direction of a cube."""
    n_levels = min(2 * n_pairs, len(levels.present), side**3)
    n_ordered = min(n_pairs * (2 if symmetrical else 1), n_levels**2)
    return n_levels, n_ordered, min(n_pairs, 2 * levels.highest), min(n_pairs, levels.highest)


def direction_weights(steps: Indices, norm: str | None, spacing_mm: Vector) -> Counts | None:
    """Return the weight of each direction, exp(-length^2) with the length of a step in a norm; None without weighting.

    References
    ----------
    pyradiomics 3.0.1, ``glcm.py``, ``_calculateMatrix``.
    """
    if norm is None:
        return None
    lengths = np.abs(steps) * np.asarray(spacing_mm, np.float64)[::-1]
    squared = {
        "infinity": lengths.max(axis=1, initial=0.0) ** 2,
        "euclidean": (lengths**2).sum(axis=1),
        "manhattan": lengths.sum(axis=1) ** 2,
        "no_weighting": np.zeros(len(steps)),
    }
    return np.asarray(np.exp(-squared[norm]))


def _padded_ranks(levels: Levels, steps: Indices) -> tuple[NDArray[np.int32], Indices]:
    """Number the levels from 1, with zeros around them so that no step leaves the array; also return the levels.

    A few levels that do not occur may stay: their rows hold zeros and change nothing.
    """
    margin = int(np.abs(steps).max(initial=1))
    if levels.highest <= KEEP_LEVELS * len(levels.present):
        padded = levels.padded if margin == 1 else np.pad(levels.array, margin)
        return padded, np.arange(1, levels.highest + 1)
    numbers = np.zeros(levels.highest + 1, np.int32)
    numbers[levels.present] = np.arange(1, len(levels.present) + 1)
    return np.pad(numbers[levels.array], margin), levels.present


def _shifted(padded: NDArray[np.int32], margin: int, step: Indices) -> NDArray[np.int32]:
    by_axis = zip(padded.shape, step.tolist(), strict=True)
    return padded[tuple(slice(margin + by, size - margin + by) for size, by in by_axis)].ravel()


def _weighted(counts: NDArray[Any], weights: Counts | None) -> NDArray[Any]:
    """Add the counts of all directions with their weights; shape (1, ...)."""
    return counts if weights is None else np.tensordot(weights, counts, (0, 0))[None]


def _listed(
    ranks: NDArray[np.int32], steps: Indices, weights: Counts | None, numbers: Indices, symmetrical: bool
) -> Pairs:
    """List the pairs that occur, direction by direction, when there are too many levels for matrices."""
    margin, size = int(np.abs(steps).max()), len(numbers)
    inner = _shifted(ranks, margin, np.zeros(3, np.int64))
    lists = []
    for number, step in enumerate(steps):
        other = _shifted(ranks, margin, step)
        both = np.flatnonzero((inner > 0) & (other > 0))
        one, two = inner[both].astype(np.int64) - 1, other[both].astype(np.int64) - 1
        pairs = one * size + two
        if symmetrical:
            pairs = np.concatenate([pairs, two * size + one])
        found, counts = np.unique(pairs, return_counts=True)
        lists.append((found, counts * (1.0 if weights is None else weights[number])))
    if weights is not None:
        found, where = np.unique(np.concatenate([pairs for pairs, _ in lists]), return_inverse=True)
        lists = [(found, np.bincount(where, np.concatenate([counts for _, counts in lists]), len(found)))]
    return _of_directions(lists, numbers, symmetrical)


def _of_directions(lists: list[tuple[Indices, Counts]], numbers: Indices, symmetrical: bool) -> Pairs:
    size = len(numbers)
    longest = max(len(pairs) for pairs, _ in lists)
    joint = np.zeros((1, len(lists), longest))
    rows, columns = np.zeros(joint.shape, np.int64), np.zeros(joint.shape, np.int64)
    for number, (pairs, counts) in enumerate(lists):
        joint[0, number, : len(pairs)] = counts
        rows[0, number, : len(pairs)], columns[0, number, : len(pairs)] = np.divmod(pairs, size)

    def histogram(values: Indices, length: int) -> Counts:
        each = zip(values[0], joint[0], strict=True)
        return np.stack([np.bincount(value, count, length) for value, count in each])[None].astype(np.float64)

    highest, first = int(numbers[-1]), histogram(rows, size)
    return Pairs(
        joint=joint,
        first=first,
        second=first if symmetrical else histogram(columns, size),
        levels=numbers,
        sums=histogram(numbers[rows] + numbers[columns], 2 * highest + 1),
        sum_values=np.arange(2 * highest + 1),
        differences=histogram(np.abs(numbers[rows] - numbers[columns]), highest),
        difference_values=np.arange(highest),
        rows=rows,
        columns=columns,
    )


def _pairs_of_voxels(steps: Indices, radius: int, flat_axis: int | None) -> tuple[Indices, Indices]:
    """Return where in a cube two voxels stand that are a step apart, shape (pairs, 2, 3), and the step's number."""
    reach = [range(1) if axis == flat_axis else range(-radius, radius + 1) for axis in range(3)]
    cube = np.array(list(product(*reach)), np.int64)
    ends = np.stack(np.broadcast_arrays(cube, cube + steps[:, None]), axis=2)
    inside = (np.abs(ends[:, :, 1]) <= radius).all(axis=2)
    return ends[inside], np.nonzero(inside)[0]


def _of_lists(keys: tuple[Indices, ...], counts: tuple[Counts, ...], used: Indices, symmetrical: bool) -> Pairs:
    levels, pairs, sums, differences = (key[:, :, :length] for key, length in zip(keys, used, strict=True))
    rows, columns = np.divmod(pairs, keys[0].shape[2])
    first = counts[0][:, :, : used[0]]
    return Pairs(
        joint=counts[1][:, :, : used[1]],
        first=first,
        second=first if symmetrical else counts[4][:, :, : used[0]],
        levels=levels,
        sums=counts[2][:, :, : used[2]],
        sum_values=sums,
        differences=counts[3][:, :, : used[3]],
        difference_values=differences,
        rows=rows,
        columns=columns,
    )
