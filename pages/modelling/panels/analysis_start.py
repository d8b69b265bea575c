"""The button that starts an analysis: what it costs before, and why it cannot start."""

from __future__ import annotations

import streamlit as st

from pages.common import messages, state
from pages.common.words import Markdown, _, md
from pages.modelling.panels import cost, stops
from pages.modelling.panels.analysis_choices import KEPT, MODES, NUMBERS
from pages.modelling.panels.screen import Screen
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis
from radiomics_core.study.storage.digests import upstream_digest


def start(study: Study, endpoint: Endpoint, settings: AnalysisSettings, screen: Screen) -> None:
    """Show what it costs and start it, unless something stands in the way."""
    stopped = stops.before(study, endpoint, screen.prefix)
    refused = _refusal(study, endpoint, settings, screen)
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            md(screen.button),
            key=f"{screen.prefix}_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=stopped or bool(refused),
            help=_("Runs in the background; you can go on or close the page."),
        )
        if refused:
            st.markdown(refused)
        else:
            digest = digest_of(upstream_digest(study, endpoint.name), settings.digest())
            cost.ask(screen.prefix, digest, lambda: analysis.estimate(study, endpoint.name, settings))
    if go:
        numbers = [f"{number}_{mode}" for number in NUMBERS for mode in MODES]
        kept = [f"{screen.prefix}_{name}" for name in (*KEPT, *numbers)]
        state.remember(*(key for key in kept if state.get(key) is not None))
        with messages.errors_shown():
            analysis.start(study, endpoint.name, settings)
            st.rerun()


def _refusal(study: Study, endpoint: Endpoint, settings: AnalysisSettings, screen: Screen) -> Markdown:
    if not state.get(f"{screen.prefix}_inputs"):
        return _("Choose at least one set of inputs.")
    return stops.refusal(settings.digest(), study, endpoint, lambda: analysis.check(study, endpoint.name, settings))
