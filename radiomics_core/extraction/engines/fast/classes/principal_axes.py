"""Axes of the ellipse or ellipsoid that spreads like the voxels of a region."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray


def axis_lengths(moments: NDArray[np.int64], spacing_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return four times the standard deviation of the voxel centres along their principal axes, shortest first.

    A flat or straight region has axes of length exactly 0: how many is decided in whole numbers, where pyradiomics
    takes the root of a rounding error (up to a micrometre, complex or NaN).

    Parameters
    ----------
    moments : array of int64
        Number of voxels, then the sums of each coordinate, of their squares, and of their products: for (z, y, x)
        zz, yy, xx, zy, zx, yx.
    spacing_mm : array, shape (axes,)
    """
    axes = len(spacing_mm)
    count, *sums = (int(moment) for moment in moments)
    first, second = sums[:axes], sums[axes:]
    places = [*((axis, axis) for axis in range(axes)), *combinations(range(axes), 2)]
    spread = [[0] * axes for _ in range(axes)]  # covariance in voxels times the square of their number
    for (a, b), of_product in zip(places, second, strict=True):
        spread[a][b] = spread[b][a] = count * of_product - first[a] * first[b]
    covariance = np.array(spread, np.float64) * np.outer(spacing_mm, spacing_mm) / count**2
    variances = np.linalg.eigvalsh(covariance)
    variances[: axes - _rank(spread)] = 0.0
    return 4 * np.sqrt(np.maximum(variances, 0.0))


def _rank(spread: list[list[int]]) -> int:
    """Return the rank of a covariance of whole numbers: the size of its largest principal minor that is not 0."""
    axes = range(len(spread))
    for size in reversed(axes):
        for chosen in combinations(axes, size + 1):
            if _determinant([[spread[a][b] for b in chosen] for a in chosen]) != 0:
                return size + 1
    return 0


def _determinant(matrix: list[list[int]]) -> int:
    if not matrix:
        return 1
    rest = [row[1:] for row in matrix]
    return sum((-1) ** i * row[0] * _determinant(rest[:i] + rest[i + 1 :]) for i, row in enumerate(matrix))
