"""Which volumes lie in a folder: header-only, so that thousands of files are listed in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from radiomics_core.errors import ImageError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.images import dicom_series
from radiomics_core.imaging.formats import reader_of
from radiomics_core.imaging.reading import Header, read_header, volume_extension

Progress = Callable[[int, int, str], None]
Kind = Literal["volume", "dicom", "rtstruct", "seg", "unreadable"]


@dataclass(frozen=True)
class FoundFile:
    """One volume file, or one DICOM series, in a folder.

    Attributes
    ----------
    relative : str
        Path under the folder with ``/``. A DICOM series goes by its folder (then ``/<number>-<description>`` when the
        folder holds several); slices at the top by the name of the folder itself.
    files : tuple of str
        The file, or the slices of a series in order; absolute.
    kind : {"volume", "dicom", "rtstruct", "seg", "unreadable"}
    header : Header or None
        Size, grid and pixel kind; None for a DICOM object that is no image, or when unreadable.
    modality, acquired : str
        From DICOM; empty otherwise.
    problem : str
        Why it cannot be read.
    findings : tuple of Finding
        What is odd about a series (irregular spacing ...).
    persons : frozenset of str
        Parts of the patient's name in DICOM tags; only to tell whether other names repeat it.
    """

    relative: str
    files: tuple[str, ...]
    kind: Kind = "volume"
    header: Header | None = None
    modality: str = ""
    acquired: str = ""
    problem: str = ""
    findings: tuple[Finding, ...] = ()
    persons: frozenset[str] = frozenset()

    @property
    def extension(self) -> str:
        """``.nii.gz``, ``.seg.nrrd`` ...; empty for a series."""
        return volume_extension(self.relative) if self.kind in ("volume", "unreadable") else ""

    @property
    def stem(self) -> str:
        """The relative path without its extension."""
        return self.relative[: len(self.relative) - len(self.extension)]

    def grid_key(self) -> tuple[Any, ...] | None:
        """A key shared by files on one grid."""
        return self.header.grid_key() if self.header else None


def discover(folder: Path | str, progress: Progress | None = None) -> list[FoundFile]:
    """List the volumes and DICOM series under a folder, in path order.

    Hidden files and everything that is neither a volume nor DICOM are passed over.

    Raises
    ------
    ImageError
        When the folder is not there.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise ImageError(
            lazy_("'{folder}' is not a folder on this computer"),
            remedy=lazy_("Check the path; the server must be able to see it"),
            folder=str(folder),
        )
    volumes: list[Path] = []
    dicom: dict[Path, list[Path]] = {}
    for path in _files_under(root):
        reader = reader_of(path)
        if reader is not None and reader.is_series:
            dicom.setdefault(path.parent, []).append(path)
        elif reader is not None:
            volumes.append(path)
    return _read_all(root, volumes, dicom, progress)


def _files_under(root: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__MACOSX")
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(parent) / name


def _read_all(
    root: Path, volumes: list[Path], dicom: dict[Path, list[Path]], progress: Progress | None
) -> list[FoundFile]:
    total, found = len(volumes) + len(dicom), []
    for done, path in enumerate(volumes):
        found.append(_volume(root, path))
        if progress:
            progress(done + 1, total, path.name)
    for done, (parent, paths) in enumerate(dicom.items(), start=len(volumes)):
        found.extend(_series(root, parent, paths))
        if progress:
            progress(done + 1, total, parent.name)
    return sorted(found, key=lambda f: f.relative)


def _volume(root: Path, path: Path) -> FoundFile:
    relative = path.relative_to(root).as_posix()
    try:
        return FoundFile(relative, (str(path),), header=read_header(path))
    except ImageError as error:
        return FoundFile(relative, (str(path),), "unreadable", problem=str(error))


def _series(root: Path, parent: Path, paths: list[Path]) -> list[FoundFile]:
    relative = parent.relative_to(root).as_posix() if parent != root else root.name
    series = dicom_series.group_series(paths)
    several = sum(s.kind == "dicom" for s in series) > 1
    return [_found_series(s, relative, several) for s in series]


def _found_series(series: dicom_series.Series, relative: str, several: bool) -> FoundFile:
    if series.kind in ("rtstruct", "seg"):
        name = f"{relative}/{Path(series.files[0]).name}"
    else:
        name = f"{relative}/{series.name}" if several else relative
    return FoundFile(
        name, series.files, series.kind, series.header, series.modality, series.acquired, series.problem,
        tuple(series.findings(name)), series.persons,
    )  # fmt: skip
