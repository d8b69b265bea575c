"""A map of cases: alike cases stand together; click one to see its image."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.common import calls, cards, viewer
from pages.common.words import NOTHING, _, md, plural
from pages.features.panels.scope import Scope, grouping
from radiomics_core.features.table import FeatureTable
from radiomics_core.plots import correlation as plots
from radiomics_core.study import Study


def show(study: Study, table: FeatureTable, scope: Scope) -> None:
    """Principal components coloured by anything; the clicked case beside it."""
    title, group, event_group = grouping(study, "map_group")
    with st.spinner(_("Drawing the map")):
        result = calls.case_map(scope.digest, scope.image, scope.values)
    explained = (float(result.explained[0]), float(result.explained[1])) if len(result.explained) > 1 else None
    left, right = st.columns([3, 2])
    caption = NOTHING
    if result.n_imputed:
        caption = plural(
            result.n_imputed, "{n} missing value replaced by the median.", "{n} missing values replaced by the median."
        )
    with left:
        event: Any = cards.chart_card(
            _("Cases by their features (principal components), exploratory"),
            lambda: plots.case_map(
                result, explained=explained, group=group, group_title=title, event_group=event_group
            ),
            key="case_map",
            frame=result.frame(),
            caption=caption,
            on_select="rerun",
            selection_mode="case",
        )
    with right:
        _clicked(study, event, scope)
    loadings = result.loadings_frame().sort_values("loading", key=abs, ascending=False, kind="stable")
    loadings["component"] = loadings["component"].str.removeprefix("pc")
    cards.table_card(
        _("Features behind the components"),
        loadings,
        key="loadings",
        caption=_("The strongest first: how much a feature weighs in a component, with its sign."),
        height=260,
        column_config={
            "feature": _("Feature"),
            "component": _("Component"),
            "loading": st.column_config.NumberColumn(_("Weight"), format="%.3f"),
        },
    )


def _clicked(study: Study, event: Any, scope: Scope) -> None:
    chosen = event.selection.get("case") if event is not None else None
    if not chosen:
        st.caption(_("Click a point to see its image here."))
        return
    known = {case.case_id: case for case in study.cohort.cases}
    case = next((known[str(v)] for v in chosen[0].values() if str(v) in known), None)
    if case is None:
        return
    st.markdown(f"**{md(case.case_id)}**")
    if not case.images:
        st.caption(_("This study has no images."))
        return
    image = scope.image if case.image(scope.image) else case.images[0].name
    viewer.case_viewer(case, image, key="map", compact=True)
