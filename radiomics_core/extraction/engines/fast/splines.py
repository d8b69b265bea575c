"""Cubic B-splines as ITK computes them, to the last digit, on the part of an image that is needed.

ITK turns the whole image into spline coefficients before it looks up a single value. A coefficient depends on voxels
further away by 0.27 to the power of their distance: 64 voxels around the wanted part decide every digit of it.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.imaging.volume import Vector, Volume

Values = NDArray[np.float64]

POLE = math.sqrt(3.0) - 2.0
"""How a coefficient passes on to the next along a line (Unser, IEEE Signal Processing Magazine 16 (1999) 22-38)."""

TOLERANCE = 1e-10
"""ITK's: at which remainder the sum at the start of a line ends."""

MARGIN = 64
"""Voxels around the wanted part whose values still decide its last digit."""


@dataclass(frozen=True)
class Grid:
    """Where the voxels to compute lie: size and spacing (x, y, z), origin, direction as in a volume."""

    size: tuple[int, int, int]
    spacing_mm: Vector
    origin_mm: Vector
    direction: tuple[float, ...]


def same_digits_as_itk() -> bool:
    """Return whether this computer rounds as ITK does: elsewhere ITK may be compiled to fuse products and sums."""
    return platform.machine().lower() in {"x86_64", "amd64"}


def interpolate(
    image: Volume, grid: Grid, change: Callable[[NDArray[Any]], NDArray[Any]] | None = None
) -> NDArray[Any]:
    """Return the image at the voxels of a grid, in its own type; 0 outside of it.

    ``change`` is applied to the part of the image that is needed before it is interpolated.

    References
    ----------
    ITK 5.4, ``ResampleImageFilter`` with ``BSplineInterpolateImageFunction``.
    """
    starts, ends = _line_ends(image, grid)
    size = np.array(image.size_xyz)
    low, high = (extreme(np.stack([starts, ends]), axis=(0, 1)) for extreme in (np.min, np.max))
    first = np.clip(np.floor(low).astype(int) - 2 - MARGIN, 0, size - 1)
    stop = np.clip(np.floor(high).astype(int) + 4 + MARGIN, first + 1, size)
    part = image.array[tuple(slice(a, b) for a, b in zip(first[::-1], stop[::-1], strict=True))]
    part = change(part) if change else part
    values = np.zeros((len(starts), grid.size[0]))
    _look_up(_coefficients(part), first, size, starts, ends, values)
    return _as_type(values, part.dtype).reshape(grid.size[::-1])


def _line_ends(image: Volume, grid: Grid) -> tuple[Values, Values]:
    """Return where each line of the grid starts and ends, in voxels of the image: arrays of shape (lines, 3)."""
    forwards = np.reshape(grid.direction, (3, 3)) * np.array(grid.spacing_mm)
    backwards = _to_voxels(image.spacing_mm, image.direction)
    _, rows, slices = grid.size
    ends = []
    for x in (0, grid.size[0]):
        y, z = (part.ravel() for part in np.meshgrid(np.arange(rows), np.arange(slices)))
        points = [o + m[0] * x + m[1] * y + m[2] * z for o, m in zip(grid.origin_mm, forwards, strict=True)]
        vectors = [point - o for point, o in zip(points, image.origin_mm, strict=True)]
        ends.append(np.stack([m[0] * vectors[0] + m[1] * vectors[1] + m[2] * vectors[2] for m in backwards], axis=1))
    return ends[0], ends[1]


@lru_cache(maxsize=64)
def _to_voxels(spacing_mm: Vector, direction: tuple[float, ...]) -> Values:
    """Return ITK's matrix from millimetres to voxels."""
    import SimpleITK as sitk

    image = sitk.Image([1, 1, 1], sitk.sitkUInt8)
    image.SetSpacing(spacing_mm)
    image.SetDirection(direction)
    return np.array([image.TransformPhysicalPointToContinuousIndex(axis) for axis in np.eye(3).tolist()]).T


def _coefficients(part: NDArray[Any]) -> Values:
    """Return the spline coefficients of a part of an image, filtered along x, y and z."""
    slices, rows, columns = part.shape
    turned = np.ascontiguousarray(part.reshape(-1, columns).T, np.float64)
    _filter(turned.reshape(1, columns, -1), *_start_weights(columns))
    values = np.ascontiguousarray(turned.T)
    _filter(values.reshape(slices, rows, columns), *_start_weights(rows))
    _filter(values.reshape(1, slices, -1), *_start_weights(slices))
    return values.reshape(part.shape)


