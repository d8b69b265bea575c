"""Choose whose pipeline is explained and start; each case is explained by a model that never saw it."""

from __future__ import annotations

import streamlit as st

from pages.common import messages, state
from pages.common.table import PAGES
from pages.common.words import Markdown, _
from pages.modelling.panels import results
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, explanation


def show(study: Study, endpoint: Endpoint) -> bool:
    """Menu of inputs and the start button; False when there is nothing to explain yet."""
    offered = results.explainable_inputs(study, endpoint)
    if not offered:
        page = "comparison" if endpoint.kind == "binary" else "survival"
        messages.empty_state(
            _("Nothing to explain yet"),
            _("Explanations take a finished analysis apart. Run one for this endpoint first."),
            page=page,
            icon=Markdown(":material/lightbulb:"),
        )
        return False
    page = "comparison" if endpoint.kind == "binary" else "survival"
    if analysis.is_stale(study, endpoint.name):
        st.warning(
            _(
                "The analysis is out of date: cases, features, roles or the method have changed. Run it again, then explain it."
            ),
            icon=":material/history:",
        )
        st.page_link(PAGES[page].file, label=_("Go to the analysis"), icon=":material/arrow_forward:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state.recall("explanation_inputs", offered[0], options=offered)
        inputs = st.selectbox(
            _("Explain"),
            offered,
            format_func=inputs_label,
            key="explanation_inputs",
            persist_state="session",
            width=320,
            help=_(
                "Inputs of the analysis; the pipeline chosen in each training fold is fitted again and checked against the stored predictions."
            ),
        )
        if st.button(_("Explain"), key="explanation_start", type="primary", icon=":material/play_arrow:"):
            state.remember("explanation_inputs", "explanation_endpoint")
            with messages.errors_shown():
                explanation.start(study, endpoint.name, str(inputs))
                st.rerun()
    return True
