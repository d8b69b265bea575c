"""Start from a feature table that a lab already has."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from radiomics_core.clinical.column_types import guess_id_column
from radiomics_core.clinical.tables import read_checked
from radiomics_core.cohort.model import Case, ClinicalTableFormat, Cohort
from radiomics_core.errors import StudyError
from radiomics_core.features.reading import FeatureSplit, OnText, import_feature_table, split_columns
from radiomics_core.features.table import FeatureTable
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions import clinical
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.study import Study


@dataclass(frozen=True, eq=False)
class TableLook:
    """A table as text, and the column that seems to hold the case ids."""

    frame: pd.DataFrame
    id_column: str | None
    findings: list[Finding]


def look(source: bytes | Path | str, name: str = "", fmt: ClinicalTableFormat | None = None) -> TableLook:
    """Read a table and guess its id column."""
    frame, findings = read_checked(source, fmt, name)
    return TableLook(frame, guess_id_column(frame), findings)


def split(found: TableLook, id_column: str) -> FeatureSplit:
    """Return which columns are features and which clinical."""
    return split_columns(found.frame.drop(columns=[id_column]))


def import_table(
    study: Study,
    source: bytes | Path | str,
    id_column: str | None = None,
    *,
    name: str = "",
    fmt: ClinicalTableFormat | None = None,
    clinical_columns: Sequence[str] = (),
    patient_column: str = "",
    timepoint_column: str = "",
    keep_timepoint: str = "",
    on_text: OnText = "error",
    looked: TableLook | None = None,
    leave_out: Sequence[str] = (),
) -> FeatureTable:
    """Make the cohort and its feature table from a table; its other columns become the clinical table.

    With ``looked`` the table is not read again. Columns to ``leave_out`` (names of persons) stay out of the study.
    With ``keep_timepoint`` only the rows of that value of ``timepoint_column`` are imported, so that every case has
    one row.

    Raises
    ------
    StudyError
        The study already has images.
    TableError
        The table cannot be read, or holds no features.
    """
    if study.cohort.image_names():
        raise StudyError(
            lazy_("the study already has images"), remedy=lazy_("Start another study for a feature table.")
        )
    found = looked or look(source, name, fmt)
    chosen = id_column or found.id_column or str(found.frame.columns[0])
    frame = clinical.without_columns(found.frame, leave_out)
    if keep_timepoint:
        frame = frame[frame[timepoint_column].astype(str) == keep_timepoint].drop(columns=[timepoint_column])
        timepoint_column = ""
    table, other, findings = import_feature_table(
        frame, chosen, patient_column=patient_column, timepoint_column=timepoint_column,
        clinical_columns=list(clinical_columns), on_text=on_text,
    )  # fmt: skip
    clinical_table = other.rename_axis(chosen).reset_index() if other.shape[1] else None
    _store(study, table, [*found.findings, *findings], clinical_table, name)
    if clinical_table is not None and patient_column:
        clinical.set_roles(study, patient=patient_column)
    return table


@one_commit
def _store(
    study: Study, table: FeatureTable, findings: list[Finding], clinical_table: pd.DataFrame | None, name: str
) -> None:
    """Make the table the study's; the first column of the clinical table holds the case ids."""
    study.save_cohort(_cohort(table, study.cohort))
    study.save_feature_table(table)
    study.save_findings("features", findings)
    study.ledger.record("feature table imported", name=name, n=len(table.values), features=table.values.shape[1])
    if clinical_table is not None:
        clinical.store_table(study, clinical_table, str(clinical_table.columns[0]), name=name)


def _cohort(table: FeatureTable, before: Cohort) -> Cohort:
    known = {case.case_id: case for case in before.cases}
    cases = []
    for case_id, patient_id in dict(zip(table.keys["case_id"], table.keys["patient_id"], strict=True)).items():
        case = known.get(str(case_id), Case(str(case_id), str(patient_id)))
        cases.append(dataclasses.replace(case, patient_id=str(patient_id)))
    ids = {case.case_id for case in cases}
    return Cohort(tuple(cases), tuple(e for e in before.exclusions if e.case_id in ids))
