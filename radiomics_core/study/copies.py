"""How a study is copied while others write it, and what the copy becomes: one of its own, or one to divide anew.

Its history goes along.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import TEMPORARY_PREFIX, remove_content, rename_path, temporary_beside
from radiomics_core.files.private import close_to_others
from radiomics_core.i18n import lazy_
from radiomics_core.study.ledger import STARTED_ANEW
from radiomics_core.study.storage.catalogue import CATALOGUE_FILE
from radiomics_core.study.storage.making import about as about_new
from radiomics_core.study.storage.staging import WAITING
from radiomics_core.study.study import Study

ANALYSIS_KINDS = ("analysis", "comparison", "survival", "explanation")
NOT_COPIED = ("cache", "jobs")
MOST_TRIES = 5
"""A step changes the catalogue once, at its end: a study that changes in every one of these copies is at work."""


def copy_files(study: Study, folder: Path) -> None:
    """Fill an empty folder with a study as it was at one moment, without what can be made again.

    The catalogue is taken first, then the files. When the study has changed meanwhile, some of the files it names may
    be gone or newer, so both are taken again. The folder is a study only once it is whole.

    Raises
    ------
    StudyError
        The study changed during every try, or a file cannot be read or written.
    """
    for _attempt in range(MOST_TRIES):
        remove_content(folder, and_folder=False)
        close_to_others(folder)
        taken = temporary_beside(folder / CATALOGUE_FILE, ".sqlite")
        study.catalogue.copy_to(taken)
        if _copied_unchanged(study, folder, study.catalogue.revisions(taken)):
            rename_path(taken, folder / CATALOGUE_FILE)
            return
    raise StudyError(
        lazy_("the study {folder} changes while it is copied"),
        remedy=lazy_("Let the import or the jobs that work on it end, then copy it again."),
        folder=study.folder,
    )


def _copied_unchanged(study: Study, folder: Path, revisions: set[tuple[str, int]]) -> bool:
    """Copy the files; return whether the study still was as in ``revisions`` when the last one was copied."""
    left_out = shutil.ignore_patterns(f"{CATALOGUE_FILE}*", f"{TEMPORARY_PREFIX}*", f"{WAITING}*", *NOT_COPIED)
    try:
        shutil.copytree(study.folder, folder, ignore=left_out, symlinks=True, dirs_exist_ok=True)
    except (shutil.Error, FileNotFoundError):
        if study.catalogue.revisions() == revisions:
            raise
    close_to_others(folder)  # copytree gives it the mode of its source
    for part in NOT_COPIED:
        (folder / part).mkdir(exist_ok=True)
    return study.catalogue.revisions() == revisions


def become_copy(study: Study, name: str) -> None:
    """Take an identity of its own after the folder was copied."""
    about = study.catalogue.document("study")
    with study.catalogue.transaction():
        study.catalogue.put_document("study", {**about, **about_new(name)})
        study.ledger.record("duplicated", source=about["id"], source_name=about["name"])


def start_anew(study: Study) -> None:
    """Remove endpoints, view state and results: only for a fresh copy whose cases are to be divided anew.

    The ledger stays: what was looked at, and how often an outcome was analysed, goes with every copy. Columns of the
    endpoints stay sealed as outcomes.
    """
    own = study.outcome_columns
    specs = [replace(s, role="outcome") if s.name in own and s.role == "ignore" else s for s in study.column_specs]
    source = [entry.details for entry in study.ledger.entries("duplicated")]
    with study.catalogue.transaction() as connection:
        study.save_column_specs(specs)
        study.save_endpoints([])
        connection.execute("DELETE FROM view_state")
        connection.execute("DELETE FROM finding WHERE source LIKE 'endpoint:%'")
        connection.executemany(
            "DELETE FROM finding WHERE source = ? OR source LIKE ?", [(k, f"{k}:%") for k in ANALYSIS_KINDS]
        )
        study.ledger.record(STARTED_ANEW, **(source[-1] if source else {}))
    remove_content(study.folder / "results", and_folder=False)
