"""Bring in the clinical table: how the file is read is guessed, shown and can be corrected; ids are matched in the open."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.uploads import content, forget
from pages.common.words import _, plural
from pages.data.panels import neutral_names, personal_columns, table_format
from radiomics_core.clinical.matching import IdMatch
from radiomics_core.clinical.readers import table_endings
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.study import Study
from radiomics_core.study.actions import clinical


def show(study: Study) -> None:
    """Take a file, show how it is read, match ids, import."""
    if study.has_clinical():
        specs = study.column_specs
        st.success(
            plural(
                len(specs),
                "The study has a clinical table with {n} column.",
                "The study has a clinical table with {n} columns.",
            ),
            icon=":material/check_circle:",
        )
    if not len(study.cohort):
        st.info(_("Bring in images or a feature table first, so that the ids can be matched."))
        return
    file = st.file_uploader(
        _("Clinical table"),
        type=table_endings(),
        key="clinical_file",
        help=_(
            "One row per patient or case; CSV, TSV or Excel. It is copied into the study; nothing leaves this computer."
        ),
    )
    if file is None:
        return
    with messages.errors_shown():
        held = content(file)
        look = state.made_once("clinical_look_made", file.file_id, lambda: table_format.look_at(held, file.name))
        fmt = table_format.choose(look, key=f"clinical_{file.file_id}")
        table = state.made_once("clinical_read", (file.file_id, fmt), lambda: clinical.read(held, fmt, file.name))
        _preview(table)
        if look.findings:
            messages.show_findings(look.findings, key="clinical_look")
        if _match_and_import(study, held, fmt, file.name, table):
            forget([file])
            state.drop("clinical_look_made", "clinical_read")
            state.put_next("cohort_section", "columns")
            st.rerun()


def _preview(table: pd.DataFrame) -> None:
    st.caption(_("{rows} rows, {columns} columns", rows=len(table), columns=table.shape[1]))
    st.dataframe(table.head(50), hide_index=True, key="clinical_preview", height=240)


def _match_and_import(
    study: Study, held: Path | bytes, fmt: ClinicalTableFormat, name: str, table: pd.DataFrame
) -> bool:
    """Show how ids match; return whether the table was imported."""
    columns = list(table.columns)
    key = neutral_names.key_of(study)
    guess = clinical.guess_id_column(study, table, key)
    state.recall("clinical_id", guess or columns[0], options=columns)
    id_column = st.selectbox(
        _("Column with the case or patient id"),
        columns,
        key="clinical_id",
        persist_state="session",
        help=_("Its values are matched with the cases of the study."),
    )
    match = clinical.match(study, table, id_column, key)
    _diagnostics(match)
    left_out = personal_columns.choose(table, id_column, key=f"clinical_leave_out_{name}")
    agreed = True
    if match.changes:
        agreed = st.checkbox(
            _("These ids mean the same cases"),
            key="clinical_agree",
            help=_("Nothing is matched by resemblance unless you confirm it."),
        )
    pressed = st.button(
        _("Import the table"),
        key="clinical_import",
        help=_("Copies the table into the study and matches its rows with the cases."),
        type="primary",
        disabled=not match.pairs,
    )
    if pressed:
        clinical.import_table(
            study, held, id_column, fmt=fmt, name=name, accept_changes=agreed, leave_out=left_out, key=key
        )
    return pressed


def _diagnostics(match: IdMatch) -> None:
    with st.container(horizontal=True):
        st.metric(_("Matched"), len(match.pairs), border=True)
        st.metric(_("Cases without a row"), len(match.unmatched_cases), border=True)
        st.metric(_("Rows without a case"), len(match.unmatched_table), border=True)
        st.metric(_("Repeated ids"), len(match.duplicates), border=True)
    for change in match.changes:
        pairs = pd.DataFrame(change.pairs, columns=[_("In the table"), _("In the study")])
        with st.expander(
            plural(
                len(pairs),
                "{n} id matches only after a change: {what}",
                "{n} ids match only after a change: {what}",
                what=change.what,
            ),
            expanded=True,
        ):
            st.dataframe(pairs, hide_index=True, key=f"change_{change.kind}", height=200)
    messages.show_findings(list(match.findings), key="match")
    lost = pd.DataFrame(
        [{"side": "table", "id": i} for i in match.unmatched_table]
        + [{"side": "study", "id": i} for i in match.unmatched_cases]
    )
    if len(lost):
        downloads.table(lost, "unmatched_ids", key="unmatched", label=_("Unmatched ids (CSV)"))
