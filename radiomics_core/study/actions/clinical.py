"""The clinical table: read, match with the cases, say what each column is for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.clinical.checks import check_columns
from radiomics_core.clinical.column_types import ColumnProposal, guess_columns, propose_roles
from radiomics_core.clinical.column_types import guess_id_column as guess_id
from radiomics_core.clinical.endpoint_values import endpoint_columns
from radiomics_core.clinical.identifiers import personal_findings
from radiomics_core.clinical.matching import IdMatch, match_ids
from radiomics_core.clinical.splits import refuse_divided_patients
from radiomics_core.clinical.tables import read_checked, read_table
from radiomics_core.cohort.model import ClinicalTableFormat, Cohort, ColumnRole, ColumnSpec
from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.deidentification.keyed_tables import match_key, with_neutral_ids
from radiomics_core.errors import EndpointError, SealedError, StudyError, TableError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.split import place_late_cases
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.storage.tables import SOURCE_TABLE
from radiomics_core.study.study import Study


@dataclass(frozen=True)
class ColumnFacts:
    """How full a column is and what stands in it."""

    filled: str
    examples: str


def read(source: bytes | Path | str, fmt: ClinicalTableFormat | None = None, name: str = "") -> pd.DataFrame:
    """Return a table's cells as text."""
    return read_table(source, fmt, name)


def guess_id_column(study: Study, table: pd.DataFrame, key: KeyTable | None = None) -> str | None:
    """Return the column that matches most cases (or ids of a key table), else the one that looks like an id."""
    targets = {case.case_id for case in study.cohort.cases} | {case.patient_id for case in study.cohort.cases}
    targets = targets if key is None else set(key.neutral_of)
    hits = {str(name): len(targets & set(table[name].dropna().astype(str).str.strip())) for name in table.columns}
    best = max(hits, key=lambda name: hits[name], default=None)
    return best if best is not None and hits[best] else guess_id(table)


def match(study: Study, table: pd.DataFrame, id_column: str, key: KeyTable | None = None) -> IdMatch:
    """Match the rows of a table with the cases, by case id or, where that gives more, by patient id.

    With a key table the rows are matched with its original ids.
    """
    return _match(study.cohort, table, id_column)[0] if key is None else match_key(table, id_column, key)


def import_table(
    study: Study,
    source: bytes | Path | str,
    id_column: str | None = None,
    *,
    fmt: ClinicalTableFormat | None = None,
    name: str = "",
    accept_changes: bool = True,
    leave_out: Sequence[str] = (),
    key: KeyTable | None = None,
) -> IdMatch:
    """Read a clinical table into the study and match its rows with the cases.

    Every column is ignored until somebody says what it is for; roles of columns that were there before are kept.

    Parameters
    ----------
    accept_changes : bool
        Use ids that match only after a change (blanks, case, prefixes).
    leave_out : sequence of str
        Columns that are not taken into the study, such as names of persons.
    key : KeyTable, optional
        Of cases with neutral names: original ids are replaced before anything is stored, rows of other ids and columns
        that repeat original ids are left out.

    Raises
    ------
    TableError
        The table cannot be read, has no such column, or no id matches a case.
    """
    table, findings = read_checked(source, fmt, name)
    table = without_columns(table, leave_out)
    chosen = id_column or guess_id_column(study, table, key)
    if chosen is None or chosen not in table.columns:
        raise TableError(
            lazy_("the table has no column '{column}'"),
            remedy=lazy_("Available: {available}"),
            column=chosen or "id",
            available=", ".join(map(str, table.columns)),
        )
    name = name or _name(source)
    if key is not None:
        table, more = with_neutral_ids(table, chosen, key, accept_changes=accept_changes)
        name, findings = "clinical", [*findings, *more]
    return store_table(study, table, chosen, findings, name=name, accept_changes=accept_changes)


def without_columns(table: pd.DataFrame, leave_out: Sequence[str]) -> pd.DataFrame:
    """Return the table without some columns; raises TableError when it has no such column."""
    absent = [column for column in leave_out if column not in table.columns]
    if absent:
        raise TableError(
            lazy_("the table has no column '{column}'"),
            remedy=lazy_("Available: {available}"),
            column=absent[0],
            available=", ".join(map(str, table.columns[:10])),
        )
    return table.drop(columns=list(leave_out))


@one_commit
def store_table(
    study: Study,
    table: pd.DataFrame,
    id_column: str,
    findings: Iterable[Finding] = (),
    *,
    name: str = "",
    accept_changes: bool = True,
) -> IdMatch:
    """Store a table of text cells as the study's clinical table."""
    matched, by_patient = _match(study.cohort, table, id_column)
    study.check_writable()
    study.tables.put(SOURCE_TABLE, table)
    about = {"id_column": id_column, "name": name, "accept_changes": accept_changes}
    study.catalogue.put_document("clinical_source", about)
    study.save_clinical(_rows_of_cases(study.cohort, (table, id_column), matched, by_patient, accept_changes))
    before = {spec.name: spec for spec in study.column_specs}
    specs = [
        before.get(spec.name, spec) if spec.name != id_column else spec for spec in guess_columns(table, id_column)
    ]
    personal = personal_findings(table, spare=[id_column])
    study.save_findings("clinical:table", [*findings, *matched.findings, *personal])
    save_specs(study, specs)
    place_late_cases(study)
    study.ledger.record("clinical table imported", name=name, id_column=id_column, n=len(matched.pairs))
    return matched


