"""Stored copies without identity: pixel data and geometry only, under names that hold no patient's name."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from radiomics_core.anchors import check_place
from radiomics_core.cohort.discovery import FoundFile, Progress, discover
from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.reading import read_volume
from radiomics_core.imaging.volume import Volume


def write_nifti(volume: Volume, path: Path | str) -> Path:
    """Write a volume as compressed NIfTI with an empty description; whole or not at all.

    Raises
    ------
    ImageError
        When it cannot be written (disk full).
    """
    import SimpleITK as sitk

    path = Path(path)
    part = path.with_name(f".{uuid.uuid4().hex}.nii.gz")
    check_place(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sitk.WriteImage(volume.to_sitk(), str(part), useCompression=True)
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


def store_series(files: Sequence[Path | str], path: Path | str) -> Path:
    """Write a DICOM series as NIfTI: no tag, no date and no name of the original is kept."""
    return write_nifti(read_volume(files), path)


def patient_names(files: Sequence[Path | str]) -> set[str]:
    """Return the parts of the patient's name in a series' first file (lower case, three letters or more).

    A part that is also in the patient id is none: de-identified series often carry the id as a name, and the id is
    what the clinical table is matched by.
    """
    import pydicom

    dataset = pydicom.dcmread(files[0], stop_before_pixels=True, specific_tags=["PatientName", "PatientID"], force=True)
    parts = re.findall(r"[^\W\d_]{3,}", str(dataset.get("PatientName") or "").lower())
    return set(parts) - set(re.findall(r"[^\W\d_]{3,}", str(dataset.get("PatientID") or "").lower()))


def without_names(relative: str, names: set[str], number: int) -> str:
    """Return a path in which each level that holds one of the names reads ``case<number>``."""
    levels = relative.split("/")
    return "/".join(f"case{number:03d}" if any(n in level.lower() for n in names) else level for level in levels)


def store_uploads(folder: Path | str, progress: Progress | None = None) -> list[FoundFile]:
    """Replace the DICOM files of an unpacked upload by de-identified NIfTI copies; return what is there then.

    Only call this on the study's own copy: the DICOM files in it are deleted after their conversion, and folders and
    volume files that carry the name of a patient are renamed. DICOM objects that are no image (RTSTRUCT, SEG) and
    series that cannot be used are deleted too, and returned with their findings.
    """
    root = Path(folder).resolve()
    found = discover(root, progress)
    names = {n for f in found if f.kind == "dicom" for n in patient_names(f.files)}
    numbers = {top: i for i, top in enumerate(sorted({f.relative.split("/")[0] for f in found}), start=1)}
    reported = []
    for file in found:
        target = root / without_names(file.stem, names, numbers[file.relative.split("/")[0]])
        if file.extension:
            _rename(Path(file.files[0]), target, file.extension)
            continue
        if file.kind == "dicom":
            store_series(file.files, _free_path(target, ".nii.gz"))
        else:
            reported.append(file)
        for path in file.files:
            Path(path).unlink(missing_ok=True)
    _remove_empty_folders(root)
    return sorted([*discover(root), *reported], key=lambda f: f.relative)


def _rename(path: Path, stem: Path, extension: str) -> None:
    if path == stem.with_name(stem.name + extension):
        return
    target = _free_path(stem, extension)
    check_place(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)


def _free_path(stem: Path, extension: str) -> Path:
    path, number = stem.with_name(stem.name + extension), 2
    while path.exists():
        path, number = stem.with_name(f"{stem.name}-{number}{extension}"), number + 1
    return path


def _remove_empty_folders(root: Path) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
