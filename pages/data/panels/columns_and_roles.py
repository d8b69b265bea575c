"""What each clinical column is for. By default a column is not a predictor."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.words import _
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.steps import clinical

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
}


def show(study: Study) -> None:
    """Edit type and role of every column; proposals are shown beside, never applied silently."""
    if not study.has_clinical():
        st.info(_("There is no clinical table yet. Import one in the section *Clinical table*."))
        return
    st.markdown(
        _(
            "Only columns known **on the imaging date** may be predictors. Anything learned later (treatment response, follow-up, status) would give the answer away. "
            "A column is *not used* until you say otherwise."
        )
    )
    specs = study.column_specs
    frame = _editor_frame(study, specs)
    edited = st.data_editor(
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
        },
        height=min(700, 38 + 35 * len(frame)),
    )
    with st.container(horizontal=True):
        if st.button(
            _("Save roles"),
            key="roles_save",
            help=_("Keeps types and roles; analyses that used others are marked as out of date."),
            type="primary",
        ):
            with messages.errors_shown():
                clinical.save_specs(study, _edited_specs(specs, edited))
                st.toast(_("Types and roles saved."), icon=":material/check:")
                state.put("roles_version", state.get("roles_version", 0) + 1)
                st.rerun()
        if st.button(
            _("Fill in the proposals"),
            key="roles_propose",
            help=_("Takes over the column *Proposal*; you can still change everything."),
        ):
            with messages.errors_shown():
                clinical.accept_proposals(study)
                state.put("roles_version", state.get("roles_version", 0) + 1)
                st.rerun()
        downloads.table(edited, "clinical_columns", key="roles")
    if not edited.equals(frame):
        st.caption(":material/edit: " + _("Changed here, not saved yet."))
    messages.show_findings(study.findings("clinical"), key="roles")


def _editor_frame(study: Study, specs: tuple[ColumnSpec, ...]) -> pd.DataFrame:
    proposals = {p.column: p for p in clinical.proposals(study)}
    about = clinical.describe_columns(study)
    rows = []
    for spec in specs:
        proposal = proposals.get(spec.name)
        rows.append(
            {
                _("Column"): spec.name,
                _("Type"): str(TYPES[spec.type]),
                _("Role"): str(ROLES[spec.role]),
                _("Filled"): about[spec.name].filled,
                _("Examples"): about[spec.name].examples,
                _("Proposal"): str(ROLES[proposal.role]) if proposal else "",
                _("Why"): proposal.why if proposal else "",
            }
        )
    return pd.DataFrame(rows)


def _edited_specs(specs: tuple[ColumnSpec, ...], edited: pd.DataFrame) -> list[ColumnSpec]:
    types = {str(word): name for name, word in TYPES.items()}
    roles = {str(word): name for name, word in ROLES.items()}
    by_name = {row[_("Column")]: row for row in edited.to_dict("records")}
    return [
        dataclasses.replace(spec, type=types[by_name[spec.name][_("Type")]], role=roles[by_name[spec.name][_("Role")]])  # type: ignore[arg-type]
        for spec in specs
    ]
