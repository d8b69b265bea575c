"""A volume as a file that other programs read."""

from __future__ import annotations

import errno
import gzip
import os
import tempfile
import zlib
from pathlib import Path

from radiomics_core.errors import ImageError
from radiomics_core.files.atomic import file_in_one_step
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume


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
    image = volume.to_sitk()
    if note:
        image.SetMetaData("ITK_FileNotes", note)
    try:
        with file_in_one_step(path, durable=False, suffix=".nii.gz") as part:
            sitk.WriteImage(image, str(part), useCompression=True)
            _refuse_cut(part, image.GetNumberOfPixels() * image.GetSizeOfPixelComponent())
    except (OSError, RuntimeError) as error:
        raise ImageError(
            lazy_("'{name}' cannot be written"),
            remedy=lazy_("Free disk space or check the folder's permissions; nothing was changed"),
            name=path.name,
        ) from error
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
