"""Making a study: its folders and a whole catalogue are prepared, and it is there once the catalogue has its name."""

from __future__ import annotations

import shutil
import time
import uuid
from pathlib import Path
from typing import Any

import radiomics_core
from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import TEMPORARY_PREFIX, rename_path, storage_errors, temporary_beside
from radiomics_core.files.private import make_private_folder
from radiomics_core.study.storage.catalogue import CATALOGUE_FILE, Catalogue
from radiomics_core.study.storage.lease import living_holders
from radiomics_core.study.storage.place import journal_mode

FOLDERS = ("tables", "results", "images", "cache", "jobs")
UNFINISHED = "unfinished"
_SIDE_FILES = ("-wal", "-shm", "-journal")


def make(folder: Path, name: str, unfinished: str) -> None:
    """Make a study in a free folder; killed at any point, the folder is still free or holds a whole study.

    Parameters
    ----------
    unfinished : str
        What it is made from, when filling it belongs to the same command; empty otherwise.

    Raises
    ------
    StudyError
        The folder cannot be written, or the disk is full.
    """
    with storage_errors(folder):
        make_private_folder(folder)
        for part in FOLDERS:
            (folder / part).mkdir(parents=True, exist_ok=True)
        _clear_remains(folder)
        staged = temporary_beside(folder / CATALOGUE_FILE, ".sqlite")
        catalogue = Catalogue(staged, journal_mode=journal_mode(folder))
        try:
            with catalogue.transaction():
                catalogue.put_document("study", about(name))
                if unfinished:
                    catalogue.put_document(UNFINISHED, {"what": unfinished})
        finally:
            catalogue.close()
        rename_path(staged, folder / CATALOGUE_FILE)


def about(name: str) -> dict[str, Any]:
    """Return what a study knows about itself when it is made."""
    made = {"id": uuid.uuid4().hex, "name": name, "created": time.time()}
    return {**made, "app_version": radiomics_core.__version__}


def was_never_finished(folder: Path) -> bool:
    """Return whether a command that made this study was killed before it was filled, and nobody opened it since."""
    if not (folder / CATALOGUE_FILE).is_file():
        return False
    try:
        catalogue = Catalogue(folder / CATALOGUE_FILE, read_only=True)
    except StudyError:
        return False  # it cannot be read: whoever opens it is told why, nothing is removed
    try:
        return bool(catalogue.document(UNFINISHED)) and not living_holders(catalogue)
    finally:
        catalogue.close()


def is_free(folder: Path) -> bool:
    """Return whether a study can be made in a folder: absent, empty, or with the remains of a killed creation only."""
    return not folder.exists() or (folder.is_dir() and all(map(_is_remains, folder.iterdir())))


def _clear_remains(folder: Path) -> None:
    """Remove what a killed creation left: a write-ahead log must never meet another catalogue."""
    for path in folder.iterdir():
        if not path.is_dir():
            path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the content of a study that was never finished; killed at any point, it can be done again."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
    (folder / CATALOGUE_FILE).unlink(missing_ok=True)
    _clear_remains(folder)


def _is_remains(path: Path) -> bool:
    if path.is_dir():
        return path.name in FOLDERS and not any(path.iterdir())
    side_files = [f"{CATALOGUE_FILE}{ending}" for ending in _SIDE_FILES]
    return path.name.startswith(TEMPORARY_PREFIX) or path.name in side_files
