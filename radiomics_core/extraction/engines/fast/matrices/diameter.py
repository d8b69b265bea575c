"""Longest distances between vertices of a region's mesh: exact, without looking at every pair.

The two ends of the longest distance are corners of the convex hull, of the whole and of every plane they lie in. So
each plane of the grid is reduced to the corners of its hull, and ends within the region have to be corners in planes
of two orientations. Hulls are found in whole numbers of half voxels: no rounding moves a corner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.extraction.engines.fast.matrices.mesh import Surface

LOW, HIGH = 1, 2
"""Marks of the lowest and highest vertex of a line that is a corner."""


def longest_distances(surface: Surface, spacing_mm: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Return the longest distance within planes of constant z, constant y and constant x, and of all.

    Parameters
    ----------
    surface : Surface
    spacing_mm : (z, y, x)
    """
    z, y, x = spacing_mm / 2
    low, high = surface.lowest_x, surface.highest_x
    in_slice, corners = _within(low, high, np.array([y, x]))
    in_column, others = _within(np.ascontiguousarray(low.T), np.ascontiguousarray(high.T), np.array([z, x]))
    in_row, _corners = _within(surface.lowest_y, surface.highest_y, np.array([z, y]))
    corners &= others.T
    ends = [
        np.column_stack([*np.nonzero(corners & mark), values[(corners & mark) > 0]])
        for mark, values in ((LOW, low), (HIGH, high))
    ]
    points = np.concatenate(ends) * np.array([z, y, x])
    from_middle = np.linalg.norm(points - (points.min(axis=0) + points.max(axis=0)) / 2, axis=1)
    order = np.argsort(-from_middle)
    overall = _between(points[order], from_middle[order], max(in_slice, in_column, in_row))
    return float(in_slice), float(in_column), float(in_row), float(overall)


def longest_distance_in_slice(surface: Surface, spacing_mm: NDArray[np.float64]) -> float:
    """Return the longest distance within planes of constant z; spacing is (z, y, x)."""
    return float(_within(surface.lowest_x, surface.highest_x, spacing_mm[1:] / 2)[0])


@compiled
def _within(
    low: NDArray[np.int32], high: NDArray[np.int32], scale: NDArray[np.float64]
) -> tuple[float, NDArray[np.uint8]]:
    """Return the longest distance between two points of a plane, and which points are corners of their plane's hull.

    A row of ``low`` and ``high`` is a plane, a column a line in it with its lowest and highest point.
    """
    planes, lines = low.shape
    corners = np.zeros((planes, lines), np.uint8)
    chain = np.empty((2 * lines, 2), np.int64)
    longest = 0.0
    for plane in range(planes):
        half = _chain(low[plane], high[plane], 1, chain, 0)
        for i in range(half):
            corners[plane, chain[i, 0]] |= LOW
        end = _chain(high[plane], high[plane], -1, chain, half)
        for i in range(half, end):
            corners[plane, chain[i, 0]] |= HIGH
        for i in range(end):
            for j in range(i):
                along = (chain[i, 0] - chain[j, 0]) * scale[0]
                across = (chain[i, 1] - chain[j, 1]) * scale[1]
                longest = max(longest, along * along + across * across)
    return np.sqrt(longest), corners


@compiled
def _chain(values: NDArray[np.int32], high: NDArray[np.int32], sign: int, chain: NDArray[np.int64], start: int) -> int:
    """Append the corners on one side of a plane's hull to a chain (Andrew's monotone chain); return its new end."""
    end = start
    for line in range(len(values)):
        if high[line] < 0:
            continue
        while end - start >= 2:
            first, second = chain[end - 2], chain[end - 1]
            turn = (second[0] - first[0]) * (values[line] - first[1]) - (second[1] - first[1]) * (line - first[0])
            if turn * sign > 0:
                break
            end -= 1
        chain[end, 0], chain[end, 1] = line, values[line]
        end += 1
    return end


@compiled
def _between(points: NDArray[np.float64], from_middle: NDArray[np.float64], longest: float) -> float:
    """Return the longest distance of two points, which are ordered by falling distance from a middle."""
    square = longest * longest
    for i in range(len(points)):
        for j in range(i):
            if from_middle[i] + from_middle[j] < longest:
                break
            z, y, x = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1], points[i, 2] - points[j, 2]
            distance = z * z + y * y + x * x
            if distance > square:
                square = distance
                longest = np.sqrt(square)
    return longest
