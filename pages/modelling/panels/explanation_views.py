"""Beeswarm, bars, dependence of one feature, and one case's waterfall beside its image."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.common import analysis_count, cards, messages, state, viewer
from pages.common.words import Markdown, _, plural
from pages.modelling.panels import results
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.explain.explanation import ShapExplanation
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.plots.explanations import shap_bar, shap_beeswarm, shap_dependence, shap_waterfall
from radiomics_core.study import Study
from radiomics_core.study.actions import explanation
from radiomics_core.study.storage.results import ResultMeta

CLICKED = "shap_clicked"
CARD_WIDTH_PX = 380


def show(study: Study, endpoint: Endpoint) -> bool:
    """Draw the newest explanation of the chosen inputs; returns whether there is one."""
    inputs = str(state.get("explanation_inputs", ""))
    newest = results.newest_explanation(study, endpoint, inputs)
    if newest is None:
        return False
    result, meta = newest
    if explanation.is_stale(study, endpoint.name, inputs):
        st.warning(
            _("The analysis has changed since this explanation. Explain again to renew it."), icon=":material/history:"
        )
    with analysis_count.counted(endpoint.name, _analysis_number(study, endpoint)):
        _figures(study, endpoint, result, meta)
    messages.show_findings(list(result.findings), key="explanation")
    return True


def _figures(study: Study, endpoint: Endpoint, result: ShapExplanation, meta: ResultMeta) -> None:
    inputs = str(state.get("explanation_inputs", ""))
    by_case = results.case_contributions(study, meta)
    event = cards.chart_card(
        _("What drives the held-out score: {inputs}", inputs=inputs_label(inputs)),
        lambda: shap_beeswarm(by_case, scale=result.scale),
        key="shap_beeswarm",
        digest=meta.digest,
        frame=by_case,
        caption=_caption(result),
        on_select="rerun",
        selection_mode="case",
        name="shap",
    )
    with st.grid(columns="auto", min_column_width=CARD_WIDTH_PX):
        cards.chart_card(
            _("Leading features"),
            lambda: shap_bar(result.features, scale=result.scale),
            key="shap_bar",
            digest=meta.digest,
            frame=result.features,
            caption=_("Averaged over folds; a feature that a fold did not use counts 0 there."),
        )
        with st.container():
            _dependence(study, endpoint, result, by_case, meta.digest)
    _case(study, result, by_case, event, meta.digest)


def _analysis_number(study: Study, endpoint: Endpoint) -> int | None:
    """Return which analysis of the endpoint the newest one is, None when it is not known."""
    newest = results.newest(study, endpoint)
    return None if newest is None else newest[0].meta.get("analysis_number")


def _caption(result: ShapExplanation) -> Markdown:
    cases = plural(int(result.meta["n_cases"]), "{n} held-out case", "{n} held-out cases")
    folds = plural(int(result.meta["n_folds"]), "{n} training fold", "{n} training folds")
    repeats = plural(int(result.meta["n_repeats"]), "{n} repeat", "{n} repeats")
    words = _("Each case is explained by models that never saw it. What drives a score need not cause the outcome.")
    return Markdown(f"{cases}, {folds}, {repeats}. {words}")


def _dependence(study: Study, endpoint: Endpoint, result: ShapExplanation, by_case: pd.DataFrame, digest: str) -> None:
    names = list(result.features["feature"])
    state.recall("shap_feature", names[0], options=names)
    feature = str(
        st.selectbox(
            _("Dependence on"),
            names,
            key="shap_feature",
            persist_state="session",
            help=_("How the feature's value moves the score."),
        )
    )
    event = explanation.events(study, endpoint.name)
    frame = by_case.loc[by_case["feature"] == feature, ["case_id", "value", "shap"]]
    cards.chart_card(
        _("One feature and its contribution"),
        lambda: shap_dependence(frame, feature, scale=result.scale, event=event),
        key="shap_dependence",
        digest=f"{digest} {feature}",
        frame=frame,
        caption=_(
            "Cases whose models chose this feature: {n} of {total}.", n=len(frame), total=by_case["case_id"].nunique()
        ),
    )


def _case(study: Study, result: ShapExplanation, by_case: pd.DataFrame, event: Any, digest: str) -> None:
    ids = sorted(result.cases["case_id"].unique())
    _take_click(event, ids)
    state.recall("shap_case", ids[0], options=ids)
    st.subheader(_("One case"))
    case_id = str(
        st.selectbox(
            _("Case"), ids, key="shap_case", persist_state="session", width=320, help=_("Or click a point above.")
        )
    )
    rows = result.cases[result.cases["case_id"] == case_id]
    part = by_case[by_case["case_id"] == case_id].sort_values("shap", key=lambda s: -s.abs(), ignore_index=True)
    frame = part[["feature", "value", "shap"]]
    with st.grid(columns="auto", min_column_width=CARD_WIDTH_PX):
        cards.chart_card(
            _("How the score of {case} comes about", case=case_id),
            lambda: shap_waterfall(frame, float(rows["base"].mean()), case_id=case_id, scale=result.scale),
            key="shap_waterfall",
            digest=f"{digest} {case_id}",
            frame=frame,
            caption=_("From the mean score of the training cases to the score of this case, averaged over repeats."),
        )
        with st.container():
            case = next((c for c in study.cohort.cases if c.case_id == case_id), None)
            if case is not None and case.images:
                viewer.case_viewer(case, case.images[0].name, key="shap_view", compact=True)
            else:
                st.caption(_("This study has no images."))


def _take_click(event: Any, ids: list[str]) -> None:
    """Show the clicked case, once per click, so that the menu can still choose another."""
    clicked = event.selection.get("case") if event is not None else None
    found = next((str(v) for v in clicked[0].values() if str(v) in ids), "") if clicked else ""
    if found and found != state.get(CLICKED, ""):
        state.put("shap_case", found)
    state.put(CLICKED, found)
