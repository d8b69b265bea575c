"""The pairing template: a table that says which file is which, for folders that no pattern describes.

Columns: ``case_id, image, image_path, roi, mask_path, label``. A row is one region; rows without ``mask_path`` name an
image that still needs one. The template is made from what was found, filled in, and read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef
from radiomics_core.errors import ImageError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import english, lazy_
from radiomics_core.images import kinds
from radiomics_core.images.discovery import FoundFile, discover
from radiomics_core.images.pairing import DEFAULT_ROI, PairingResult, file_ref
from radiomics_core.images.pattern_guess import modality_of

COLUMNS = ("case_id", "image", "image_path", "roi", "mask_path", "label")


def pairing_template(cases: Sequence[Case], folder: Path | str | None = None) -> pd.DataFrame:
    """Return the template filled with what is known; paths relative to ``folder`` where they lie under it."""
    rows = []
    for case in cases:
        for image in case.images:
            path = _shown(image, folder)
            masks = [m for m in case.masks if m.image == image.name]
            rows += [[case.case_id, image.name, path, m.roi, _relative(m.file.path, folder),
                      "" if m.label is None else str(m.label)] for m in masks]  # fmt: skip
            if not masks:
                rows.append([case.case_id, image.name, path, "", "", ""])
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")


def pair_from_table(table: pd.DataFrame, folder: Path | str, *, checksums: bool = True) -> PairingResult:
    """Build cases from a filled template; a bad row becomes a finding and the others go on.

    Parameters
    ----------
    table : DataFrame
        Columns ``COLUMNS`` (``roi`` and ``label`` may be absent); all cells as text, empty or missing for none.
    folder : path
        What relative paths are relative to.

    Raises
    ------
    ImageError
        When a needed column is absent.
    """
    missing = [c for c in ("case_id", "image_path", "mask_path") if c not in table.columns]
    if missing:
        raise ImageError(
            lazy_("the pairing table has no column {missing}, it has {columns}"),
            remedy=lazy_("Start from the template: its columns are {expected}"),
            missing=", ".join(missing), columns=", ".join(map(str, table.columns)), expected=", ".join(COLUMNS),
        )  # fmt: skip
    text = table.reindex(columns=list(COLUMNS)).astype("object").where(table.reindex(columns=list(COLUMNS)).notna(), "")
    rows = [{str(name): str(cell).strip() for name, cell in row.items()} for row in text.to_dict("records")]
    reader = _Rows(Path(folder), checksums)
    for row in rows:
        reader.add(row)
    cases = tuple(reader.cases[case_id] for case_id in sorted(reader.cases))
    return PairingResult(cases, (), tuple(reader.findings))


def with_paths(table: pd.DataFrame, files: Sequence[FoundFile]) -> pd.DataFrame:
    """Return a filled template with the paths of files in place of the names they came with."""
    paths = {name: file.files[0] for file in files for name in (file.stem, file.relative)}
    columns = [column for column in ("image_path", "mask_path") if column in table]
    return table.assign(**{column: table[column].map(lambda cell: paths.get(cell, cell)) for column in columns})


def with_names(template: pd.DataFrame, files: Sequence[FoundFile], folder: Path) -> pd.DataFrame:
    """Return a template with the names that files came with in place of their paths."""
    names = {_relative(file.files[0], folder): file.relative for file in files}
    return template.assign(
        **{column: template[column].map(lambda cell: names.get(cell, cell)) for column in ("image_path", "mask_path")}
    )


class _Rows:
    """Cases built row by row."""

    def __init__(self, folder: Path, checksums: bool) -> None:
        self._folder, self._checksums = folder, checksums
        self.cases: dict[str, Case] = {}
        self.findings: list[Finding] = []

    def add(self, row: dict[str, str]) -> None:
        case_id = row["case_id"]
        if not case_id or not row["image_path"]:
            self._complain(case_id, lazy_("a row of the pairing table has no case_id or no image_path"))
            return
        try:
            label = int(float(row["label"])) if row["label"] else None
            files, modality = self._image_files(row["image_path"])
            mask = self._ref(row["mask_path"]) if row["mask_path"] else None
        except (ImageError, OSError, ValueError) as error:
            self.findings.append(found(kinds.UNREADABLE, case_id=case_id, problem=str(error)))
            return
        name = row["image"] or modality or modality_of(row["image_path"]) or "image"
        image = ImageRef(name, files, modality or modality_of(name) or modality_of(row["image_path"]))
        case = _with_image(self.cases.get(case_id, Case(case_id, case_id)), image)
        if mask is None:
            self.findings.append(found(kinds.MISSING_MASK, case_id=case_id, image=name))
        else:
            roi = row["roi"] or (DEFAULT_ROI if label is None else f"label{label}")
            case = Case(case_id, case_id, case.images, (*case.masks, MaskRef(roi, name, mask, label)))
        self.cases[case_id] = case

    def _complain(self, case_id: str, problem: object) -> None:
        self.findings.append(found(kinds.UNREADABLE, case_id=case_id, problem=english(problem)))  # type: ignore[arg-type]

    def _image_files(self, path: str) -> tuple[tuple[FileRef, ...], str]:
        """Return the file, or the ordered slices of the one series in a folder."""
        full = self._folder / path
        if not full.is_dir():
            return (self._ref(path),), ""
        series: list[FoundFile] = [f for f in discover(full) if f.kind == "dicom"]
        if len(series) != 1:
            raise ImageError(
                lazy_("folder '{name}' holds {n} DICOM image series, exactly one is expected"),
                remedy=lazy_("Give each series its own folder"), name=path, n=len(series),
            )  # fmt: skip
        return tuple(file_ref(f, checksum=self._checksums) for f in series[0].files), series[0].modality

    def _ref(self, path: str) -> FileRef:
        full = (self._folder / path).resolve()
        if not full.is_file():
            raise ImageError(
                lazy_("'{name}' is not there"), remedy=lazy_("Correct the path in the pairing table"), name=path
            )
        return file_ref(full, checksum=self._checksums)


def _with_image(case: Case, image: ImageRef) -> Case:
    if case.image(image.name):
        return case
    return Case(case.case_id, case.patient_id, (*case.images, image), case.masks)


def _shown(image: ImageRef, folder: Path | str | None) -> str:
    path = image.files[0].path
    return _relative(str(Path(path).parent) if len(image.files) > 1 else path, folder)


def _relative(path: str, folder: Path | str | None) -> str:
    root = Path(folder).resolve() if folder else None
    if root and Path(path).is_relative_to(root):
        return Path(path).relative_to(root).as_posix()
    return path
