"""Numbers that show whether a mask and its image can be used together; judging them is the cohort's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.imaging.volume import GridMatch, Volume, same_grid

AXES_ZYX = ("axial", "coronal", "sagittal")


@dataclass(frozen=True)
class QualityRow:
    """What one image-mask pair looks like.

    Attributes
    ----------
    voxels, volume_ml : size of the region on the mask's own grid
    components, largest_component : separate pieces (26-connected) and the voxels of the largest
    touches_border : the region reaches the first or last voxel along an axis longer than one
    grid : whether image and mask lie on one grid
    n_nan, n_nan_outside : voxels that are not finite, inside the region and elsewhere
    constant : all region voxels have one value
    roi_mean, roi_sd, roi_min, roi_max : of finite region voxels, image units; NaN when there are none
    largest_slice : (z, y, x) index of the slice with most region voxels per axis; (-1, -1, -1) when empty
    image_digest : of the image's voxels
    spacing_mm : of the image, (x, y, z)
    transform : what the image's position was read from, a key of ``placement.TRANSFORM_WORDS``; "" when not looked at
    """

    voxels: int
    volume_ml: float
    components: int
    largest_component: int
    touches_border: bool
    grid: GridMatch
    n_nan: int
    n_nan_outside: int
    constant: bool
    roi_mean: float
    roi_sd: float
    roi_min: float
    roi_max: float
    largest_slice: tuple[int, int, int]
    image_digest: str
    spacing_mm: tuple[float, float, float] = (float("nan"), float("nan"), float("nan"))
    transform: str = ""


def check_pair(image: Volume, mask: Volume, *, image_digest: str | None = None) -> QualityRow:
    """Measure one pair; intensities are only read when both lie on one grid.

    Parameters
    ----------
    mask : Volume of bool
    image_digest : str, optional
        Digest of the image's voxels when it is already known.
    """
    grid = same_grid(image, mask)
    box = bounding_box(mask.array)
    inside = mask.array[box]
    sizes = _component_sizes(inside)
    voxels = int(np.count_nonzero(inside))
    n_nan_image = count_not_finite(image.array)
    values = image.array[box][inside] if grid.matches else np.empty(0)
    n_nan = count_not_finite(values)
    return QualityRow(
        voxels, voxels * mask.voxel_ml, len(sizes), max(sizes, default=0),
        _touches_border(mask.array.shape, box, voxels), grid, n_nan, n_nan_image - n_nan, *_intensities(values),
        largest_slices(mask), image_digest or image.digest(), image.spacing_mm,
    )  # fmt: skip


def bounding_box(mask: NDArray[Any]) -> tuple[slice, slice, slice]:
    """Return the slices (z, y, x) around the true voxels; empty slices when there are none."""
    slices = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        hit = np.flatnonzero(mask.any(axis=others))
        slices.append(slice(int(hit[0]), int(hit[-1]) + 1) if hit.size else slice(0, 0))
    return slices[0], slices[1], slices[2]


def count_not_finite(array: NDArray[Any]) -> int:
    """Return how many values are NaN or infinite; integers never are."""
    if array.dtype.kind != "f":
        return 0
    return int(array.size - np.count_nonzero(np.isfinite(array)))


def largest_slices(mask: Volume) -> tuple[int, int, int]:
    """Return the index of the slice with most mask voxels along z, y and x (the middle one of equals)."""
    if not mask.array.any():
        return -1, -1, -1
    best = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        counts = np.count_nonzero(mask.array, axis=others)
        top = np.flatnonzero(counts == counts.max())
        best.append(int(top[len(top) // 2]))
    return best[0], best[1], best[2]


def _component_sizes(mask: NDArray[Any]) -> list[int]:
    from scipy import ndimage

    if not mask.size:
        return []
    labelled, n = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    return [int(c) for c in np.bincount(labelled.ravel(), minlength=n + 1)[1:]]


def _touches_border(shape: tuple[int, ...], box: tuple[slice, ...], voxels: int) -> bool:
    if not voxels:
        return False
    return any(n > 1 and (s.start == 0 or s.stop == n) for n, s in zip(shape, box, strict=True))


def _intensities(values: NDArray[Any]) -> tuple[bool, float, float, float, float]:
    """Return constant, mean, population SD, minimum and maximum of the finite values."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        nan = float("nan")
        return False, nan, nan, nan, nan
    low, high = float(finite.min()), float(finite.max())
    return low == high, float(finite.mean()), float(finite.std()), low, high
