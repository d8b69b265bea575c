"""Taking images into a study: each is decoded and written anew from voxels and geometry, or it is not taken in.

What is stored carries numbers as names and empty headers; which file came from which name is known only to the caller.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from radiomics_core.errors import ImageError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.images.discovery import FoundFile, Progress
from radiomics_core.images.kinds import UNREADABLE_MEMBER, UNUSABLE_SERIES
from radiomics_core.images.kinds_intake import LEFT_OUT
from radiomics_core.imaging.reading import data_files, placement_of, read_header, read_volume
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import write_nifti

ENDING = ".nii.gz"
DOCUMENTS = frozenset({".pdf", ".doc", ".docx", ".ppt", ".pptx", ".rtf"})
TEXTS = frozenset({".txt", ".csv", ".tsv", ".json", ".xml", ".html", ".md", ".log", ".xls", ".xlsx", ".yaml", ".yml"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif"})
COPIES = frozenset({".bak", ".old", ".orig", ".tmp", ".swp"})
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz"})


@dataclass(frozen=True)
class Intake:
    """Stored files under the names they came with (``relative``), and findings about those that were left out."""

    files: tuple[FoundFile, ...]
    findings: tuple[Finding, ...]


def take_in(files: Sequence[FoundFile], folder: Path, progress: Progress | None = None) -> Intake:
    """Write every volume and DICOM series that can be decoded as ``0001.nii.gz`` ... into a folder.

    A file that cannot be decoded, and a DICOM object that is no image, is left out and becomes a finding; the others
    go on. A series is a volume afterwards, named after its path.

    Raises
    ------
    ImageError
        When a volume cannot be written (disk full).
    """
    stored: list[FoundFile] = []
    findings: list[Finding] = []
    for done, file in enumerate(files, start=1):
        volume = _decoded(file, findings)
        if volume is not None:
            note = placement_of(file.files, volume).note()
            path = write_nifti(volume, folder / f"{len(stored) + 1:04d}{ENDING}", note=note)
            stored.append(_stored(file, path))
        if progress:
            progress(done, len(files), f"{done} / {len(files)}")
    return Intake(tuple(stored), tuple(findings))


def left_out(root: Path, files: Iterable[FoundFile]) -> list[Finding]:
    """Count by kind what lies under a folder of dropped files and is neither an image nor part of one."""
    known = {Path(path) for file in files for path in file.files}
    known |= {place for path in known for place in _parts(path)}
    others = [path for path in sorted(root.resolve().rglob("*")) if path.is_file() and path not in known]
    counts = Counter(_kind(path.relative_to(root.resolve())) for path in others)
    return [found(LEFT_OUT, n=n, what=what) for what, n in counts.items()]


def _decoded(file: FoundFile, findings: list[Finding]) -> Volume | None:
    if file.kind not in ("volume", "dicom"):
        findings.extend(file.findings or [found(UNREADABLE_MEMBER, problem=file.problem)])
        return None
    try:
        return read_volume(file.files)
    except ImageError as error:
        kind = found(UNUSABLE_SERIES, path=file.relative, problem=str(error))
        findings.append(kind if file.kind == "dicom" else found(UNREADABLE_MEMBER, problem=str(error)))
        return None


def _stored(file: FoundFile, path: Path) -> FoundFile:
    relative = file.relative if file.extension else file.relative + ENDING
    keys = file.header.keys if file.header else {}
    header = dataclasses.replace(read_header(path), keys=keys)
    return dataclasses.replace(
        file, relative=relative, files=(str(path),), kind="volume", header=header, acquired="", problem=""
    )


def _parts(path: Path) -> list[Path]:
    try:
        return [place.resolve() for place in data_files(path)]
    except ImageError:
        return []


def _kind(relative: Path) -> LazyText:
    ending = relative.suffix.lower()
    kinds = (
        (any(part.startswith(".") or part == "__MACOSX" for part in relative.parts), lazy_("hidden files")),
        (ending in DOCUMENTS, lazy_("documents")),
        (ending in TEXTS, lazy_("tables and text")),
        (ending in PICTURES, lazy_("pictures")),
        (ending in COPIES or ending.endswith("~"), lazy_("backup copies")),
        (ending in ARCHIVES, lazy_("archives that are damaged, nested too deep or of another kind than zip")),
    )
    return next((words for fits, words in kinds if fits), lazy_("files of other kinds"))
