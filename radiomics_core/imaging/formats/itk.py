"""What formats share that ITK reads: the header, the voxels, and its errors in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.geometry import check_grid
from radiomics_core.imaging.volume import Vector

ITK_ERRORS = (RuntimeError, MemoryError, ValueError, OverflowError)
"""What SimpleITK raises on a damaged file."""


@dataclass(frozen=True)
class Header:
    """What a file says about its volume before any voxel is read."""

    size_xyz: tuple[int, ...]
    spacing_mm: Vector
    origin_mm: Vector
    direction: tuple[float, ...]
    components: int
    is_integer: bool
    keys: dict[str, str]

    def grid_key(self) -> tuple[Any, ...]:
        """Return a key that two files on one grid share (rounded to 0.001 mm)."""
        numbers = (*self.spacing_mm, *self.origin_mm, *self.direction)
        return (*self.size_xyz, *(round(n, 3) + 0.0 for n in numbers))


def read_itk_header(path: Path) -> Header:
    """Read a volume file's header; raises ImageError when it cannot be read, or says what no grid can be."""
    import SimpleITK as sitk

    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except ITK_ERRORS as error:
        raise unreadable(path, error) from error
    spacing, origin, direction = in_space(reader.GetSpacing(), reader.GetOrigin(), reader.GetDirection())
    check_grid(path.name, spacing, origin, direction)
    is_integer = "integer" in sitk.GetPixelIDValueAsString(reader.GetPixelID())
    keys = {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys() if key.startswith("Segment")}
    return Header(reader.GetSize(), spacing, origin, direction, reader.GetNumberOfComponents(), is_integer, keys)


def read_itk_image(path: Path) -> Any:
    """Read the voxels of one file; raises ImageError when they cannot be read."""
    import SimpleITK as sitk

    try:
        return sitk.ReadImage(str(path))
    except ITK_ERRORS as error:
        raise unreadable(path, error) from error


def in_space(
    spacing: Sequence[float], origin: Sequence[float], direction: Sequence[float]
) -> tuple[Vector, Vector, tuple[float, ...]]:
    """Return voxel size, position and direction of an image with two to four axes, in three."""
    n = len(spacing)
    matrix = np.eye(3)
    matrix[: min(n, 3), : min(n, 3)] = np.asarray(direction, float).reshape(n, n)[:3, :3]
    sx, sy, sz = (*spacing, 1.0)[:3]
    ox, oy, oz = (*origin, 0.0)[:3]
    return (sx, sy, sz), (ox, oy, oz), tuple(float(v) for v in matrix.ravel())


def unreadable(path: Path, error: Exception) -> ImageError:
    """Return the error that a file cannot be read, with ITK's reason."""
    reason = _short_reason(str(error))
    if "orthonormal" in reason:
        return ImageError(
            lazy_("'{name}' has a sheared orientation, needs axes at right angles"),
            remedy=lazy_("Resample it onto a regular grid (3D Slicer: Resample Scalar Volume) and try again"),
            name=path.name,
        )
    return ImageError(
        lazy_(
            "'{name}' ({size} bytes) cannot be read, expected a complete NIfTI, NRRD, MetaImage or DICOM file: {reason}"
        ),
        remedy=lazy_("Copy or export the file again; it may be truncated"),
        name=path.name,
        size=path.stat().st_size if path.exists() else 0,
        reason=reason,
    )


def _short_reason(text: str) -> str:
    """Return the last line of ITK's message without source positions and paths."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else "unknown"
    words = [w for w in last.split("):")[-1].split() if "/" not in w and "\\" not in w]
    return " ".join(words)[:160]
