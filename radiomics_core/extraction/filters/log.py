"""Laplacian of Gaussian: brings out blobs and edges of the size of sigma.

Gaussians and their derivatives are recursive filters after Deriche, in the version of ITK, which pyradiomics calls:
passes along x, y and z in ITK's order, every intermediate image in single precision, so that values are ITK's to the
last digit. Only what the region's box needs is computed: the last pass runs on lines through the box, the pass before
it on the lines that the last one looks at.

References
----------
Deriche, Recursively implementing the Gaussian and its derivatives, INRIA research report 1893 (1993).
Farneback & Westin, Improving Deriche-style recursive Gaussian filters, J Math Imaging Vis 26 (2006) 293-299.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import ceil, cos, exp, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Box, Filtered, LeftOut, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.imaging.volume import Volume
from radiomics_core.registry import Choice

FEWEST_VOXELS = 4
"""Along each axis: the recursion looks four voxels back."""

REACH = 30.0
"""Sigmas beyond which a voxel has no influence: the slowest part of the filters fades with exp(-1.3732 d / sigma), so
to 1e-18 at this distance, while a double resolves 1e-16."""

NARROWEST = 0.002
"""Sigma in voxels below which the exponentials of the filter are zero in double precision."""

TOO_SMALL = lazy_("the image is too small")
TOO_NARROW = lazy_("sigma is far below the size of a voxel")
NO_SIGMA = lazy_("no sigma is set")


def _name(sigma_mm: float) -> str:
    return f"log-sigma-{str(sigma_mm).replace('.', '-')}-mm-3D"


def _obstacle(sigma_mm: float, size: NDArray[Any], spacing_mm: NDArray[Any]) -> LazyText | None:
    if np.any(size < np.ceil(sigma_mm / spacing_mm) + 1):
        return TOO_SMALL
    return TOO_NARROW if np.any(sigma_mm < NARROWEST * spacing_mm) else None


def filter_box(image: Volume, box: Box, sigma_mm: float) -> NDArray[np.float32]:
    """Return the Laplacian of Gaussian inside a box, times sigma squared.

    Parameters
    ----------
    image : Volume
        Values in float32 or float64, C order.
    box : Box
    sigma_mm : float
    """
    from radiomics_core.extraction.engines.fast.recursion import filter_lines

    part = _part_looked_at(image, box, sigma_mm)
    box = _seen_from(part, box)
    result = np.zeros([wanted.stop - wanted.start for wanted in box], np.float32)
    for axis in (2, 1, 0):
        first, second = (other for other in (2, 1, 0) if other != axis)
        steep, flat, last = (_gaussian(sigma_mm, image.spacing_mm[2 - a], a == axis) for a in (axis, first, second))
        curved = filter_lines(image.array, part, axis, box[axis], steep)
        smooth = filter_lines(curved, _whole(curved), first, box[first], flat)
        spacing = image.spacing_mm[2 - axis]
        filter_lines(smooth, _whole(smooth), second, box[second], last, (result, 1.0 / (spacing * spacing)))
    return result


def _part_looked_at(image: Volume, box: Box, sigma_mm: float) -> Box:
    """Return the box grown by what the filters see, cut at the border."""
    parts = []
    for wanted, size, spacing in zip(box, image.array.shape, reversed(image.spacing_mm), strict=True):
        reach = ceil(REACH * sigma_mm / spacing) + FEWEST_VOXELS
        parts.append(slice(max(wanted.start - reach, 0), min(wanted.stop + reach, size)))
    return parts[0], parts[1], parts[2]


def _seen_from(part: Box, box: Box) -> Box:
    """Return the box counted from the start of a part."""
    z, y, x = (slice(b.start - p.start, b.stop - p.start) for p, b in zip(part, box, strict=True))
    return z, y, x


def _whole(array: NDArray[Any]) -> Box:
    nz, ny, nx = array.shape
    return slice(0, nz), slice(0, ny), slice(0, nx)


def _as_floats(array: NDArray[Any]) -> NDArray[Any]:
    """Return the values in single precision if that holds them exactly, else in double; C order."""
    from radiomics_core.extraction.engines.fast.compiled import as_compiled

    single = np.can_cast(array.dtype, np.float32, "safe")
    return as_compiled(array, np.float32 if single else np.float64)


@lru_cache(maxsize=64)
def _gaussian(sigma_mm: float, spacing_mm: float, second_derivative: bool) -> NDArray[np.float64]:
    """Return the coefficients of a Gaussian or of its second derivative (times sigma squared) for ``filter_lines``.

    Operations come in ITK's order, because their rounding reaches the filtered image.
    """
    waves = _Waves(sigma_mm / spacing_mm)
    d = np.array(waves.denominator())
    sd, dd, ed = _moments(1.0, *d)
    n = waves.numerator(*SMOOTH)
    if second_derivative:
        curved = waves.numerator(*CURVED)
        beta = -(2 * _moments(*curved)[0] - sd * curved[0]) / (2 * _moments(*n)[0] - sd * n[0])
        sn, dn, en = (c + beta * s for c, s in zip(_moments(*curved), _moments(*n), strict=True))
        alpha = (en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn) / (sd * sd * sd)
        scaled = (curved + beta * n) * (sigma_mm * sigma_mm / alpha)
    else:
        scaled = n * (1.0 / (2 * _moments(*n)[0] / sd - n[0]))
    m = np.append(scaled[1:] - d[:3] * scaled[0], -d[3] * scaled[0])
    total, total_back = _moments(*scaled)[0], ((m[0] + m[1]) + m[2]) + m[3]
    return np.concatenate([scaled, m, d, d * total / sd, d * total_back / sd])


SMOOTH = (1.3530, 1.8151, -0.3531, 0.0902)
CURVED = (-1.3563, 5.2318, 0.3446, -2.2355)
"""Amplitudes of the two damped waves that a Gaussian and its second derivative are fitted by; Farneback & Westin."""

FREQUENCIES = (0.6681, 2.0787)
DAMPING = (-1.3932, -1.3732)


class _Waves:
    """Two damped waves in steps of one voxel, for a Gaussian whose sigma is given in voxels."""

    def __init__(self, sigma: float) -> None:
        self.sines = [sin(w / sigma) for w in FREQUENCIES]
        self.cosines = [cos(w / sigma) for w in FREQUENCIES]
        self.decays = [exp(rate / sigma) for rate in DAMPING]

    def denominator(self) -> tuple[float, float, float, float]:
        """Return what is fed back: d1 to d4."""
        (c1, c2), (e1, e2) = self.cosines, self.decays
        return (
            -2 * (e2 * c2 + e1 * c1),
            4 * c2 * c1 * e1 * e2 + (e1 * e1 + e2 * e2),
            -2 * c1 * e1 * e2 * e2 + -2 * c2 * e2 * e1 * e1,
            e1 * e1 * e2 * e2,
        )

    def numerator(self, a1: float, b1: float, a2: float, b2: float) -> NDArray[np.float64]:
        """Return what is fed in: n0 to n3, for cosine amplitudes a and sine amplitudes b."""
        (s1, s2), (c1, c2), (e1, e2) = self.sines, self.cosines, self.decays
        n1 = e2 * (b2 * s2 - (a2 + 2 * a1) * c2) + e1 * (b1 * s1 - (a1 + 2 * a2) * c1)
        n2 = ((a1 + a2) * c2 * c1 - (b1 * c2 * s1 + b2 * c1 * s2)) * (2 * e1 * e2) + (a2 * e1 * e1 + a1 * e2 * e2)
        n3 = e2 * e1 * e1 * (b2 * s2 - a2 * c2) + e1 * e2 * e2 * (b1 * s1 - a1 * c1)
        return np.array([a1 + a2, n1, n2, n3])


def _moments(first: float, *rest: float) -> tuple[float, float, float]:
    """Return the sums of coefficients, of k times and of k squared times the k-th."""
    total, linear, square = first, 0.0, 0.0
    for k, coefficient in enumerate(rest, start=1):
        total, linear, square = total + coefficient, linear + k * coefficient, square + k * k * coefficient
    return total, linear, square


class LaplacianOfGaussian(ImageFilter):
    """Laplacian of Gaussian."""

    meaning = lazy_("Computed after bringing out edges and blobs of the size given by sigma.")
    menu = lazy_("LoG, {detail} mm")
    usual = {"sigma": [1.0, 2.0, 3.0]}  # noqa: RUF012
    fields = (
        SettingField(
            name="sigma",
            type="floats",
            default=None,
            unit="mm",
            minimum=0,
            above_minimum=True,
            group="filters",
            help=lazy_(
                "Width of the Laplacian of Gaussian: small finds fine texture, large coarse texture. Not smaller "
                "than a voxel."
            ),
        ),
    )

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return [_name(sigma) for sigma in value("sigma") or []]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered | LeftOut]:
        """Yield ``log-sigma-<sigma>-mm-3D`` for each sigma; see pyradiomics 3.0.1, ``imageoperations.getLoGImage``."""
        image = prepared.image
        size, spacing = np.array(image.size_xyz), np.array(image.spacing_mm)
        sigmas = value("sigma") or []
        if size.min() < FEWEST_VOXELS or not sigmas:
            yield LeftOut("LoG", TOO_SMALL if sigmas else NO_SIGMA)
            return
        causes = {sigma: _obstacle(sigma, size, spacing) for sigma in sigmas}
        possible = [sigma for sigma, cause in causes.items() if cause is None]
        if possible:
            part = _part_looked_at(image, prepared.box, max(possible))
            values = image.with_array(_as_floats(image.array[part]))
            box = _seen_from(part, prepared.box)
        for sigma in sigmas:
            cause = causes[sigma]
            if cause is not None:
                yield LeftOut(f"LoG {sigma:g}", cause)
            else:
                yield Filtered(_name(sigma), filter_box(values, box, float(sigma)))

    def detail(self, name: str) -> str:
        """See :class:`ImageFilter`."""
        return name.removeprefix("log-sigma-").removesuffix("-mm-3D").replace("-", ".").removesuffix(".0")


CHOICE: Choice[ImageFilter] = Choice(
    name="LoG",
    label=lazy_("LoG"),
    build=LaplacianOfGaussian,
    help=lazy_("Laplacian of Gaussian: brings out edges and blobs of the size given by each sigma."),
    reference=PYRADIOMICS,
)
