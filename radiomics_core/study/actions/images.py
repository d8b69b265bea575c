"""Bring images and masks in: look into a folder, pair by a pattern, store uploads, look for moved files."""

from __future__ import annotations

import dataclasses
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.model import Case, Cohort, Source
from radiomics_core.deidentification.neutral import neutralise
from radiomics_core.deidentification.person_names import Suspicion, suspicion
from radiomics_core.errors import ImageError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import folder_in_one_step, rename_path
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import english, lazy_
from radiomics_core.images.archive import Uploads, size_of, unpack
from radiomics_core.images.discovery import FoundFile, discover
from radiomics_core.images.intake import Intake, left_out, take_in
from radiomics_core.images.kinds import UNREADABLE_MEMBER
from radiomics_core.images.kinds_intake import NAMES_IDENTIFY
from radiomics_core.images.pairing import PairingResult, pair
from radiomics_core.images.pairing_table import pair_from_table, pairing_template, with_names, with_paths
from radiomics_core.images.pattern import PairingPattern
from radiomics_core.images.pattern_guess import guess_pattern
from radiomics_core.study.actions import clinical, neutral_names, split
from radiomics_core.study.kinds import FILE_MISSING
from radiomics_core.study.storage.image_files import missing_files, relinked
from radiomics_core.study.storage.importing import Import, importing
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.storage.staging import WAITING, staging_folder
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]
UPLOAD_FOLDER = "upload"
MOST_REASONS = 3
FILES = "files"


@dataclass(frozen=True, eq=False)
class FolderLook:
    """What a folder holds, ``findings`` about what is not among its ``files``; ``pattern`` is the guess.

    ``suspicion`` says why names look like persons, None when they do not; ``other_names`` are of files left out.
    """

    folder: Path
    files: tuple[FoundFile, ...]
    pattern: PairingPattern
    findings: tuple[Finding, ...] = ()
    suspicion: Suspicion | None = None
    other_names: tuple[str, ...] = ()
    previews: dict[str, PairingResult] = field(default_factory=dict, repr=False)


def look(study: Study, folder: Path | str, progress: Progress | None = None) -> FolderLook:
    """List the images in a folder and guess how their names are built; raises ImageError when there is none."""
    root = Path(folder).expanduser().absolute()
    files = tuple(discover(root, progress))
    return _looked(root, files)


def preview(study: Study, found: FolderLook, pattern: PairingPattern) -> PairingResult:
    """Pair the files by a pattern without importing anything; the same pattern is paired once."""
    if pattern.text not in found.previews:
        found.previews[pattern.text] = pair(found.files, pattern, source=_source(study, found.folder), checksums=False)
    return found.previews[pattern.text]


def import_folder(
    study: Study,
    folder: Path | str,
    pattern: PairingPattern | str | None = None,
    *,
    look: FolderLook | None = None,
    key_file: Path | str | None = None,
    progress: Progress | None = None,
) -> PairingResult:
    """Make the cohort from a folder of images and masks; the files stay where they are.

    Exclusions, patients, centres and roles of cases that were there before are kept; a clinical table that was
    imported is matched again.

    Parameters
    ----------
    key_file : path, optional
        Give the cases neutral names. The key table is written to this file, outside the study; one that is there is
        continued. Images of a folder are then copied into the study, because their paths would name the cases.

    Raises
    ------
    StudyError
        The key file lies in the study, or neutral and own names would stand in one study.
    """
    neutral_names.check(study, key_file)
    if look is None:
        look = _look(study, folder, progress)
    chosen = PairingPattern.from_text(pattern) if isinstance(pattern, str) else pattern or look.pattern
    with (
        _copies(study, look, _fitting(look, chosen), key_file, progress) as copied,
        importing(study, _told(copied, key_file)) as mark,
        _kept(study, copied, mark) as found,
    ):
        result = pair(found.files, chosen, source=_source(study, found.folder), progress=progress)
        with study.catalogue.transaction():
            result = _named_and_stored(study, found, result, key_file, chosen.text)
            mark.done()
    return result


def import_pairing_table(
    study: Study,
    content: bytes,
    folder: Path | str = "",
    *,
    look: FolderLook | None = None,
    key_file: Path | str | None = None,
) -> PairingResult:
    """Make the cohort from a filled pairing template (CSV).

    Relative paths are relative to ``folder``, or are those of a ``look`` (dropped files have no others). ``key_file``
    as for :func:`import_folder`; the table's paths must then be those of the look.
    """
    neutral_names.check(study, key_file)
    table = read_table(content, name="pairing_template.csv")
    root = Path(folder).expanduser() if str(folder) else study.folder / "images"
    if look is None and key_file is not None:
        look = _look(study, root, None)
    if look is None or not (_waits(look) or key_file is not None):
        result = pair_from_table(table, root)
        _store(study, result.cases, result.findings, folder=str(folder), pattern="table")
        return result
    named = [file for file in look.files if {file.relative, file.stem} & set(table.to_numpy().ravel())]
    with (
        _copies(study, look, named, key_file, None) as copied,
        importing(study, _told(copied, key_file)) as mark,
        _kept(study, copied, mark) as found,
    ):
        result = pair_from_table(with_paths(table, found.files), found.folder)
        with study.catalogue.transaction():
            result = _named_and_stored(study, found, result, key_file, "table")
            mark.done()
    return result


