"""What each clinical column is for. By default a column is not a predictor."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.words import _
from pages.data.panels import roles_table
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.study import Study
from radiomics_core.study.actions import clinical


def show(study: Study) -> None:
    """Edit type and role of every column; proposals are shown beside, never applied silently."""
    if not study.has_clinical():
        st.info(_("There is no clinical table yet. Import one in the section *Clinical table*."))
        return
    st.markdown(
        _(
            "Only columns known **on the imaging date** may be predictors. Anything learned later (treatment response, follow-up, status) would give the answer away. "
            "A column is *not used* until you say otherwise; say of every predictor when it was recorded."
        )
    )
    specs = study.column_specs
    frame = roles_table.frame(study, specs)
    edited = roles_table.edit(frame, specs)
    _buttons(study, specs, edited)
    if not edited.equals(frame):
        st.caption(":material/edit: " + _("Changed here, not saved yet."))
    messages.show_findings(study.findings("clinical"), key="roles")


def _buttons(study: Study, specs: tuple[ColumnSpec, ...], edited: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        if st.button(
            _("Save roles"),
            key="roles_save",
            help=_("Keeps types and roles; analyses that used others are marked as out of date."),
            type="primary",
        ):
            _do(lambda: clinical.save_specs(study, roles_table.specs_of(specs, edited)))
        if st.button(
            _("Fill in the proposals"),
            key="roles_propose",
            help=_("Takes over the column *Proposal*; you can still change everything."),
        ):
            _do(lambda: clinical.accept_proposals(study))
        if any(spec.role == "predictor" and not spec.recorded for spec in specs) and st.button(
            _("All predictors were known at imaging"),
            key="roles_recorded",
            help=_(
                "Says so of every predictor of which nobody has said it yet. What was learned later must not predict."
            ),
        ):
            _do(lambda: clinical.declare_known_at_imaging(study))
        downloads.table(edited, "clinical_columns", key="roles")


def _do(change: Callable[[], None]) -> None:
    """Change roles and show the table anew."""
    with messages.errors_shown():
        change()
        st.toast(_("Types and roles saved."), icon=":material/check:")
        state.put("roles_version", state.get("roles_version", 0) + 1)
        st.rerun()
