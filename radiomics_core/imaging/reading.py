"""Reading volumes from files: NIfTI, NRRD, MetaImage (one file) or a DICOM series (its slices in order)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.completeness import NotFinite, inspect_nifti
from radiomics_core.imaging.data_files import refuse_data_outside
from radiomics_core.imaging.geometry import check_grid
from radiomics_core.imaging.placement import check_header, slice_thickness_mm
from radiomics_core.imaging.volume import Vector, Volume

VOLUME_EXTENSIONS = (".seg.nrrd", ".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")
MAX_LABELS = 64
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


def volume_extension(name: str) -> str:
    """Return the extension of a volume file as one piece (``.nii.gz``), ``""`` when it is none."""
    lower = name.lower()
    return next((e for e in VOLUME_EXTENSIONS if lower.endswith(e)), "")


def read_header(path: Path) -> Header:
    """Read a volume file's header; raises ImageError when it cannot be read, or says what no grid can be."""
    import SimpleITK as sitk

    refuse_data_outside(path)
    check_header(path)

    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except ITK_ERRORS as error:
        raise _unreadable(path, error) from error
    spacing, origin, direction = _three(reader.GetSpacing(), reader.GetOrigin(), reader.GetDirection())
    check_grid(path.name, spacing, origin, direction)
    is_integer = "integer" in sitk.GetPixelIDValueAsString(reader.GetPixelID())
    keys = {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys() if key.startswith("Segment")}
    return Header(reader.GetSize(), spacing, origin, direction, reader.GetNumberOfComponents(), is_integer, keys)


def _three(
    spacing: Sequence[float], origin: Sequence[float], direction: Sequence[float]
) -> tuple[Vector, Vector, tuple[float, ...]]:
    n = len(spacing)
    matrix = np.eye(3)
    matrix[: min(n, 3), : min(n, 3)] = np.asarray(direction, float).reshape(n, n)[:3, :3]
    sx, sy, sz = (*spacing, 1.0)[:3]
    ox, oy, oz = (*origin, 0.0)[:3]
    return (sx, sy, sz), (ox, oy, oz), tuple(float(v) for v in matrix.ravel())


def read_volume(files: Sequence[Path | str] | Path | str) -> Volume:
    """Read one volume file, or the slices of a DICOM series in the given order.

    Raises
    ------
    ImageError
        When a file is missing, unreadable or truncated, or does not hold one three-dimensional scalar volume.
    """
    return _read_files(files)


def _read_files(files: Sequence[Path | str] | Path | str, channel: int | None = None) -> Volume:
    paths = [Path(files)] if isinstance(files, (str, Path)) else [Path(f) for f in files]
    if not paths:
        raise ImageError(lazy_("no image file was given"), remedy=lazy_("Name one file, or the slices of a series"))
    for path in paths:
        if not path.is_file():
            raise ImageError(
                lazy_("'{name}' is not there"), remedy=lazy_("Check the path, or relink the moved file"), name=path.name
            )
    if len(paths) > 1 or not volume_extension(paths[0].name):
        return _volume(_one_volume(_read_series(paths), paths[0]), paths[0])
    check_header(paths[0])
    not_finite = inspect_nifti(paths[0])
    image = _read_one(paths[0])
    if channel is not None and image.GetNumberOfComponentsPerPixel() > 1:
        return _volume(_one_channel(image, paths[0], channel), paths[0])
    return _with_not_finite(_volume(_one_volume(image, paths[0]), paths[0]), not_finite)


def _volume(image: Any, path: Path) -> Volume:
    """Return an image as a volume; a grid that cannot be is told with the file's name."""
    check_grid(path.name, *_three(image.GetSpacing(), image.GetOrigin(), image.GetDirection()))
    return Volume.from_sitk(image)


def _with_not_finite(volume: Volume, not_finite: NotFinite | None) -> Volume:
    """Put back the NaN and infinite voxels that ITK's NIfTI reader turned into 0."""
    if not_finite is None:
        return volume
    array = volume.array.copy()
    array.reshape(-1)[not_finite.positions] = not_finite.values
    return volume.with_array(array)


def _read_one(path: Path) -> Any:
    import SimpleITK as sitk

    refuse_data_outside(path)
    try:
        return sitk.ReadImage(str(path))
    except ITK_ERRORS as error:
        raise _unreadable(path, error) from error


