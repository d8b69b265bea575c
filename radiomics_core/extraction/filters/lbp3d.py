"""Local binary patterns in 3-D: which points on a sphere around a voxel are at least as bright as the voxel itself.

The pattern on the sphere is described by spherical harmonics, which do not change when it turns; the kurtosis of the
intensities on the sphere is one more image. Only voxels of the region are computed, some at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.icosphere import icosphere
from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

VALUES_AT_ONCE = 1_000_000
"""Products of sphere points and harmonics in memory at a time (16 bytes each)."""


def _image(region: NDArray[np.bool_], values: Array) -> Array:
    image = np.zeros(region.shape)
    image[region] = values
    return image


def _of_voxels(prepared: Prepared, value: SettingValue) -> tuple[Array, Array]:
    """Return norms of the levels (voxels, levels) and kurtosis (voxels) of the region in array order."""
    from radiomics_core.extraction.engines.fast.spheres import Spheres

    radius, levels = float(value("lbp3DIcosphereRadius")), int(value("lbp3DLevels"))
    points = icosphere(int(value("lbp3DIcosphereSubdivision")), radius)
    harmonics, degrees = spherical_harmonics(points, radius, levels)
    image, box = prepared.image.array, prepared.box
    spheres = Spheres(image, box, points)
    voxels = np.argwhere(prepared.region[box]) + [part.start for part in box]
    patterns, kurtosis = np.empty((len(voxels), levels)), np.empty(len(voxels))
    at_once = max(VALUES_AT_ONCE // harmonics.size, 1)
    for start in range(0, len(voxels), at_once):
        some = voxels[start : start + at_once]
        on_sphere, in_middle = spheres.intensities(some), image[tuple(some.T)]
        kurtosis[start : start + at_once] = _kurtosis(on_sphere)
        patterns[start : start + at_once] = _norms(on_sphere >= in_middle[:, None], harmonics, degrees)
    return patterns, kurtosis


def spherical_harmonics(points: Array, radius: float, levels: int) -> tuple[Complex, NDArray[np.int64]]:
    """Return harmonics at the points (points, harmonics) and the degree of each.

    pyradiomics hands the polar angle over where scipy's ``sph_harm`` wants the azimuth, and the other way round: the
    same here, so that values are the same.
    """
    from scipy.special import sph_harm_y

    polar = np.arccos(np.clip(np.true_divide(points[:, 2], radius), -1, 1))  # the poles may lie a last bit outside
    azimuth = np.arctan2(points[:, 1], points[:, 0])
    orders = [(degree, order) for degree in range(levels) for order in range(-degree, degree + 1)]
    columns = [sph_harm_y(degree, order, np.abs(azimuth), polar) for degree, order in orders]
    return np.column_stack(columns), np.array([degree for degree, _ in orders])


def _norms(brighter: NDArray[np.bool_], harmonics: Complex, degrees: NDArray[np.int64]) -> Array:
    """Return the L2 norm over the sphere of each level of the patterns; shape (voxels, levels).

    Complex numbers are multiplied by numpy, in pyradiomics' layout: it may fuse a product and a sum, which a compiled
    loop does not, and as few norms occur, many voxels share a percentile and the last bit decides who is above it.
    """
    coefficients = np.multiply(brighter.astype(np.float64)[:, :, None], harmonics[None]).sum(axis=1)
    smoothed = np.empty((*brighter.shape, int(degrees[-1]) + 1), np.complex128)
    for degree in range(smoothed.shape[2]):
        of_degree = degrees == degree
        smoothed[:, :, degree] = (coefficients[:, None, of_degree] * harmonics[None, :, of_degree]).sum(axis=2)
    return np.asarray(np.sqrt((smoothed**2).sum(axis=1)).real)


def _kurtosis(samples: NDArray[np.generic]) -> Array:
    """Return the excess kurtosis along the second axis, NaN where all values are equal, as ``scipy.stats.kurtosis``."""
    values = samples if samples.dtype.kind == "f" else samples.astype(np.float64)
    mean = samples.mean(axis=1, keepdims=True)
    squared = (values - mean) ** 2
    second, fourth = squared.mean(axis=1), (squared**2).mean(axis=1)
    flat = second <= (np.finfo(second.dtype).eps * mean[:, 0]) ** 2
    with np.errstate(all="ignore"):
        kurtosis = fourth / second**2.0
    kurtosis[flat] = np.nan
    return np.asarray(kurtosis - 3, np.float64)


class LocalPatterns3D(ImageFilter):
    """Local binary patterns on a sphere."""

    meaning = lazy_("Computed on local binary patterns: which neighbours are brighter.")
    menu = lazy_("Local patterns 3-D, {detail}")
    fields = (
        SettingField(
            name="lbp3DLevels",
            type="int",
            default=2,
            minimum=1,
            group="filters",
            help=lazy_("Number of spherical-harmonic levels."),
        ),
        SettingField(
            name="lbp3DIcosphereRadius",
            type="float",
            default=1.0,
            unit="voxel",
            minimum=0,
            above_minimum=True,
            group="filters",
            help=lazy_("Radius of the sphere of neighbours."),
        ),
        SettingField(
            name="lbp3DIcosphereSubdivision",
            type="int",
            default=1,
            minimum=0,
            group="filters",
            help=lazy_("How finely the sphere is sampled."),
        ),
    )

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return [*(f"lbp-3D-m{n + 1}" for n in range(value("lbp3DLevels"))), "lbp-3D-k"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        """Yield one image per level and the kurtosis; see pyradiomics 3.0.1, ``imageoperations.getLBP3DImage``.

        Voxels outside the region are 0 (not set at all in pyradiomics).

        References
        ----------
        Banerjee et al., ACCV 2012 Workshops, LNCS 7728 (2013) 26-37.
        """
        region = prepared.region[prepared.box]
        patterns, kurtosis = _of_voxels(prepared, value)
        for level in range(patterns.shape[1]):
            yield Filtered(f"lbp-3D-m{level + 1}", _image(region, patterns[:, level]))
        yield Filtered("lbp-3D-k", _image(region, kurtosis))

    def detail(self, name: str) -> str:
        """See :class:`ImageFilter`."""
        return name.removeprefix("lbp-3D-")


CHOICE: Choice[ImageFilter] = Choice(
    name="LBP3D",
    label=lazy_("LBP3D"),
    build=LocalPatterns3D,
    help=lazy_("Local binary patterns on a sphere around each voxel."),
    reference=PYRADIOMICS,
)
