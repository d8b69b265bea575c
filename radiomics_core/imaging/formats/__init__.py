"""File formats of volumes: one format a file and a row.

They stand in ``imaging``, not in ``images``: voxels and geometry are all they know, and reading needs them below every
cohort. Which files of a folder belong together is discovery (``images``).
"""

from __future__ import annotations

from pathlib import Path

from radiomics_core.imaging.formats import dicom, meta_image, nifti, nrrd
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.registry import Registry

READERS: Registry[ImageReader] = Registry(
    "image format",
    nifti.CHOICE,
    nrrd.CHOICE,
    meta_image.CHOICE,
    dicom.CHOICE,
)
"""Formats of images and masks; the first that knows a file by its ending, else the first by its content, reads it."""


def every_reader() -> list[ImageReader]:
    """Return a reader of each format, in their order."""
    return [READERS.build(name) for name in READERS.names()]


def volume_extensions() -> tuple[str, ...]:
    """Return the endings of files that are whole volumes, longer ones first."""
    found = [ending for reader in every_reader() for ending in reader.extensions]
    return tuple(sorted(found, key=len, reverse=True))


def mask_extensions() -> tuple[str, ...]:
    """Return the endings that say that a file holds masks."""
    return tuple(ending for reader in every_reader() for ending in reader.mask_extensions)


def volume_extension(name: str) -> str:
    """Return the extension of a volume file as one piece (``.nii.gz``), ``""`` when it is none."""
    lower = name.lower()
    return next((e for e in volume_extensions() if lower.endswith(e)), "")


def reader_by_name(name: str) -> ImageReader | None:
    """Return the reader of a volume file by its name, None for any other."""
    ending = volume_extension(name)
    return next((reader for reader in every_reader() if ending in reader.extensions), None) if ending else None


def reader_of(path: Path) -> ImageReader | None:
    """Return the reader of a file by its name, else by its content; None for a file of another kind."""
    return reader_by_name(path.name) or next((reader for reader in every_reader() if reader.sniff(path)), None)


def series_reader() -> ImageReader:
    """Return what reads slices whose names say nothing."""
    return next(reader for reader in every_reader() if reader.is_series)
