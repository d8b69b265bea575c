"""The patient-flow chart: how many were found, left out and why, and analysed."""

from __future__ import annotations

import streamlit as st

from pages.common import downloads, state
from pages.common.cards import is_dark
from pages.common.words import _
from radiomics_core.study import Study
from radiomics_core.study.actions import flow


def show(study: Study) -> None:
    """Draw the chart for one endpoint; it follows every change of the cohort."""
    if not len(study.cohort):
        st.info(_("Bring in images or a feature table first."))
        return
    from radiomics_core.plots.flow import flow_svg

    names = list(study.endpoints)
    endpoint = ""
    if names:
        state.recall("flow_endpoint", names[0], options=names)
        endpoint = str(
            st.selectbox(
                _("Endpoint"),
                names,
                key="flow_endpoint",
                persist_state="session",
                width=320,
                help=_("Cases without a value of this endpoint are counted separately."),
            )
        )
    result = flow.patient_flow(study, endpoint)
    svg = flow_svg(result, dark=is_dark())
    st.image(svg, width="content", alt=_("Patient flow"))
    with st.container(horizontal=True):
        st.download_button(
            _("SVG"),
            data=flow_svg(result, dark=False),
            file_name="patient_flow.svg",
            mime="image/svg+xml",
            key="flow_svg",
            icon=":material/download:",
            on_click="ignore",
            help=_("For a paper."),
        )
        downloads.table(result.frame(), "patient_flow", key="flow")
