"""The library of studies: where they are kept, which were used lately, and what can be done with a whole one.

Nothing is ever erased: deleting moves a study to a bin folder, from which it can be restored.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from radiomics_core.errors import StudyError
from radiomics_core.i18n import _, lazy_
from radiomics_core.naming import slug
from radiomics_core.study.catalogue import CATALOGUE_FILE, Catalogue
from radiomics_core.study.lease import living_holders
from radiomics_core.study.storage import folder_in_one_step, read_json, storage_errors, write_json
from radiomics_core.study.study import Study, is_study

HOME_VARIABLE = "RADIOMICS_EXPLORER_HOME"
NOT_COPIED = ("cache", "jobs")
_RECENT_LENGTH = 30


@dataclass(frozen=True)
class StudyCard:
    """What a list of studies shows; ``changed`` in seconds since the epoch."""

    folder: Path
    name: str
    changed: float
    n_cases: int


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
    remember(study.folder)
    return study


def open_study(folder: Path | str, read_only: bool = False) -> Study:
    """Open a study by its folder and remember it."""
    study = Study.open(folder, read_only=read_only)
    remember(study.folder)
    return study


def recent() -> list[StudyCard]:
    """Return the studies of the library and those opened from elsewhere, last changed first."""
    folders = [Path(text) for text in _remembered()]
    if home().is_dir():
        folders += [folder for folder in home().iterdir() if folder != bin_folder()]
    cards = [card(folder) for folder in dict.fromkeys(path.absolute() for path in folders) if is_study(folder)]
    return sorted(cards, key=lambda one: one.changed, reverse=True)


def card(folder: Path) -> StudyCard:
    """Return what a list shows of one study, without taking its lease."""
    catalogue = Catalogue(folder / CATALOGUE_FILE, read_only=True)
    try:
        about = catalogue.document("study") or {}
        cohort = catalogue.document("cohort") or {"cases": []}
    finally:
        catalogue.close()
    changed = max(path.stat().st_mtime for path in folder.glob(f"{CATALOGUE_FILE}*"))
    return StudyCard(folder, str(about.get("name", folder.name)), changed, len(cohort["cases"]))


def rename(study: Study, name: str) -> None:
    """Change the name of an open study."""
    study.rename(name)


def duplicate(folder: Path | str, name: str = "", target: Path | str | None = None) -> Path:
    """Copy a study without its jobs and cache and return the copy's folder.

    The copy has its own identity; what was looked at is part of its history, so its ledger is copied too.
    """
    with Study.open(folder, read_only=True) as study:
        name = name.strip() or _("{name} (copy)", name=study.name)
        copy = Path(target).absolute() if target is not None else _free(study.folder.with_name(slug(name)))
        if copy.exists():
            raise StudyError(lazy_("{folder} already exists"), remedy=lazy_("Choose another name."), folder=copy)
        _copy(study, copy)
    with Study.open(copy) as copied:
        copied.become_copy(name)
    remember(copy)
    return copy


def duplicate_unexplored(folder: Path | str, name: str = "", target: Path | str | None = None) -> Path:
    """Copy a study as it was before anybody looked: without ledger, results and view, so that it can be split anew."""
    copy = duplicate(folder, name, target)
    with Study.open(copy) as copied:
        copied.forget_exploration()
    return copy


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
    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
        write_json(target / "deleted.json", {"from": str(source), "at": time.time()})
    return target


def deleted() -> list[StudyCard]:
    """Return the studies in the bin, last deleted first."""
    folders = [folder for folder in bin_folder().glob("*") if is_study(folder)]
    return sorted(map(card, folders), key=lambda one: one.folder.name.rsplit("--")[-1], reverse=True)


def restore(folder: Path | str) -> Path:
    """Move a study from the bin back to where it was (or beside it when the place is taken)."""
    source = Path(folder).absolute()
    note = source / "deleted.json"
    target = Path(read_json(note)["from"]) if note.is_file() else home() / source.name.rsplit("--", 1)[0]
    target = _free(target)
    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
        (target / "deleted.json").unlink(missing_ok=True)
    remember(target)
    return target


def remember(folder: Path) -> None:
    """Put a study at the head of the recent list."""
    others = [text for text in _remembered() if text != str(folder)]
    write_json(_recent_file(), [str(folder), *others][:_RECENT_LENGTH])


def _remembered() -> list[str]:
    file = _recent_file()
    return list(read_json(file)) if file.is_file() else []


def _copy(study: Study, copy: Path) -> None:
    left_out = shutil.ignore_patterns(f"{CATALOGUE_FILE}*", ".writing-*", *NOT_COPIED)
    with folder_in_one_step(copy) as folder:
        shutil.copytree(study.folder, folder, ignore=left_out, symlinks=True, dirs_exist_ok=True)
        for part in NOT_COPIED:
            (folder / part).mkdir()
        study.catalogue.copy_to(folder / CATALOGUE_FILE)


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
