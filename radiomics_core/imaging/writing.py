"""A volume as a file that other programs read."""

from __future__ import annotations

import errno
import gzip
import os
import tempfile
import uuid
import zlib
from pathlib import Path

from radiomics_core.errors import ImageError
from radiomics_core.files.anchors import check_place
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume
from radiomics_core.processes import this_process


def nifti_bytes(volume: Volume) -> bytes:
    """Return a volume as compressed NIfTI; it lies in the patient where the volume lies."""
    import SimpleITK as sitk

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "volume.nii.gz"
        sitk.WriteImage(volume.to_sitk(), str(file), useCompression=True)
        return file.read_bytes()


def write_nifti(volume: Volume, path: Path | str, *, note: str = "") -> Path:
    """Write a volume as compressed NIfTI: voxels and geometry, and nothing else in its header; whole or not at all.

    Parameters
    ----------
    note : str
        ``Placement.note()``: how the volume was placed in the file that it comes from, kept in ``descrip``.

    Raises
    ------
    ImageError
        When it cannot be written (disk full).
    """
    import SimpleITK as sitk

    path = Path(path)
    check_place(path)
    part = path.with_name(f".writing-{this_process().label}-{uuid.uuid4().hex[:12]}.nii.gz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        image = volume.to_sitk()
        if note:
            image.SetMetaData("ITK_FileNotes", note)
        sitk.WriteImage(image, str(part), useCompression=True)
        _refuse_cut(part, image.GetNumberOfPixels() * image.GetSizeOfPixelComponent())
        os.replace(part, path)  # noqa: PTH105
    except (OSError, RuntimeError) as error:
        raise ImageError(
            lazy_("'{name}' cannot be written"),
            remedy=lazy_("Free disk space or check the folder's permissions; nothing was changed"),
            name=path.name,
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _refuse_cut(file: Path, n_bytes: int) -> None:
    """Raise ``OSError`` when a compressed file holds less than its voxels: on a full disk ITK writes it without a word.

    Parameters
    ----------
    n_bytes : int
        Size of the voxels, uncompressed.
    """
    length = 0
    try:
        with gzip.open(file) as stream:
            while block := stream.read(1 << 20):
                length += len(block)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        length = 0
    if length < n_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
