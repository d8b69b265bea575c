"""Local binary patterns slice by slice: which neighbours on a circle are at least as bright as the voxel itself.

Written out in array arithmetic over the box instead of calling scikit-image on whole slices: the same sums in the same
order, with the coordinates of the whole slice, because their rounding decides between equal neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice

Array = NDArray[np.float64]

MOST_SAMPLES = 30
"""More bits do not fit into the pattern number of ``default`` and ``ror``."""


class _Circle:
    """Points on a circle, and intensities there, interpolated between four voxels (zero outside the image)."""

    def __init__(self, radius: float, samples: int) -> None:
        angle = 2 * np.pi * np.arange(samples, dtype=np.float64) / samples
        self.samples = samples
        self.rows: Array = np.round(-radius * np.sin(angle), 5)
        self.columns: Array = np.round(radius * np.cos(angle), 5)
        self.margin = math.ceil(radius) + 1

    def around(self, plane: NDArray[np.generic], rows: slice, columns: slice) -> tuple[Array, Array]:
        """Return intensities at the points (samples, rows, columns) and in the middle (rows, columns)."""
        m, height, width = self.margin, rows.stop - rows.start, columns.stop - columns.start
        near = _cut(plane, rows, columns, m)
        at_points = np.empty((self.samples, height, width))
        for number, (down, right) in enumerate(zip(self.rows, self.columns, strict=True)):
            below, beside = _past_voxel(rows, down), _past_voxel(columns, right)
            r, c = m + math.floor(down), m + math.floor(right)
            upper = (1 - beside) * near[r : r + height, c : c + width]
            upper += beside * near[r : r + height, c + 1 : c + 1 + width]
            lower = (1 - beside) * near[r + 1 : r + 1 + height, c : c + width]
            lower += beside * near[r + 1 : r + 1 + height, c + 1 : c + 1 + width]
            at_points[number] = (1 - below[:, None]) * upper + below[:, None] * lower
        return at_points, near[m : m + height, m : m + width]


def _cut(plane: NDArray[np.generic], rows: slice, columns: slice, margin: int) -> Array:
    near = np.zeros((rows.stop - rows.start + 2 * margin + 1, columns.stop - columns.start + 2 * margin + 1))
    first_row, first_column = rows.start - margin, columns.start - margin
    r, c = max(first_row, 0), max(first_column, 0)
    part = plane[r : first_row + near.shape[0], c : first_column + near.shape[1]]
    near[r - first_row :, c - first_column :][: part.shape[0], : part.shape[1]] = part
    return near


def _past_voxel(part: slice, offset: float) -> Array:
    """Return how far ``index + offset`` lies past the voxel below it, for each index of a part of an axis."""
    position = np.arange(part.start, part.stop) + offset
    return np.asarray(position - np.floor(position))


def _pattern(method: str, samples: int) -> Callable[[Array, Array], Array]:
    if method == "var":
        return _variance
    if method == "uniform":
        return lambda points, middle: _uniform(_not_darker(points, middle))
    if samples > MOST_SAMPLES:
        raise ExtractionError(
            lazy_("LBP2D with method '{method}' takes at most {most} neighbours, got {samples}"),
            remedy=lazy_("Use fewer neighbours (lbp2DSamples), or the method 'uniform'"),
            method=method,
            most=MOST_SAMPLES,
            samples=samples,
        )
    number = _smallest_rotation if method == "ror" else _number
    return lambda points, middle: number(_not_darker(points, middle)).astype(np.float64)


def _not_darker(points: Array, middle: Array) -> NDArray[np.bool_]:
    return np.asarray(points - middle >= 0)


def _number(bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    weights = 2 ** np.arange(len(bits), dtype=np.int64)
    return np.asarray(np.tensordot(weights, bits, 1))


def _smallest_rotation(bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    smallest = rotated = _number(bits)
    for _ in range(len(bits) - 1):
        rotated = (rotated >> 1) | ((rotated & 1) << (len(bits) - 1))
        smallest = np.minimum(smallest, rotated)
    return smallest


def _uniform(bits: NDArray[np.bool_]) -> Array:
    changes = np.count_nonzero(bits[1:] != bits[:-1], axis=0)
    return np.where(changes <= 2, np.count_nonzero(bits, axis=0), len(bits) + 1).astype(np.float64)


def _variance(points: Array, middle: Array) -> Array:
    total, squares = np.zeros_like(middle), np.zeros_like(middle)
    for one in points:
        total += one
        squares += one * one
    variance = (squares - (total * total) / len(points)) / len(points)
    variance[variance == 0] = np.nan
    return variance


class LocalPatterns2D(ImageFilter):
    """Local binary patterns slice by slice."""

    meaning = lazy_("Computed on local binary patterns: which neighbours are brighter.")
    menu = lazy_("Local patterns 2-D")
    fields = (
        SettingField(
            name="lbp2DRadius",
            type="float",
            default=1.0,
            unit="voxel",
            minimum=0,
            above_minimum=True,
            group="filters",
            help=lazy_("Radius of the circle of neighbours."),
        ),
        SettingField(
            name="lbp2DSamples",
            type="int",
            default=8,
            minimum=1,
            group="filters",
            help=lazy_("Number of neighbours on the circle."),
        ),
        SettingField(
            name="lbp2DMethod",
            type="choice",
            default="uniform",
            choices=("default", "ror", "uniform", "var"),
            group="filters",
            help=lazy_("How the pattern of neighbours becomes a number."),
        ),
    )

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["lbp-2D"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        """Yield the pattern numbers of each slice; see pyradiomics 3.0.1, ``imageoperations.getLBP2DImage``.

        As in pyradiomics, patterns are stored in the data type of the image: the fractions of ``var`` are lost on an
        image of integers. Slices are taken across ``force2Ddimension`` whether or not ``force2D`` is set.

        References
        ----------
        Ojala, Pietikainen & Maenpaa, IEEE Trans Pattern Anal Mach Intell 24 (2002) 971-987.
        """
        across = value("force2Ddimension")
        image = prepared.image.array.swapaxes(0, across)
        box = list(prepared.box)
        box[0], box[across] = box[across], box[0]
        circle = _Circle(float(value("lbp2DRadius")), int(value("lbp2DSamples")))
        pattern = _pattern(value("lbp2DMethod"), circle.samples)
        patterns = np.empty([part.stop - part.start for part in box], prepared.image.array.dtype)
        with np.errstate(invalid="ignore"):  # NaN of a flat circle becomes an integer, as in pyradiomics
            for number, plane in enumerate(image[box[0]]):
                patterns[number] = pattern(*circle.around(plane, box[1], box[2]))
        yield Filtered("lbp-2D", np.ascontiguousarray(patterns.swapaxes(0, across)))


CHOICE: Choice[ImageFilter] = Choice(
    name="LBP2D",
    label=lazy_("LBP2D"),
    build=LocalPatterns2D,
    help=lazy_("Local binary patterns slice by slice: which neighbours are brighter."),
    reference=PYRADIOMICS,
)
