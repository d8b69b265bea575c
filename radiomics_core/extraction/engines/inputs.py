"""What every engine refuses before it starts: empty, mismatched and damaged inputs, in clinical words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.resampling import resample_mask_to
from radiomics_core.imaging.volume import same_grid

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

GRID_TOLERANCE_MM = 1e-3


def check_inputs(image: Volume, mask: Volume, settings: ExtractionSettings) -> bool:
    """Refuse inputs that cannot give meaningful features; return whether the mask is on another grid.

    Raises
    ------
    ExtractionError
        Empty region, one voxel, another grid without ``correctMask``, or values that are not numbers.
    """
    inside = np.asarray(mask.array, bool)
    _check_region(inside)
    moved = on_other_grid(image, mask, settings)
    _check_numbers(image, mask, settings, moved)
    _check_thickness(image, settings)
    return moved


def on_other_grid(image: Volume, mask: Volume, settings: ExtractionSettings) -> bool:
    """Return whether the mask lies on another grid than the image; raises without ``correctMask``."""
    match = same_grid(image, mask, tolerance_mm=settings.value("geometryTolerance") or GRID_TOLERANCE_MM)
    if not match.matches and not settings.value("correctMask"):
        raise ExtractionError(
            lazy_("image and mask lie on different grids ({what} differ): image {image}, mask {mask}"),
            remedy=lazy_("Resample the mask onto the image (correctMask), or export it again on the image"),
            what=", ".join(match.reasons),
            image=_grid_words(image, match.reasons),
            mask=_grid_words(mask, match.reasons),
        )
    return not match.matches


def _check_region(inside: np.ndarray) -> None:
    n = int(np.count_nonzero(inside))
    if n == 0:
        raise ExtractionError(
            lazy_("the mask holds no voxel of this region"),
            remedy=lazy_("Check which label marks the region, or export the mask again"),
        )
    if n == 1:
        raise ExtractionError(
            lazy_("the region has 1 voxel, texture needs many"),
            remedy=lazy_("Check the mask, or exclude the case"),
        )
    if n == inside.size:
        raise ExtractionError(
            lazy_("the region fills the whole image"),
            remedy=lazy_("Check that the mask is not inverted; an image needs at least one voxel outside the region"),
        )


def _check_numbers(image: Volume, mask: Volume, settings: ExtractionSettings, moved: bool) -> None:
    if image.array.dtype.kind not in "biuf":
        raise ExtractionError(
            lazy_("the image holds values of type {type}, extraction needs real numbers"),
            remedy=lazy_("Export the image again as intensities; of complex values take the magnitude"),
            type=image.array.dtype.name,
        )
    if image.array.dtype.kind != "f" or np.isfinite(image.array).all():
        return
    broken = ~np.isfinite(image.array)
    inside = np.asarray((resample_mask_to(mask, image) if moved else mask).array, bool)
    n_inside, n_all = int(np.count_nonzero(broken & inside)), int(np.count_nonzero(broken))
    if n_inside:
        raise ExtractionError(
            lazy_("{n} voxels inside the region are not numbers (NaN or infinite)"),
            remedy=lazy_("Export the image again, or exclude the case; they are never replaced silently"),
            n=n_inside,
        )
    if n_all and _looks_outside(settings):
        raise ExtractionError(
            lazy_("{n} voxels outside the region are not numbers; resampling and filters would spread them into it"),
            remedy=lazy_("Export the image again, or extract the original image without resampling"),
            n=n_all,
        )


def _looks_outside(settings: ExtractionSettings) -> bool:
    resampled = settings.value("resampledPixelSpacing") is not None
    return resampled or bool(settings.value("normalize")) or set(settings.image_types()) != {"Original"}


def _check_thickness(image: Volume, settings: ExtractionSettings) -> None:
    if "Wavelet" not in settings.image_types():
        return
    across = settings.value("force2Ddimension") if settings.value("force2D", "Wavelet") else None
    thin = [size for axis, size in enumerate(image.array.shape) if axis != across and size < 2]
    if thin:
        raise ExtractionError(
            lazy_("the image has a single slice, and a 3-D wavelet filter needs several"),
            remedy=lazy_("Use 2-D extraction (force2D), or leave the wavelet filter out"),
        )


def _grid_words(volume: Volume, parts: tuple[str, ...]) -> str:
    """Return some parts of a grid, for example ``size 128 x 128 x 40``."""
    values: dict[str, tuple[float, ...]] = {
        "size": volume.size_xyz,
        "spacing": volume.spacing_mm,
        "origin": volume.origin_mm,
        "direction": volume.direction,
    }
    return ", ".join(f"{part} {' x '.join(f'{value:.6g}' for value in values[part])}" for part in parts)
