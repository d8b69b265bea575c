"""Image and mask on a new voxel size, around the region only; and a mask moved onto the image's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.boxes import bounding_box, crop
from radiomics_core.extraction.engines.fast.normalisation import Normalisation
from radiomics_core.extraction.engines.fast.splines import Grid, interpolate, same_digits_as_itk
from radiomics_core.extraction.failures import failure
from radiomics_core.extraction.fields import interpolator_name
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.resampling import resample_mask_to
from radiomics_core.imaging.volume import Volume

EDGE_TOLERANCE = 1e-3
"""Voxels a region may reach outside the image (pyradiomics 3.0.1, ``_checkROI``)."""


def resample(
    image: Volume, mask: Volume, settings: ExtractionSettings, normalised: Normalisation | None = None
) -> tuple[Volume, Volume]:
    """Resample the image, normalised before, and the mask; see pyradiomics 3.0.1, ``imageoperations.resampleImage``."""
    spacing = _new_spacing(mask, settings.value("resampledPixelSpacing"))
    low, size = _box(mask)
    _check_inside(image, mask, low, size)
    old = np.array(mask.spacing_mm)
    spacing = np.where(size != 1, spacing, old)
    pad = settings.value("padDistance")
    if np.allclose(image.spacing_mm, spacing):
        return _only_cropped(image, resample_mask_to(mask, image), pad, normalised)
    first, length = _new_grid(low, size, np.array(mask.size_xyz), old / spacing, pad)
    origin = _positions(mask, [0.5 * (spacing - old) / old + first / (old / spacing)])[0]
    grid = Grid((length[0], length[1], length[2]), tuple(spacing.tolist()), origin, mask.direction)
    array = _values_on(grid, image, interpolator_name(settings.value("interpolator")), normalised)
    made = Volume(array, grid.spacing_mm, grid.origin_mm, grid.direction)
    return made, made.with_array(_values_by_itk(grid, mask, "sitkNearestNeighbor").view(bool))


def move_mask(mask: Volume, image: Volume) -> Volume:
    """Put a mask onto the image's grid; see pyradiomics 3.0.1, ``imageoperations._correctMask``."""
    _check_inside(image, mask, *_box(mask))
    return resample_mask_to(mask, image)


def _new_spacing(mask: Volume, wanted: list[float]) -> NDArray[np.float64]:
    if len(wanted) != 3:
        raise failure("wrong number of axes")
    return np.where(np.array(wanted) == 0, mask.spacing_mm, wanted).astype(float)


def _box(mask: Volume) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first voxel of the region's box and its size, each (x, y, z)."""
    box = bounding_box(mask.array)[::-1]
    return np.array([part.start for part in box]), np.array([part.stop - part.start for part in box])


def _check_inside(image: Volume, mask: Volume, low: NDArray[np.int64], size: NDArray[np.int64]) -> None:
    grid = _grid(image)
    corners = [grid.TransformPhysicalPointToContinuousIndex(p) for p in _positions(mask, [low - 0.5, low + size - 0.5])]
    below = np.min(corners, axis=0) < -0.5 - EDGE_TOLERANCE
    above = np.max(corners, axis=0) > np.array(image.size_xyz) - 0.5 + EDGE_TOLERANCE
    if below.any() or above.any():
        raise failure("outside the image")


def _only_cropped(image: Volume, mask: Volume, pad: int, normalised: Normalisation | None) -> tuple[Volume, Volume]:
    if not mask.array.any():
        raise failure("no region left")
    cropped, region = crop(image, mask.array, pad)
    return cropped.with_array(normalised(cropped.array)) if normalised else cropped, region


def _new_grid(
    low: NDArray[Any], size: NDArray[Any], mask_size: NDArray[Any], ratio: NDArray[Any], pad: int
) -> tuple[NDArray[np.float64], list[int]]:
    """Return the first voxel (counted on the new grid) and the size of the part that is resampled."""
    first = np.floor((low - 0.5) * ratio - pad)
    last = np.ceil((low + size - 0.5) * ratio + pad)
    first = np.where(first < 0, 0, first)
    limit = np.ceil(mask_size * ratio) - 1
    last = np.where(last > limit, limit, last)
    return first, np.array(last - first + 1, int).tolist()


def _values_on(grid: Grid, image: Volume, interpolator: str, normalised: Normalisation | None) -> NDArray[Any]:
    if interpolator == "sitkBSpline" and same_digits_as_itk():
        return interpolate(image, grid, normalised)
    return _values_by_itk(grid, image.with_array(normalised(image.array)) if normalised else image, interpolator)


def _values_by_itk(grid: Grid, image: Volume, interpolator: str) -> NDArray[Any]:
    import SimpleITK as sitk

    resampler = sitk.ResampleImageFilter()
    resampler.SetOutputSpacing(grid.spacing_mm)
    resampler.SetOutputDirection(grid.direction)
    resampler.SetSize(grid.size)
    resampler.SetOutputOrigin(grid.origin_mm)
    resampler.SetInterpolator(getattr(sitk, interpolator))
    array: NDArray[Any] = sitk.GetArrayFromImage(resampler.Execute(image.to_sitk()))
    return array


def _positions(mask: Volume, indices: list[NDArray[Any]]) -> list[Any]:
    """Return patient positions of (fractional) voxels, computed by ITK."""
    grid = _grid(mask)
    return [grid.TransformContinuousIndexToPhysicalPoint(np.asarray(index, float).tolist()) for index in indices]


def _grid(volume: Volume) -> Any:
    """Return an ITK image of one voxel that has the volume's geometry."""
    import SimpleITK as sitk

    grid = sitk.Image([1, 1, 1], sitk.sitkUInt8)
    grid.SetSpacing(volume.spacing_mm)
    grid.SetOrigin(volume.origin_mm)
    grid.SetDirection(volume.direction)
    return grid
