"""Hazard ratios of one Cox model on all development cases: in-sample, and labelled so."""

from __future__ import annotations

import streamlit as st

from pages.common import cards, messages, state
from pages.common.words import _, joined, plural
from pages.modelling.panels import results, stops
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.plots.survival import hazard_ratio_forest
from radiomics_core.study import Study
from radiomics_core.study.actions import hazard_ratios


def show(study: Study, endpoint: Endpoint, *, wanted: bool) -> None:
    """Choose factors; table of hazard ratios with the proportional-hazards check.

    They show outcomes, and from then on every changed setting is counted: where they are not ``wanted`` yet (nothing
    analysed so far) they wait until they are asked for.
    """
    st.subheader(_("Hazard ratios"))
    offered = hazard_ratios.factors(study)
    if not offered:
        st.caption(_("Mark clinical columns as predictors on the Cohort page to see their hazard ratios."))
        return
    if not wanted and not _asked_for():
        return
    state.recall("survival_factors", offered[: min(4, len(offered))], options=offered)
    chosen = st.multiselect(
        _("Factors"),
        offered,
        key="survival_factors",
        persist_state="session",
        help=_("Clinical predictors and the volume."),
    )
    if not chosen:
        return
    if stops.now(study, endpoint):
        st.caption(_("No hazard ratios are shown while a finding stands in the way of an analysis."))
        return
    with messages.errors_shown():
        digest, result = results.hazard_ratios(study, endpoint, list(chosen))
        words = _("**In-sample**: one Cox model fitted on the cases it describes; it says nothing about new patients.")
        if result.n_dropped:
            dropped = plural(
                result.n_dropped, "{n} case with a missing value left out.", "{n} cases with a missing value left out."
            )
            words = joined(" ", [words, dropped])
        cards.chart_card(
            _("Hazard ratios of one Cox model, in-sample"),
            lambda: hazard_ratio_forest(result),
            key="hazard_ratios",
            digest=digest,
            frame=result.frame(),
            caption=words,
        )
        messages.show_findings(list(result.findings), key="hazard_ratios")


def _asked_for() -> bool:
    return st.toggle(
        _("Show them before the analysis"),
        key="hazard_ratios_early",
        help=_("They show outcomes: settings changed afterwards are counted, and the number stands with the result."),
    )
