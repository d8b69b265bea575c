"""The library of studies: where they are kept, which were used lately, and what can be done with a whole one.

Nothing is ever erased: deleting moves a study to a bin folder, from which it can be restored.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import (
    TEMPORARY_PREFIX,
    folder_in_one_step,
    read_json,
    remove_dead_leftovers,
    rename_path,
    storage_errors,
    temporary_beside,
    write_json,
)
from radiomics_core.i18n import _, lazy_
from radiomics_core.naming import slug
from radiomics_core.settings import digest_of
from radiomics_core.study.copies import become_copy, copy_files, start_anew
from radiomics_core.study.storage.catalogue import CATALOGUE_FILE, Catalogue
from radiomics_core.study.storage.lease import living_holders
from radiomics_core.study.storage.place import journal_mode
from radiomics_core.study.study import Study, is_study

HOME_VARIABLE = "RADIOMICS_EXPLORER_HOME"
DELETED_FILE = "deleted.json"
ADDRESS_LENGTH = 12
_RECENT_LENGTH = 30

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StudyCard:
    """What a list of studies shows; ``changed`` in seconds since the epoch.

    ``problem`` says why a study cannot be read; the others are listed all the same.
    """

    folder: Path
    name: str
    changed: float
    n_cases: int
    problem: StudyError | None = None


def home() -> Path:
    """Return the folder studies are kept in by default (environment variable RADIOMICS_EXPLORER_HOME overrides it)."""
    chosen = os.environ.get(HOME_VARIABLE, "")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_documents_dir()) / "Radiomics Explorer"


def bin_folder() -> Path:
    """Return the folder deleted studies are moved to."""
    return home() / "bin"


def create(name: str, folder: Path | str | None = None, *, unfinished: str = "") -> Study:
    """Make a study and remember it; without ``folder`` in the library, in a folder named after it.

    ``unfinished`` as in :meth:`Study.create`.
    """
    if not name.strip():
        raise StudyError(lazy_("a study needs a name"), remedy=lazy_("Type a name."))
    place = Path(folder).expanduser() if folder else _free(home() / slug(name))
    study = Study.create(place, name.strip(), unfinished=unfinished)
    _remember_if_possible(study.folder)
    return study


def open_study(folder: Path | str, read_only: bool = False) -> Study:
    """Open a study by its folder and remember it."""
    study = Study.open(folder, read_only=read_only)
    _remember_if_possible(study.folder)
    return study


def recent() -> list[StudyCard]:
    """Return the studies of the library and those opened from elsewhere, last changed first."""
    return _cards(_known_folders(), lambda one: one.changed)


def address(folder: Path) -> str:
    """Return a short text that stands for a study's folder and names nothing of it."""
    return digest_of(str(folder.absolute()))[:ADDRESS_LENGTH]


def at_address(text: str) -> Path | None:
    """Return the folder of the library, or of those opened lately, that an address stands for; None without a study."""
    return next((one for one in _known_folders() if address(one) == text and is_study(one)), None)


def _known_folders() -> list[Path]:
    folders = [Path(text) for text in _remembered()]
    if home().is_dir():
        folders += [folder for folder in home().iterdir() if folder != bin_folder()]
    return folders


def card(folder: Path) -> StudyCard:
    """Return what a list shows of one study, without taking its lease.

    Raises
    ------
    StudyError
        The catalogue is damaged, was made by a newer version or is not whole.
    """
    with _readable(folder):
        catalogue = Catalogue(folder / CATALOGUE_FILE, read_only=True)
        try:
            about = catalogue.document("study") or {}
            n_cases = len((catalogue.document("cohort") or {"cases": []})["cases"])
        finally:
            catalogue.close()
        return StudyCard(folder, str(about.get("name", folder.name)), _changed(folder), n_cases)


def _cards(folders: Iterable[Path], order: Callable[[StudyCard], Any]) -> list[StudyCard]:
    cards = [_card_or_problem(folder) for folder in dict.fromkeys(path.absolute() for path in folders)]
    return sorted((one for one in cards if one is not None), key=order, reverse=True)


def _card_or_problem(folder: Path) -> StudyCard | None:
    """Return the card of a folder, one that says what is wrong with it, or None when it holds no study."""
    if folder.name.startswith(TEMPORARY_PREFIX):
        return None
    try:
        with _readable(folder):
            if not is_study(folder):
                return None
        return card(folder)
    except StudyError as problem:
        return StudyCard(folder, folder.name, _changed(folder), 0, problem)


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            lazy_("the study in {folder} cannot be read: {reason}"),
            remedy=lazy_("Check that its disk is connected and may be read, or bring the folder back from a copy."),
            folder=folder,
            reason=str(error),
        ) from error


def _changed(folder: Path) -> float:
    try:
        return max((path.stat().st_mtime for path in folder.glob(f"{CATALOGUE_FILE}*")), default=0.0)
    except OSError:
        return 0.0  # its disk is gone: it stands last, with its problem


def rename(study: Study, name: str) -> None:
    """Change the name of an open study."""
    study.rename(name)