@one_commit
def match_again(study: Study) -> None:
    """Match the imported table with a cohort that has changed; without a table nothing happens."""
    about = study.catalogue.document("clinical_source")
    file = study.tables.path(SOURCE_TABLE)
    if about is None or file is None or not len(study.cohort):
        return
    table, id_column = pd.read_parquet(file), about["id_column"]
    matched, by_patient = _match(study.cohort, table, id_column)
    rows = _rows_of_cases(study.cohort, (table, id_column), matched, by_patient, about["accept_changes"])
    study.save_clinical(rows)
    _apply_to_cases(study, study.column_specs)


@one_commit
def save_specs(study: Study, specs: Sequence[ColumnSpec]) -> None:
    """Store type and role of every column; patient and centre columns are written into the cases.

    Raises
    ------
    TableError
        Two columns have a role that only one can have, or a patient would be in development and external.
    SealedError
        The patient or centre column is part of an endpoint.
    """
    for role in ("id", "patient", "centre", "volume", "imaging_date"):
        names = [spec.name for spec in specs if spec.role == role]
        if len(names) > 1:
            raise TableError(
                lazy_("{n} columns have the role '{role}': {names}"),
                remedy=lazy_("Choose one of them."),
                n=len(names),
                role=role,
                names=", ".join(names),
            )
    _refuse_sealed(study, specs)
    changed = tuple(specs) != study.column_specs
    _apply_to_cases(study, specs)
    study.save_column_specs(specs)
    refresh_findings(study)
    if changed:
        study.ledger.change_settings("column roles")


@one_commit
def set_roles(
    study: Study,
    *,
    predictor: Sequence[str] = (),
    centre: str = "",
    patient: str = "",
    volume: str = "",
    outcome: Sequence[str] = (),
    treatment: Sequence[str] = (),
    imaging_date: str = "",
    dated: Mapping[str, str] | None = None,
) -> None:
    """Give columns their roles by name; columns not named keep theirs, and a role moves to the column named for it.

    Parameters
    ----------
    predictor : sequence of str
        Columns known when the image was made, unless ``dated`` names them.
    imaging_date : str
        Column with the date of the image.
    dated : mapping of str to str
        Predictors that were recorded on a date, and the column that holds it.
    """
    dated = dict(dated or {})
    wanted: dict[str, ColumnRole] = dict.fromkeys((*predictor, *dated), "predictor")
    wanted.update(dict.fromkeys(outcome, "outcome"))
    wanted.update(dict.fromkeys(treatment, "treatment"))
    single: dict[ColumnRole, str] = {
        "centre": centre, "patient": patient, "volume": volume, "imaging_date": imaging_date
    }  # fmt: skip
    wanted.update({name: role for role, name in single.items() if name})
    known = {spec.name for spec in study.column_specs}
    unknown = [name for name in (*wanted, *dated.values()) if name not in known]
    if unknown:
        raise StudyError(
            lazy_("the clinical table has no column {columns}"),
            remedy=lazy_("Columns: {known}"),
            columns=", ".join(unknown),
            known=", ".join(spec.name for spec in study.column_specs) or "-",
        )
    specs = [_with_role(spec, wanted, single, bool(predictor or dated)) for spec in study.column_specs]
    save_specs(study, [_recorded(spec, dated) if wanted.get(spec.name) == "predictor" else spec for spec in specs])


def clinical_volume(study: Study) -> str | None:
    """Return the clinical column that was given the role volume; None without one, or when it holds no numbers."""
    sealed = study.outcome_columns
    columns = [spec.name for spec in study.column_specs if spec.role == "volume" and spec.type == "number"]
    return next((name for name in columns if name not in sealed), None)


def proposals(study: Study) -> list[ColumnProposal]:
    """Return the roles that columns seem to have; nothing is applied."""
    return study.seal.over_table(lambda table: propose_roles(table, study.column_specs))


@one_commit
def accept_proposals(study: Study) -> None:
    """Give every column the role it seems to have, where it has none yet."""
    proposed = {proposal.column: proposal.role for proposal in proposals(study)}
    taken = {spec.role for spec in study.column_specs}
    specs = []
    for spec in study.column_specs:
        role = proposed.get(spec.name, spec.role) if spec.role == "ignore" else spec.role
        if role in ("patient", "centre", "volume") and role != spec.role:
            role = spec.role if role in taken else role
            taken.add(role)
        specs.append(dataclasses.replace(spec, role=role))
    save_specs(study, specs)


def declare_known_at_imaging(study: Study) -> None:
    """Record that every predictor of which nobody said otherwise was known when the image was made."""
    save_specs(
        study,
        [
            dataclasses.replace(spec, recorded="at_imaging") if spec.role == "predictor" and not spec.recorded else spec
            for spec in study.column_specs
        ],
    )


