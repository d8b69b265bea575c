"""Files a study refers to: whether they are there, and where they have moved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

from radiomics_core.cohort.model import Case, Cohort, FileRef
from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.images.pairing import file_ref


def files_of(case: Case) -> Iterator[FileRef]:
    """Yield every file of a case, images first."""
    for image in case.images:
        yield from image.files
    for mask in case.masks:
        yield mask.file


def with_checksums(cohort: Cohort) -> Cohort:
    """Return the cohort with the SHA-256 of every file that is there and has none yet."""
    return _with_files(cohort, lambda ref: _checked(ref) if not ref.sha256 and Path(ref.path).is_file() else ref)


def missing_files(cohort: Cohort) -> dict[str, list[str]]:
    """Return the paths that are not there any more, by case; cases with every file are left out."""
    absent = {
        case.case_id: [ref.path for ref in files_of(case) if not Path(ref.path).is_file()] for case in cohort.cases
    }
    return {case_id: paths for case_id, paths in absent.items() if paths}


def relinked(cohort: Cohort, old_folder: Path | str, new_folder: Path | str) -> Cohort:
    """Return the cohort with files below ``old_folder`` looked for below ``new_folder``.

    Raises
    ------
    StudyError
        No file lies below the old folder, or one of them is not in the new one.
    """
    old, target = Path(old_folder), Path(new_folder)
    moved = [ref for case in cohort.cases for ref in files_of(case) if Path(ref.path).is_relative_to(old)]
    if not moved:
        raise StudyError(lazy_("no file of the study lies in {folder}"), folder=old)
    absent = [ref.path for ref in moved if not (target / Path(ref.path).relative_to(old)).is_file()]
    if absent:
        raise StudyError(
            lazy_("{n} of {total} files are not in {folder}, for example {example}"),
            remedy=lazy_("Choose the folder that holds the same files under the same names."),
            n=len(absent),
            total=len(moved),
            folder=target,
            example=Path(absent[0]).relative_to(old),
        )
    return _with_files(cohort, lambda ref: _moved(ref, old, target))


def _moved(ref: FileRef, old: Path, target: Path) -> FileRef:
    path = Path(ref.path)
    return dataclasses.replace(ref, path=str(target / path.relative_to(old))) if path.is_relative_to(old) else ref


def _checked(ref: FileRef) -> FileRef:
    return file_ref(ref.path, ref.source)


def _with_files(cohort: Cohort, change: Callable[[FileRef], FileRef]) -> Cohort:
    cases = []
    for case in cohort.cases:
        images = tuple(
            dataclasses.replace(image, files=tuple(change(ref) for ref in image.files)) for image in case.images
        )
        masks = tuple(dataclasses.replace(mask, file=change(mask.file)) for mask in case.masks)
        cases.append(dataclasses.replace(case, images=images, masks=masks))
    return cohort.replace(cases=tuple(cases))
