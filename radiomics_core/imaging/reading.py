"""Reading volumes from files: NIfTI, NRRD, MetaImage (one file) or a DICOM series (its slices in order)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.completeness import NotFinite
from radiomics_core.imaging.data_files import data_files as data_files_named
from radiomics_core.imaging.data_files import refuse_data_outside
from radiomics_core.imaging.formats import reader_by_name, reader_of, series_reader, volume_extension
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.imaging.formats.itk import Header, in_space
from radiomics_core.imaging.geometry import check_grid
from radiomics_core.imaging.nifti_header import READ_ERRORS
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.volume import Volume

__all__ = [
    "Header",
    "check_header",
    "data_files",
    "labels_in",
    "placement_of",
    "read_header",
    "read_mask",
    "read_volume",
    "select_label",
    "volume_extension",
]

MAX_LABELS = 64


def read_header(path: Path) -> Header:
    """Read a volume file's header; raises ImageError when it cannot be read, or says what no grid can be."""
    reader = _reader([path])
    refuse_data_outside(path, reader.data_field)
    check_header(path)
    return reader.header(path)


def check_header(path: Path) -> None:
    """Refuse voxel sizes, positions and directions in a header that are no numbers or not positive.

    ITK replaces some of them (1 mm for a size of 0, 0 for a position of NaN), so the header is read beside it.

    Raises
    ------
    ImageError
        With the field and what stands in it.
    """
    reader = reader_by_name(path.name)
    try:
        wrong = reader.wrong_field(path) if reader else None
    except READ_ERRORS:
        return  # the file is damaged: reading its voxels says so
    if wrong:
        raise ImageError(
            lazy_("'{name}' cannot be used: its header says {field} = {value}"),
            remedy=lazy_("Export it again from its source, or resample it onto a regular grid; no size is made up"),
            name=path.name,
            field=wrong[0],
            value=wrong[1],
        )


def placement_of(files: Sequence[Path | str], volume: Volume) -> Placement:
    """Return how a volume was placed that was read from a file, or from the slices of a DICOM series."""
    paths = [Path(file) for file in files]
    return _reader(paths).placement(paths, volume)


def data_files(path: Path) -> list[Path]:
    """Return the files that hold the voxels of a header of its own; empty when they stand behind the header itself."""
    reader = reader_by_name(path.name)
    return data_files_named(path, reader.data_field) if reader else []


def _reader(paths: Sequence[Path]) -> ImageReader:
    """Return the reader of a file; several files, and one whose name says nothing, are slices."""
    return (reader_of(paths[0]) if len(paths) == 1 else None) or series_reader()


def read_volume(files: Sequence[Path | str] | Path | str) -> Volume:
    """Read one volume file, or the slices of a DICOM series in the given order.

    Raises
    ------
    ImageError
        When a file is missing, unreadable or truncated, or does not hold one three-dimensional scalar volume.
    """
    return _read_files(files)


def read_channel(files: Sequence[Path | str] | Path | str, channel: int) -> Volume:
    """Read as :func:`read_volume`, and of a file that holds several volumes the one with this number, from 0."""
    return _read_files(files, channel)


def _read_files(files: Sequence[Path | str] | Path | str, channel: int | None = None) -> Volume:
    paths = [Path(files)] if isinstance(files, (str, Path)) else [Path(f) for f in files]
    if not paths:
        raise ImageError(lazy_("no image file was given"), remedy=lazy_("Name one file, or the slices of a series"))
    for path in paths:
        if not path.is_file():
            raise ImageError(
                lazy_("'{name}' is not there"), remedy=lazy_("Check the path, or relink the moved file"), name=path.name
            )
    reader = _reader(paths)
    if reader.is_series:
        return _volume(_one_volume(reader.image(paths), paths[0]), paths[0])
    check_header(paths[0])
    not_finite = reader.look_through(paths[0])
    image = reader.image(paths)
    if channel is not None and image.GetNumberOfComponentsPerPixel() > 1:
        return _volume(_one_channel(image, paths[0], channel), paths[0])
    return _with_not_finite(_volume(_one_volume(image, paths[0]), paths[0]), not_finite)


def _volume(image: Any, path: Path) -> Volume:
    """Return an image as a volume; a grid that cannot be is told with the file's name."""
    check_grid(path.name, *in_space(image.GetSpacing(), image.GetOrigin(), image.GetDirection()))
    return Volume.from_sitk(image)


def _with_not_finite(volume: Volume, not_finite: NotFinite | None) -> Volume:
    """Put back the NaN and infinite voxels that ITK's NIfTI reader turned into 0."""
    if not_finite is None:
        return volume
    array = volume.array.copy()
    array.reshape(-1)[not_finite.positions] = not_finite.values
    return volume.with_array(array)


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
