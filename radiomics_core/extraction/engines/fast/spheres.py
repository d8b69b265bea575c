"""Intensities on a sphere around each voxel, by cubic splines: the values of ``scipy.ndimage.map_coordinates``.

A point of the sphere lies at the same place between voxels whatever voxel the sphere is around, but for the rounding of
its position. So the weights of its 64 neighbours are prepared along each axis, from positions rounded as in the whole
image, and a row of voxels is computed at once, each in scipy's order of operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.extraction.engines.fast.region import Box

Array = NDArray[np.float64]
Index = NDArray[np.int64]

REACH = 3
"""Voxels a cubic spline looks at beyond a point, rounded up."""


class Spheres:
    """Points on spheres around the voxels of a box.

    Parameters
    ----------
    image : array, shape (z, y, x)
    box : Box
        Where the voxels lie.
    points : array, shape (points, 3)
        On the sphere around the origin, added to the indices (z, y, x).
    """

    def __init__(self, image: NDArray[Any], box: Box, points: Array) -> None:
        margin = int(np.ceil(np.abs(points).max())) + REACH
        around = [(part.start - margin, part.stop + margin) for part in box]
        inside = [(max(low, 0), min(high, n)) for (low, high), n in zip(around, image.shape, strict=True)]
        cut = (slice(*inside[0]), slice(*inside[1]), slice(*inside[2]))
        beyond = [(i[0] - a[0], a[1] - i[1]) for a, i in zip(around, inside, strict=True)]
        self.coefficients = np.pad(spline_coefficients(image, cut), beyond, "reflect")
        self.first = np.array([part.start for part in box])
        self.dtype = image.dtype
        self.z, self.y, x = (_along(box[axis], points[:, axis], image.shape[axis], margin) for axis in range(3))
        self.x = _side_by_side(*x)

    def intensities(self, voxels: Index) -> NDArray[Any]:
        """Return intensities (voxels, points), zero outside the image, in its data type; voxels in array order."""
        local = voxels - self.first
        first_of_row = np.flatnonzero(np.any(np.diff(local[:, :2], axis=0, prepend=-1), axis=1))
        rows = np.column_stack([local[first_of_row, :2], first_of_row, np.append(first_of_row[1:], len(local))])
        found = np.empty((len(voxels), self.z[0].shape[1]))
        _sample(self.coefficients, rows, np.ascontiguousarray(local[:, 2]), *self.z, *self.y, *self.x, found)
        return _as_stored(found, self.dtype)


def spline_coefficients(image: NDArray[Any], box: Box) -> Array:
    """Return cubic spline coefficients of a part of an image, equal to the last bit to those of the whole image.

    Lines are filtered over their full length, axis by axis, and cut after each axis.
    """
    from scipy.ndimage import spline_filter1d

    coefficients: Array = image
    for axis, part in enumerate(box):
        cut = [slice(None)] * 3
        cut[axis] = part
        coefficients = spline_filter1d(coefficients, 3, axis, np.float64)[tuple(cut)]
    return coefficients


def _along(part: slice, offsets: Array, length: int, margin: int) -> tuple[Index, Array, NDArray[np.bool_]]:
    """Return where the four neighbours of each point begin, their weights, and whether it lies inside the image.

    Shapes are (indices, points) and for the weights (indices, points, 4); a start counts from the margin's first voxel.
    """
    position = np.arange(part.start, part.stop)[:, None] + offsets
    below = np.floor(position)
    y = position - below
    z = 1.0 - y
    weights = np.empty((*position.shape, 4))
    weights[..., 1] = (y * y * (y - 2.0) * 3.0 + 4.0) / 6.0
    weights[..., 2] = (z * z * (z - 2.0) * 3.0 + 4.0) / 6.0
    weights[..., 0] = z * z * z / 6.0
    weights[..., 3] = 1.0 - weights[..., 0] - weights[..., 1] - weights[..., 2]
    start = below.astype(np.int64) - 1 - (part.start - margin)
    return start, weights, (position >= 0) & (position <= length - 1)


def _side_by_side(start: Index, weights: Array, inside: NDArray[np.bool_]) -> tuple[Index, Array, NDArray[np.bool_]]:
    """Turn the table of the last axis so that voxels of a row lie side by side: (points, 5, indices).

    A start runs along with the index, but for points whose rounding puts them a voxel apart: hence a fifth neighbour,
    with weight 0 where it is not needed.
    """
    running = start - np.arange(len(start))[:, None]
    first = running.min(axis=0)
    shift = running - first
    turned = np.zeros((start.shape[1], 5, len(start)))
    indices, points = np.indices(start.shape)
    for neighbour in range(4):
        turned[points, shift + neighbour, indices] = weights[..., neighbour]
    return first, turned, np.ascontiguousarray(inside.T)


def _as_stored(values: Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Round to the data type of the image as scipy does: integers half away from zero, cut at their limits."""
    if dtype.kind == "f":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    rounded = np.trunc(values + np.copysign(0.5, values))
    return np.clip(rounded, float(limits.min), float(limits.max)).astype(dtype)


@compiled
def _sample(
    coefficients: Array,
    rows: Index,
    columns: Index,
    start_z: Index,
    weights_z: Array,
    inside_z: NDArray[np.bool_],
    start_y: Index,
    weights_y: Array,
    inside_y: NDArray[np.bool_],
    first_x: Index,
    weights_x: Array,
    inside_x: NDArray[np.bool_],
    found: Array,
) -> None:
    """Fill the intensities of rows of voxels: z, y, first and last voxel of each."""
    total = np.empty(weights_x.shape[2])
    for row in range(len(rows)):
        z, y, begin, end = rows[row]
        low = columns[begin]
        length = columns[end - 1] + 1 - low
        for point in range(len(first_x)):
            if not (inside_z[z, point] and inside_y[y, point]):
                found[begin:end, point] = 0.0
                continue
            total[:length] = 0.0
            for a in range(4):
                in_z = weights_z[z, point, a]
                for b in range(4):
                    in_y = weights_y[y, point, b]
                    line = coefficients[start_z[z, point] + a, start_y[y, point] + b]
                    for c in range(5):
                        values = line[first_x[point] + low + c :]
                        in_x = weights_x[point, c, low:]
                        for i in range(length):
                            total[i] += values[i] * in_z * in_y * in_x[i]
            for voxel in range(begin, end):
                column = columns[voxel]
                found[voxel, point] = total[column - low] if inside_x[point, column] else 0.0
