"""The table of columns as it is edited: type, role and when a predictor was recorded."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from pages.common import state
from pages.common.words import _, plain
from radiomics_core.cohort.model import ColumnSpec, Recorded
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import clinical

TYPES = {
    "number": lazy_("number"),
    "ordered": lazy_("ordered levels"),
    "category": lazy_("category"),
    "date": lazy_("date"),
    "text": lazy_("text"),
}
ROLES = {
    "ignore": lazy_("not used"),
    "predictor": lazy_("predictor"),
    "outcome": lazy_("outcome"),
    "id": lazy_("case id"),
    "patient": lazy_("patient id"),
    "centre": lazy_("centre"),
    "group": lazy_("group"),
    "treatment": lazy_("treatment"),
    "volume": lazy_("volume"),
    "imaging_date": lazy_("date of the image"),
}
AT_IMAGING = lazy_("known at imaging")
NOT_SAID = lazy_("not said")


def edit(frame: pd.DataFrame, specs: tuple[ColumnSpec, ...]) -> pd.DataFrame:
    """Let the user change types, roles and times; proposals stand beside them."""
    return st.data_editor(
        frame,
        hide_index=True,
        key=f"roles_editor_{state.get('roles_version', 0)}",
        disabled=[_("Column"), _("Filled"), _("Examples"), _("Proposal"), _("Why")],
        column_config={
            _("Column"): st.column_config.TextColumn(width=190),
            _("Filled"): st.column_config.TextColumn(width=80),
            _("Examples"): st.column_config.TextColumn(width=190),
            _("Type"): st.column_config.SelectboxColumn(
                options=[str(w) for w in TYPES.values()],
                required=True,
                help=_("Ordered levels keep their order; a category does not."),
            ),
            _("Role"): st.column_config.SelectboxColumn(
                options=[str(w) for w in ROLES.values()], required=True, help=_("What the column is used for.")
            ),
            _("Recorded"): st.column_config.SelectboxColumn(
                options=list(_recorded_words(specs)),
                required=True,
                help=_("When a predictor was known: at imaging, or on a date that another column holds."),
            ),
        },
        height=min(700, 38 + 35 * len(frame)),
    )


def frame(study: Study, specs: tuple[ColumnSpec, ...]) -> pd.DataFrame:
    """Return the table as it stands, with proposals for what has no role yet."""
    proposals = {p.column: p for p in clinical.proposals(study)}
    about = clinical.describe_columns(study)
    said = {meaning: words for words, meaning in _recorded_words(specs).items()}
    rows = []
    for spec in specs:
        proposal = proposals.get(spec.name)
        rows.append(
            {
                _("Column"): spec.name,
                _("Type"): str(TYPES[spec.type]),
                _("Role"): str(ROLES[spec.role]),
                _("Recorded"): said[spec.recorded, spec.date_column],
                _("Filled"): about[spec.name].filled,
                _("Examples"): about[spec.name].examples,
                _("Proposal"): str(ROLES[proposal.role]) if proposal else "",
                _("Why"): proposal.why if proposal else "",
            }
        )
    return pd.DataFrame(rows)


def specs_of(specs: tuple[ColumnSpec, ...], edited: pd.DataFrame) -> list[ColumnSpec]:
    """Return the columns as they were edited."""
    types = {str(word): name for name, word in TYPES.items()}
    roles = {str(word): name for name, word in ROLES.items()}
    recorded = _recorded_words(specs)
    by_name = {row[_("Column")]: row for row in edited.to_dict("records")}
    made = []
    for spec in specs:
        row = by_name[spec.name]
        when, date_column = recorded[row[_("Recorded")]]
        choices = {"type": types[row[_("Type")]], "role": roles[row[_("Role")]]}
        made.append(dataclasses.replace(spec, **choices, recorded=when, date_column=date_column))  # type: ignore[arg-type]
    return made


def _recorded_words(specs: tuple[ColumnSpec, ...]) -> dict[str, tuple[Recorded, str]]:
    """Return what can be said of when a column was recorded, and what it means."""
    words: dict[str, tuple[Recorded, str]] = {str(NOT_SAID): ("", ""), str(AT_IMAGING): ("at_imaging", "")}
    dates = {s.name for s in specs if s.type == "date"} | {s.date_column for s in specs if s.recorded == "by_date"}
    return words | {plain("on {column}", column=name): ("by_date", name) for name in sorted(dates)}