def template(study: Study, found: FolderLook | None = None) -> pd.DataFrame:
    """Return the pairing template, filled with what the guess makes of a look, or with the study's cases."""
    if found is None:
        return pairing_template(study.cohort.cases)
    cases = preview(study, found, found.pattern).cases
    return with_names(pairing_template(cases, found.folder), found.files, found.folder)


def store_uploads(study: Study, files: Uploads, progress: Progress | None = None) -> FolderLook:
    """Take dropped files in: unpack them outside the study, store what can be decoded as voxels and geometry only.

    The stored files have numbers as names. Which name a file came with is known to the returned look and not to the
    study; until :func:`import_folder` is called with it they wait, and are removed when the study is opened again.

    Raises
    ------
    ImageError
        No image among the files can be decoded, two files have one name, or an archive is refused.
    StudyError
        There is no room.
    """
    study.check_writable()
    with staging_folder(study.id, study.folder, size_of(files)) as staging:
        dropped = staging / "dropped"
        damaged: list[str] = []
        unpack(files, dropped, damaged=damaged)
        listed = discover(dropped, progress) if dropped.is_dir() else []
        findings = [found(UNREADABLE_MEMBER, problem=problem) for problem in damaged]
        findings += left_out(dropped, listed)
        waiting = _free_waiting_folder(study)
        with folder_in_one_step(waiting) as folder:
            taken = take_in(listed, folder, progress)
            _refuse_nothing(taken, findings)
    stored = tuple(_in_folder(file, waiting) for file in taken.files)
    looked = _looked(waiting, stored, (*taken.findings, *findings))
    return dataclasses.replace(looked, other_names=tuple(file.relative for file in listed))


def discard(study: Study, found: FolderLook) -> None:
    """Remove dropped files that were not imported."""
    if _waits(found) and found.folder.is_relative_to(study.folder):
        check_place(found.folder)
        shutil.rmtree(found.folder, ignore_errors=True)


@dataclass(frozen=True)
class MissingFiles:
    """Files that are not where they were: how many, of how many cases, and the folder all of them lay in."""

    n_files: int
    n_cases: int
    folder: str


def find_missing(study: Study) -> MissingFiles | None:
    """Look whether every image and mask is still there; note a finding for each case that lacks one."""
    missing = missing_files(study.cohort)
    findings = [found(FILE_MISSING, case_id=case_id, path=paths[0]) for case_id, paths in missing.items()]
    if not study.read_only and findings != study.findings(FILES):
        study.save_findings(FILES, findings)
    if not missing:
        return None
    paths = [path for group in missing.values() for path in group]
    parents = {str(Path(path).parent) for path in paths}
    one_drive = len({Path(path).drive for path in paths}) == 1
    return MissingFiles(len(paths), len(missing), os.path.commonpath(parents) if one_drive else min(parents))


@one_commit
def relink(study: Study, old_folder: Path | str, new_folder: Path | str) -> int:
    """Look for the study's files below a new folder and return how many cases were changed.

    Raises
    ------
    StudyError
        No file of the study lies below the old folder, or one of them is not in the new one.
    """
    before = study.cohort
    after = relinked(before, old_folder, new_folder)
    study.save_cohort(after)
    changed = sum(one != other for one, other in zip(before.cases, study.cohort.cases, strict=True))
    study.ledger.record("files relinked", old=str(old_folder), new=str(new_folder), n=changed)
    find_missing(study)
    return changed


def _look(study: Study, folder: Path | str, progress: Progress | None) -> FolderLook:
    return look(study, folder, progress)


@one_commit
def _store(
    study: Study, cases: tuple[Case, ...], findings: Iterable[Finding], *, folder: str = "", pattern: str = ""
) -> None:
    before = study.cohort
    known = {case.case_id: case for case in before.cases}
    kept = tuple(_as_before(case, known.get(case.case_id)) for case in cases)
    ids = {case.case_id for case in kept}
    exclusions = tuple(exclusion for exclusion in before.exclusions if exclusion.case_id in ids)
    study.save_cohort(Cohort(kept, exclusions))
    study.save_findings("images", findings)
    clinical.match_again(study)
    split.place_late_cases(study)
    study.ledger.record("images imported", folder=folder, pattern=pattern, n=len(kept))


def _as_before(case: Case, before: Case | None) -> Case:
    if before is None:
        return case
    return dataclasses.replace(case, patient_id=before.patient_id, centre=before.centre, role=before.role)