def duplicate(folder: Path | str, name: str = "", target: Path | str | None = None) -> Path:
    """Copy a study without its jobs and cache and return the copy's folder.

    The copy has its own identity; what was looked at is part of its history, so its ledger is copied too.
    """
    return _duplicate(folder, name, target, lambda copied: None)


def duplicate_to_divide(folder: Path | str, name: str = "", target: Path | str | None = None) -> Path:
    """Copy a study without endpoints, results and view, to divide its cases anew; its ledger goes along."""
    return _duplicate(folder, name, target, start_anew)


def delete(folder: Path | str) -> Path:
    """Move a study to the bin folder and return where it is now.

    Raises
    ------
    StudyError
        It is open in another session, or a job of it is running.
    """
    source = Path(folder).absolute()
    _refuse_when_in_use(source)
    target = _free(bin_folder() / f"{source.name}--{time.strftime('%Y%m%d-%H%M%S')}")
    write_json(source / DELETED_FILE, {"from": str(source), "at": time.time()})
    _move(source, target)
    return target


def deleted() -> list[StudyCard]:
    """Return the studies in the bin, last deleted first."""
    return _cards(bin_folder().glob("*"), lambda one: one.folder.name.rsplit("--")[-1])


def restore(folder: Path | str) -> Path:
    """Move a study from the bin back to where it was (or beside it when the place is taken)."""
    source = Path(folder).absolute()
    target = _free(_came_from(source))
    _move(source, target)
    (target / DELETED_FILE).unlink(missing_ok=True)
    _remember_if_possible(target)
    return target


def _came_from(binned: Path) -> Path:
    note = binned / DELETED_FILE
    if note.is_file():
        with suppress(StudyError), _readable(binned):  # without a note it goes to the library
            return Path(read_json(note)["from"])
    return home() / binned.name.rsplit("--", 1)[0]


def _move(source: Path, target: Path) -> None:
    """Move a study in one rename; to another disk by a whole copy that takes its name before the source goes."""
    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_dead_leftovers(target.parent)
        try:
            rename_path(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            with folder_in_one_step(target) as staged:
                shutil.copytree(source, staged, symlinks=True, dirs_exist_ok=True)
            emptied = temporary_beside(source)
            rename_path(source, emptied)
            shutil.rmtree(emptied, ignore_errors=True)


def remember(folder: Path) -> None:
    """Put a study at the head of the recent list."""
    others = [text for text in _remembered() if text != str(folder)]
    write_json(_recent_file(), [str(folder), *others][:_RECENT_LENGTH])


def _remember_if_possible(folder: Path) -> None:
    """Put a study at the head of the recent list; that it opens does not depend on it."""
    try:
        remember(folder)
    except StudyError as error:
        log.warning("the list of recent studies was not written: %s", error)


def _remembered() -> list[str]:
    """Return the recent list; one that a full disk or another program left unreadable is begun anew."""
    file = _recent_file()
    try:
        stored = read_json(file) if file.is_file() else []
    except (OSError, ValueError) as error:
        log.warning("the list of recent studies (%s) cannot be read and is begun anew: %s", file, error)
        return []
    return [text for text in stored if isinstance(text, str)] if isinstance(stored, list) else []


def _duplicate(folder: Path | str, name: str, target: Path | str | None, change: Callable[[Study], object]) -> Path:
    """Copy a study; the copy is there, with its own identity and changed, in one rename."""
    with Study.open(folder, read_only=True) as study:
        name = name.strip() or _("{name} (copy)", name=study.name)
        copy = Path(target).absolute() if target is not None else _free(study.folder.with_name(slug(name)))
        if copy.exists():
            raise StudyError(lazy_("{folder} already exists"), remedy=lazy_("Choose another name."), folder=copy)
        remove_dead_leftovers(copy.parent)
        with folder_in_one_step(copy) as staged:
            copy_files(study, staged)
            catalogue = Catalogue(staged / CATALOGUE_FILE, journal_mode=journal_mode(copy))
            with Study(staged, catalogue, None) as copied:
                become_copy(copied, name)
                change(copied)
    _remember_if_possible(copy)
    return copy


def _recent_file() -> Path:
    return home() / "recent.json"


def _free(folder: Path) -> Path:
    folder = folder.absolute()
    return next(
        path
        for number in range(1, 10_000)
        if not (path := folder if number == 1 else folder.with_name(f"{folder.name}-{number}")).exists()
    )


def _refuse_when_in_use(folder: Path) -> None:
    if not is_study(folder):
        raise StudyError(lazy_("there is no study in {folder}"), folder=folder)
    catalogue = Catalogue(folder / CATALOGUE_FILE, read_only=True)
    try:
        live = living_holders(catalogue)
    finally:
        catalogue.close()
    if live:
        raise StudyError(
            lazy_("the study {folder} is in use (computer {host}, process {pid})"),
            remedy=lazy_("Close it and let its jobs end or cancel them first."),
            folder=folder,
            host=live[0].host,
            pid=live[0].pid,
        )