def describe_columns(study: Study) -> dict[str, ColumnFacts]:
    """Return how full each column is and, but for outcomes and what looks like one, some of its values."""
    sealed = study.outcome_columns | study.outcome_twins
    return study.seal.over_table(lambda table: {str(n): _facts(table[n], str(n) in sealed) for n in table.columns})


def refresh_findings(study: Study) -> None:
    """Check predictors for columns that look like outcomes, with every endpoint that can be computed."""
    if not study.has_clinical():
        return
    findings: list[Finding] = []
    for endpoint in [None, *study.endpoints.values()]:
        try:
            values = None if endpoint is None else study.endpoint_values(endpoint)
        except EndpointError:
            continue  # the endpoint reports its own problem where it is shown
        made = study.seal.over_table(partial(check_columns, specs=study.column_specs, values=values))
        findings += [one for one in made if one not in findings]
    study.save_findings("clinical:roles", findings)


def _match(cohort: Cohort, table: pd.DataFrame, id_column: str) -> tuple[IdMatch, bool]:
    cells = list(table[id_column].dropna())
    case_ids = [case.case_id for case in cohort.cases]
    patients = list(dict.fromkeys(case.patient_id for case in cohort.cases))
    if set(patients) == set(case_ids):
        return match_ids(cells, case_ids), False
    by_case = len(set(map(str, cells)) & set(case_ids)) >= len(set(map(str, cells)) & set(patients))
    return match_ids(cells, case_ids if by_case else patients), not by_case


def _rows_of_cases(
    cohort: Cohort, source: tuple[pd.DataFrame, str], matched: IdMatch, by_patient: bool, accept_changes: bool
) -> pd.DataFrame:
    table, id_column = source
    refused = {pair[0] for change in matched.changes for pair in change.pairs} if not accept_changes else set()
    row_of = {target: cell for cell, target in matched.pairs.items() if cell not in refused}
    cells = table[id_column].astype(object).where(table[id_column].notna(), "").astype(str)
    rows = table.set_axis(pd.Index(cells)).loc[~cells.duplicated().to_numpy()]
    wanted = {case.case_id: row_of.get(case.patient_id if by_patient else case.case_id) for case in cohort.cases}
    present = {case_id: cell for case_id, cell in wanted.items() if cell is not None}
    return rows.loc[list(present.values())].set_axis(pd.Index(list(present), name="case_id"))


def _refuse_sealed(study: Study, specs: Sequence[ColumnSpec]) -> None:
    """Cases carry their patient and centre openly, external ones too: an outcome must not get there."""
    sealed = set().union(*map(endpoint_columns, study.endpoints.values()))
    names = [spec.name for spec in specs if spec.role in ("patient", "centre") and spec.name in sealed]
    if names:
        raise SealedError(
            lazy_("column {columns} holds outcomes and is sealed"),
            remedy=lazy_("Choose another column as patient or centre, or remove the endpoint made from it."),
            columns=", ".join(names),
        )


def _apply_to_cases(study: Study, specs: Sequence[ColumnSpec]) -> None:
    roles = {spec.role: spec.name for spec in specs}
    applied: dict[str, Any] = study.catalogue.document("roles_applied") or {}
    now = {role: roles[role] for role in ("patient", "centre") if role in roles}
    if not now and not applied:
        return
    columns = {role: study.seal.column_of_cases(name) for role, name in now.items()}
    cases = []
    for case in study.cohort.cases:
        patient = columns["patient"].get(case.case_id, "") if "patient" in now else ""
        centre = columns["centre"].get(case.case_id, "") if "centre" in now else ""
        keep_patient = case.patient_id if "patient" not in now and "patient" not in applied else case.case_id
        keep_centre = case.centre if "centre" not in now and "centre" not in applied else ""
        cases.append(dataclasses.replace(case, patient_id=patient or keep_patient, centre=centre or keep_centre))
    cohort = study.cohort.replace(cases=tuple(cases))
    refuse_divided_patients(cohort)
    study.save_cohort(cohort)
    study.catalogue.put_document("roles_applied", now)


def _with_role(
    spec: ColumnSpec, wanted: dict[str, ColumnRole], single: dict[ColumnRole, str], predictors_named: bool
) -> ColumnSpec:
    if spec.name in wanted:
        return dataclasses.replace(spec, role=wanted[spec.name])
    moved = bool(single.get(spec.role)) or (predictors_named and spec.role == "predictor")
    return dataclasses.replace(spec, role="ignore") if moved else spec


def _recorded(spec: ColumnSpec, dated: Mapping[str, str]) -> ColumnSpec:
    if spec.name in dated:
        return dataclasses.replace(spec, recorded="by_date", date_column=dated[spec.name])
    return dataclasses.replace(spec, recorded="at_imaging", date_column="")


def _facts(column: pd.Series, sealed: bool) -> ColumnFacts:
    filled = column.dropna()
    examples = "" if sealed else ", ".join(dict.fromkeys(map(str, filled.head(30))))[:60]
    return ColumnFacts(f"{len(filled)} / {len(column)}", examples)


def _name(source: bytes | Path | str) -> str:
    return "" if isinstance(source, bytes) else Path(source).name