def _read_series(paths: list[Path]) -> Any:
    import SimpleITK as sitk

    reader = sitk.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames([str(path) for path in paths])
    try:
        image = reader.Execute()
    except ITK_ERRORS as error:
        raise _unreadable(paths[0], error) from error
    return _as_thick_as_it_says(image, paths[0]) if len(paths) == 1 else image


def _as_thick_as_it_says(image: Any, path: Path) -> Any:
    """Give a single slice its thickness: ITK knows distances between slices only, and takes 1 mm."""
    thickness = slice_thickness_mm(path) if image.GetDimension() == 3 and image.GetSize()[2] == 1 else None
    if thickness is not None:
        image.SetSpacing((*image.GetSpacing()[:2], thickness))
    return image


def _one_volume(image: Any, path: Path) -> Any:
    """Return a 2-D or 3-D scalar image; a fourth axis of length one is dropped."""
    if image.GetNumberOfComponentsPerPixel() > 1:
        raise ImageError(
            lazy_("'{name}' has {n} components per voxel, needs 1"),
            remedy=lazy_("Export a greyscale volume (or one segment per file) and try again"),
            name=path.name,
            n=image.GetNumberOfComponentsPerPixel(),
        )
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        return image[:, :, :, 0]
    if image.GetDimension() > 3:
        raise ImageError(
            lazy_("'{name}' has {n} axes of sizes {sizes}, needs 3"),
            remedy=lazy_("Save each time point or sequence as its own three-dimensional file"),
            name=path.name,
            n=image.GetDimension(),
            sizes=" x ".join(str(s) for s in image.GetSize()),
        )
    return image


def _one_channel(image: Any, path: Path, channel: int) -> Any:
    """Return one channel of an image with several."""
    import SimpleITK as sitk

    n = image.GetNumberOfComponentsPerPixel()
    if not 0 <= channel < n:
        raise ImageError(
            lazy_("'{name}' has no channel {channel}, it has {n}, counted from 0"),
            remedy=lazy_("Choose one of its channels (label_channel), or correct the mask"),
            name=path.name,
            channel=channel,
            n=n,
        )
    return _one_volume(sitk.VectorIndexSelectionCast(image, channel), path)


def _unreadable(path: Path, error: Exception) -> ImageError:
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


def labels_in(volume: Volume) -> list[int]:
    """Return the non-zero label values of a label map in ascending order.

    Raises
    ------
    ImageError
        When the values are not whole numbers, or there are more than 64 (then it is an image, not a mask).
    """
    array = volume.array
    if array.dtype == bool:
        return [1] if array.any() else []
    values = np.unique(array[array != 0])
    if array.dtype.kind == "f" and not np.all(values == np.round(values)):
        raise ImageError(
            lazy_("the mask holds values that are not whole numbers"),
            remedy=lazy_("Export it as a label map; a probability map must be thresholded first"),
        )
    if len(values) > MAX_LABELS:
        raise ImageError(
            lazy_("the mask holds {n} different values, at most {limit} are labels"),
            remedy=lazy_("Check that this file is a mask and not an image"),
            n=len(values),
            limit=MAX_LABELS,
        )
    return [int(v) for v in values]


def read_mask(files: Sequence[Path | str] | Path | str, label: int | None = None, channel: int | None = None) -> Volume:
    """Read a mask as bool voxels: those equal to ``label``, or every non-zero voxel.

    Parameters
    ----------
    files : path, or sequence of paths
    label : int, optional
        Value that marks the region.
    channel : int, optional
        Which mask of a file that holds several overlapping ones, from 0; such a file is refused without.

    Raises
    ------
    ImageError
        When the file cannot be read, or holds other labels or channels than the one asked for.
    """
    return select_label(_read_files(files, channel), label)


def select_label(volume: Volume, label: int | None) -> Volume:
    """Return the voxels of a label map that carry a label (None: any) as a bool volume."""
    array = volume.array
    if label is None:
        return volume.with_array(array if array.dtype == bool else array != 0)
    chosen = array == label
    if not chosen.any() and array.any():
        raise ImageError(
            lazy_("the mask has no voxel with label {label}, it holds {labels}"),
            remedy=lazy_("Choose one of its labels, or correct the mask"),
            label=label,
            labels=", ".join(str(v) for v in labels_in(volume)),
        )
    return volume.with_array(chosen)
