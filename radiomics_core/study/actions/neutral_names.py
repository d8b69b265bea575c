"""Neutral case names of a study, and the key table that stays outside of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import platformdirs

from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import storage_errors, write_bytes
from radiomics_core.i18n import lazy_
from radiomics_core.study import library
from radiomics_core.study.storage.place import shared_place
from radiomics_core.study.study import Study

DOCUMENT = "neutral_names"


def are_used(study: Study) -> bool:
    """Return whether the study's cases have neutral names."""
    return study.catalogue.document(DOCUMENT) is not None


def default_file(study: Study) -> Path:
    """Return where a study's key table is kept unless another place is chosen: beside the studies, never in one.

    When studies are kept in a synced or network folder, the key goes to the user's own data folder instead.
    """
    home = library.home()
    inside = study.folder.is_relative_to(home / "keys") or home.is_relative_to(study.folder)
    if inside or shared_place(home):
        home = Path(platformdirs.user_data_dir("radiomics-explorer", appauthor=False))
    return home / "keys" / f"{study.id[:12]}.csv"


def read(file: Path | str) -> KeyTable:
    """Read a key table; raises TableError when the file is none, StudyError when it cannot be read."""
    path = Path(file).expanduser()
    with storage_errors(path):
        return KeyTable.from_csv(path.read_bytes())


def known(study: Study) -> KeyTable | None:
    """Return the study's key table if it lies where it is kept by default."""
    file = default_file(study)
    return read(file) if are_used(study) and file.is_file() else None


def continued(file: Path, originals: Iterable[str]) -> KeyTable:
    """Return the key table of a file, with ids for more cases, after writing it (readable by this user only)."""
    key = (read(file) if file.is_file() else KeyTable()).with_cases(originals)
    _write(file, key)
    return key


def put_back(study: Study, content: bytes) -> None:
    """Write a key table that was kept elsewhere to where the study's is kept by default."""
    _write(default_file(study), KeyTable.from_csv(content))


def check(study: Study, key_file: Path | str | None) -> None:
    """Raise StudyError when a key would lie in the study, or own and neutral names would stand in one study."""
    if key_file is None and are_used(study):
        raise StudyError(
            lazy_("the cases of this study have neutral names"),
            remedy=lazy_("Import with neutral names and the study's key table, or create another study."),
        )
    if key_file is None:
        return
    if Path(key_file).expanduser().resolve().is_relative_to(study.folder.resolve()):
        raise StudyError(
            lazy_("the key table would lie in the study"),
            remedy=lazy_("Choose a place outside {folder}: who has the study must not have the key."),
            folder=study.folder,
        )
    if len(study.cohort) and not are_used(study):
        raise StudyError(
            lazy_("this study already holds cases under their own names"),
            remedy=lazy_(
                "Create a new study and import there with neutral names; what was written cannot be unwritten."
            ),
        )


def _write(file: Path, key: KeyTable) -> None:
    write_bytes(file, key.as_csv(), private=True)
