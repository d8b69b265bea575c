"""Stationary wavelet transform: smooth (L) and detailed (H) parts of an image along x, y and z.

pyradiomics transforms the whole image with PyWavelets; here only what the box of the region needs is transformed, with
the same taps summed in the same order, so that values are equal to the last bit. The image goes on periodically, and an
axis with an odd number of voxels is first given its first voxel again at the end, as in pyradiomics.

References
----------
Nason & Silverman, The stationary wavelet transform and some statistical applications, in Wavelets and Statistics,
Springer (1995) 281-299.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Box, Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


def _name(level: int, letters: str) -> str:
    return f"wavelet{level if level > 1 else ''}-{letters}"


_BIORTHOGONAL = (1.1, 1.3, 1.5, 2.2, 2.4, 2.6, 2.8, 3.1, 3.3, 3.5, 3.7, 3.9, 4.4, 5.5, 6.8)
WAVELETS = (
    *(f"coif{order}" for order in range(1, 18)),
    "haar",
    "dmey",
    *(f"sym{order}" for order in range(2, 21)),
    *(f"db{order}" for order in range(1, 39)),
    *(f"{kind}{order}" for kind in ("bior", "rbio") for order in _BIORTHOGONAL),
)
"""Families that PyWavelets knows."""

Bounds = tuple[tuple[int, int], ...]
"""First and last + 1 position along each axis; positions below 0 or above the period are the image going on."""


@dataclass(frozen=True, eq=False)
class _Transform:
    """What does not change between the steps of a transform.

    ``bounds[k]`` is what is known after k steps: the last is the box, each before it what the next step looks at.
    """

    image: NDArray[Any]
    bounds: tuple[Bounds, ...]
    axes: list[int]
    periods: list[int]
    filters: tuple[NDArray[Any], NDArray[Any]]

    @classmethod
    def of(cls, prepared: Prepared, family: str, axes: list[int], steps: int) -> _Transform:
        from radiomics_core.extraction.engines.fast.compiled import as_compiled

        image = prepared.image.array
        dtype = np.float32 if image.dtype in (np.float16, np.float32) else np.float64  # as PyWavelets chooses
        filters = _filters(family, dtype)
        periods = [size + size % 2 for size in image.shape]
        bounds = [tuple((part.start, part.stop) for part in prepared.box)]
        for _ in range(steps):
            bounds.insert(0, _looked_at(bounds[0], axes, periods, len(filters[0])))
        part = image
        for axis, (start, stop) in enumerate(bounds[0]):
            part = _stretch(part, axis, start, stop, periods[axis])
        return cls(as_compiled(part, dtype), tuple(bounds), axes, periods, filters)

    def split(self, array: NDArray[Any], before: Bounds, after: Bounds) -> dict[str, NDArray[Any]]:
        """Split an image into low and high parts along each axis, in PyWavelets' order of axes and names."""
        from radiomics_core.extraction.engines.fast.convolution import convolve_pair

        taps = len(self.filters[0])
        bands = {"": array}
        for axis in self.axes:
            start, stop = after[axis]
            first, last = start + taps // 2 - (taps - 1), stop + taps // 2
            places = np.arange(start, stop) % self.periods[axis]
            reversed_taps = np.maximum(places + taps // 2 + 1 - self.periods[axis], 0)
            split = {}
            for name, band in bands.items():
                seen = _moved(band, axis, before[axis], (first, last), self.periods[axis])
                low, high = convolve_pair(seen, axis, self.filters, reversed_taps)
                split.update({f"{name}L": low, f"{name}H": high})
            bands = split
        return bands


@lru_cache
def _filters(family: str, dtype: type[np.floating[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the low and high filter as PyWavelets uses them: its answer to a single one among zeros.

    In single precision they are not its listed coefficients rounded.
    """
    import pywt

    taps = pywt.Wavelet(family).dec_len
    impulse = np.zeros(2 * taps, dtype)
    impulse[taps] = 1
    low, high = pywt.swt(impulse, family, level=1)[0]
    seen = slice(taps - taps // 2, taps - taps // 2 + taps)
    return low[seen].copy(), high[seen].copy()


def _looked_at(bounds: Bounds, axes: list[int], periods: list[int], taps: int) -> Bounds:
    """Return what a step looks at to give these bounds: a margin more, or one whole period."""
    wider = list(bounds)
    for axis in axes:
        start, stop = bounds[axis][0] + taps // 2 - (taps - 1), bounds[axis][1] + taps // 2
        wider[axis] = (start, stop) if stop - start < periods[axis] else (0, periods[axis])
    return tuple(wider)


def _stretch(image: NDArray[Any], axis: int, start: int, stop: int, period: int) -> NDArray[Any]:
    """Return positions of the image along one axis; beyond its end it goes on periodically."""
    size = image.shape[axis]
    if start >= 0 and stop <= size:
        return image[(slice(None),) * axis + (slice(start, stop),)]
    places = np.arange(start, stop) % period
    return image.take(np.where(places < size, places, 0), axis)


def _moved(band: NDArray[Any], axis: int, known: tuple[int, int], wanted: tuple[int, int], period: int) -> NDArray[Any]:
    """Return wanted positions from known ones, which are either the same or one whole period."""
    return band if known == wanted else band.take(np.arange(*wanted) % period, axis)


def _inside(bounds: Bounds, box: Box) -> Box:
    """Return where the box lies in an array with these bounds."""
    z, y, x = (slice(part.start - start, part.stop - start) for (start, _), part in zip(bounds, box, strict=True))
    return z, y, x


class Wavelet(ImageFilter):
    """Stationary wavelet transform."""

    meaning = lazy_("Computed on one wavelet part; L is smooth and H is detail, one letter for each axis.")
    menu = lazy_("Wavelet {detail}")
    fields = (
        SettingField(
            name="wavelet",
            type="choice",
            default="coif1",
            choices=WAVELETS,
            group="filters",
            help=lazy_("Family of the wavelet."),
        ),
        SettingField(
            name="level",
            type="int",
            default=1,
            minimum=0,
            above_minimum=True,
            group="filters",
            help=lazy_("Number of wavelet levels; each adds coarser images."),
        ),
        SettingField(
            name="start_level",
            type="int",
            default=0,
            minimum=0,
            group="filters",
            help=lazy_("First wavelet level to use, counted from 0."),
        ),
    )

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        axes = 2 if value("force2D") else 3
        bands = ["".join(letters) for letters in product("LH", repeat=axes)][1:]
        levels = range(1, value("level") + 1)
        return [*(_name(n, band) for n in levels for band in bands), _name(levels[-1], "L" * axes)]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        """Yield ``wavelet-LLH`` to ``wavelet-HHH`` (``wavelet2-...`` from the second level on) and, last, all low.

        See pyradiomics 3.0.1, ``imageoperations.getWaveletImage``. Letters stand for x, y and z; in force2D the axis
        across the slices has none.
        """
        axes = [2, 1, 0]
        if value("force2D"):
            axes.remove(value("force2Ddimension"))
        transform = _Transform.of(prepared, value("wavelet"), axes, value("start_level") + value("level"))
        array, bounds = transform.image, transform.bounds
        for step, after in enumerate(bounds[1:], start=1):
            bands = transform.split(array, bounds[step - 1], after)
            array = bands.pop("L" * len(axes))
            level = step - value("start_level")
            if level > 0:
                inside = _inside(after, prepared.box)
                for name, band in bands.items():
                    yield Filtered(_name(level, name), np.ascontiguousarray(band[inside]))
        yield Filtered(_name(value("level"), "L" * len(axes)), array)

    def detail(self, name: str) -> str:
        """See :class:`ImageFilter`."""
        return name.removeprefix("wavelet").strip("-")


CHOICE: Choice[ImageFilter] = Choice(
    name="Wavelet",
    label=lazy_("Wavelet"),
    build=Wavelet,
    help=lazy_("Splits the image into smooth and detailed parts along each axis; eight images per level in 3-D."),
    reference=PYRADIOMICS,
)