def _start_weights(length: int) -> tuple[Values, float]:
    """Return what each voxel of a line adds to its first coefficient (the line is mirrored at its ends); a divisor."""
    horizon = math.ceil(math.log(TOLERANCE) / math.log(abs(POLE)))
    forwards = POLE
    if horizon < length:
        weights = [1.0]
        for _ in range(1, horizon):
            weights.append(forwards)
            forwards *= POLE
        return np.array(weights), 1.0
    weights, inverse = [0.0] * length, 1.0 / POLE
    backwards = math.pow(POLE, length - 1)
    weights[0], weights[-1] = 1.0, backwards
    backwards *= backwards * inverse
    for n in range(1, length - 1):
        weights[n] = forwards + backwards
        forwards *= POLE
        backwards *= inverse
    return np.array(weights), 1.0 - forwards * forwards


def _as_type(values: Values, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return values in the image's type; ITK cuts digits behind the point and what is out of range."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.clip(values, limits.min, limits.max)
    return values.astype(dtype)


@compiled
def _filter(lines: Values, weights: Values, divisor: float) -> None:
    """Filter along the middle axis, in place."""
    groups, n, width = lines.shape
    if n == 1:
        return
    pole = np.sqrt(3.0) - 2.0
    gain = (1.0 - pole) * (1.0 - 1.0 / pole)
    last = pole / (pole * pole - 1.0)
    for g in range(groups):
        line = lines[g]
        for i in range(n):
            for w in range(width):
                line[i, w] *= gain
        _set_first(line, weights, divisor)
        for i in range(1, n):
            for w in range(width):
                line[i, w] += pole * line[i - 1, w]
        for w in range(width):
            line[n - 1, w] = last * (pole * line[n - 2, w] + line[n - 1, w])
        for i in range(n - 2, -1, -1):
            for w in range(width):
                line[i, w] = pole * (line[i + 1, w] - line[i, w])


@compiled
def _set_first(line: Values, weights: Values, divisor: float) -> None:
    """Set the first coefficient: the sum of all before it on the mirrored line, the last voxel's share added first."""
    first, n = line[0].copy(), len(weights)
    if n == len(line):
        n -= 1
        first += weights[n] * line[n]
    for i in range(1, n):
        for w in range(len(first)):
            first[w] += weights[i] * line[i, w]
    line[0] = first / divisor


@compiled
def _look_up(
    coefficients: Values,
    first: NDArray[np.int64],
    size: NDArray[np.int64],
    starts: Values,
    ends: Values,
    values: Values,
) -> None:
    """Write the spline's value at each voxel of each line; it stays 0 outside the image."""
    lines, length = values.shape
    _, rows, columns = coefficients.shape
    steps = (1, columns, rows * columns)
    flat = coefficients.ravel()
    weights, where = np.empty((3, 4, length)), np.empty((3, 4, length), np.int64)
    inside, total = np.empty(length, np.bool_), np.empty(length)
    for line in range(lines):
        inside[:] = True
        for n in range(3):
            _neighbours(starts[line, n], ends[line, n], size[n], inside, weights[n], where[n])
            for k in range(4):
                for i in range(length):
                    where[n, k, i] = (where[n, k, i] - first[n]) * steps[n] if inside[i] else 0
        total[:] = 0.0
        for c in range(4):
            for b in range(4):
                for a in range(4):
                    for i in range(length):
                        weight = weights[0, a, i] * weights[1, b, i] * weights[2, c, i]
                        total[i] += weight * flat[where[0, a, i] + where[1, b, i] + where[2, c, i]]
        for i in range(length):
            if inside[i]:
                values[line, i] = total[i]


@compiled
def _neighbours(
    start: float, end: float, size: int, inside: NDArray[np.bool_], weights: Values, where: NDArray[np.int64]
) -> None:
    """Find for each voxel of a line the four coefficients around it along one axis, and how much each counts."""
    length = len(inside)
    for i in range(length):
        x = start + i / length * (end - start)
        inside[i] &= -0.5 <= x < size - 0.5
        below = int(np.floor(np.float32(x)))
        w = x - below
        weights[3, i] = (1.0 / 6.0) * w * w * w
        weights[0, i] = (1.0 / 6.0) + 0.5 * w * (w - 1.0) - weights[3, i]
        weights[2, i] = w + weights[0, i] - 2.0 * weights[3, i]
        weights[1, i] = 1.0 - weights[0, i] - weights[2, i] - weights[3, i]
        for k in range(4):
            at = abs(below - 1 + k)
            if at >= size - 1:  # the image is mirrored; of two voxels ITK reads one before the first, in no image
                at = abs(2 * (size - 1) - at)
            where[k, i] = at if size > 1 else 0