def _source(study: Study, folder: Path) -> Source:
    return "stored" if folder.is_relative_to(study.folder) else "referenced"


def _looked(folder: Path, files: tuple[FoundFile, ...], findings: tuple[Finding, ...] = ()) -> FolderLook:
    pattern = guess_pattern(files)
    fields = [pattern.fits_image(file.relative) for file in files]
    persons = frozenset().union(*(file.persons for file in files))
    why = suspicion([file.relative for file in files], [f["case"] for f in fields if f], persons)
    return FolderLook(folder, files, pattern, findings, why)


def _suspected(found_: FolderLook) -> list[Finding]:
    why = found_.suspicion
    if why is None:
        return []
    reasons = ", ".join(english(reason) for reason in why.reasons)
    return [found(NAMES_IDENTIFY, reasons=reasons, n=why.n, total=why.total)]


def _fitting(found: FolderLook, pattern: PairingPattern) -> list[FoundFile]:
    return [f for f in found.files if pattern.fits_image(f.relative) or pattern.fits_mask(f.relative)]


def _waits(found: FolderLook) -> bool:
    """Tell whether a look is at dropped files that were not imported yet."""
    return found.folder.name.startswith(WAITING)


@contextmanager
def _copies(
    study: Study,
    found: FolderLook,
    files: list[FoundFile],
    key_file: Path | str | None,
    progress: Progress | None,
) -> Iterator[FolderLook]:
    """Give a look at copies of files in the study where neutral names need them; after an error they are removed.

    Dropped files are there already, and files whose cases keep their names stay where they are.
    """
    if key_file is None or _waits(found):
        yield found
        return
    waiting = _free_waiting_folder(study)
    with folder_in_one_step(waiting) as folder:
        taken = take_in(files, folder, progress)
    copies = tuple(_in_folder(file, waiting) for file in taken.files)
    made = dataclasses.replace(found, folder=waiting, files=copies, findings=taken.findings, previews={})
    made = dataclasses.replace(made, other_names=tuple(file.relative for file in found.files))
    try:
        yield made
    except BaseException:
        discard(study, made)
        raise


def _told(found: FolderLook, key_file: Path | str | None) -> str:
    """Return how an import is called while it goes on: by its folder, unless that may name a person."""
    return found.folder.name if key_file is None else "images"


def _named_and_stored(
    study: Study, found: FolderLook, result: PairingResult, key_file: Path | str | None, pattern: str
) -> PairingResult:
    """Store cases under their names or, with the key on disk before the study knows any of them, under neutral ids."""
    if key_file is None:
        findings = (*found.findings, *result.findings, *_suspected(found))
        _store(study, result.cases, findings, folder=str(found.folder), pattern=pattern)
        return result
    key = neutral_names.continued(Path(key_file).expanduser(), [case.case_id for case in result.cases])
    made, others = neutralise(result, found.files, found.findings, key, found.other_names)
    study.catalogue.put_document(neutral_names.DOCUMENT, {"n": len(key)})
    _store(study, made.cases, (*others, *made.findings))
    return made


def _free_waiting_folder(study: Study) -> Path:
    return study.folder / "images" / f"{WAITING}{uuid.uuid4().hex[:8]}"


@contextmanager
def _kept(study: Study, found: FolderLook, mark: Import) -> Iterator[FolderLook]:
    """Give dropped files that waited for their import the folder they stay in; after an error they wait again."""
    if not _waits(found):
        yield found
        return
    if not found.folder.is_dir():
        raise ImageError(
            lazy_("the dropped files are not there any more"), remedy=lazy_("Drop them again"), folder=found.folder
        )
    kept = rename_path(found.folder, mark.fills(_free_upload_folder(study)))
    files = tuple(_in_folder(file, kept) for file in found.files)
    try:
        yield dataclasses.replace(found, folder=kept, files=files, previews={})
    except BaseException:
        rename_path(kept, found.folder)
        raise


def _in_folder(file: FoundFile, folder: Path) -> FoundFile:
    return dataclasses.replace(file, files=tuple(str(folder / Path(path).name) for path in file.files))


def _refuse_nothing(taken: Intake, findings: list[Finding]) -> None:
    if not taken.files:
        reasons = [finding.message() for finding in (*taken.findings, *findings)]
        raise ImageError(
            lazy_("none of the dropped files is an image that can be read. {reasons}"),
            remedy=lazy_("Drop NIfTI, NRRD or MetaImage files or DICOM series; nothing was stored"),
            reasons=" ".join(reasons[:MOST_REASONS]),
        )


def _free_upload_folder(study: Study) -> Path:
    numbers = range(1, 10_000)
    return next(p for n in numbers if not (p := study.folder / "images" / f"{UPLOAD_FOLDER}-{n}").exists())
