"""What is analysed: quick or full, which inputs and pipelines."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.common import forms, state
from pages.common.words import _, md
from pages.modelling.panels import method_settings, results
from pages.modelling.panels.screen import Screen
from pages.modelling.panels.wording import method_label
from radiomics_core.analysis.settings import AnalysisSettings, inputs_in_order, mode_for
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.features.screens import SCREENS
from radiomics_core.i18n import lazy_
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.selection import SELECTORS
from radiomics_core.study import Study

MODES = {"quick": lazy_("Quick look (exploratory)"), "full": lazy_("Full")}
GROUPINGS = {"median": lazy_("Two groups (median)"), "tertiles": lazy_("Three groups (thirds)")}
KEPT = ("endpoint", "mode", "inputs", "grouping", "selectors", "models", "screen", "seed")
NUMBERS = {
    "folds": (lazy_("Folds"), 3, 10, lazy_("Parts the cases are split into; each is held out once.")),
    "repeats": (lazy_("Repeats"), 1, 100, lazy_("How often the split is made anew.")),
    "shuffles": (
        lazy_("Shuffled-outcome checks"),
        0,
        999,
        lazy_(
            "How often everything is repeated with the outcome shuffled between patients. 19 is the least that can give p = 0.05."
        ),
    ),
    "seed": (lazy_("Seed"), 0, 2**31 - 1, lazy_("The same seed gives the same numbers.")),
}


def choose(study: Study, endpoint: Endpoint, screen: Screen) -> AnalysisSettings:
    """Two or three choices that matter; the rest under More settings."""
    offered, default = results.offered_inputs(study, endpoint)
    mode = _mode(screen)
    chosen: dict[str, Any] = {"grouping": _grouping(screen)} if "separates" in screen.task.extra_columns else {}
    key = f"{screen.prefix}_inputs"
    state.recall(key, default, options=offered)
    inputs = st.pills(
        _("Inputs compared"),
        offered,
        selection_mode="multi",
        format_func=lambda name: md(inputs_label(name)),
        key=key,
        persist_state="session",
        help=_("Sets of columns. Volume, clinical and centre alone are controls: radiomics has to beat them."),
    )
    with st.expander(_("More settings"), icon=":material/tune:"):
        chosen |= _methods(screen)
        methods = method_settings.choose(screen, chosen)
        chosen |= _numbers(screen, mode)
    # fewer repeats or shuffles than a full analysis make it a quick look, and the result says so
    amounts_to = mode_for(chosen["repeats"], chosen["shuffles"])
    return AnalysisSettings(
        mode=amounts_to, inputs=inputs_in_order(inputs, offered, default), methods=methods, **chosen
    )


def _mode(screen: Screen) -> str:
    key = f"{screen.prefix}_mode"
    state.recall(key, "quick", options=MODES)
    return str(
        st.segmented_control(
            _("How thorough"),
            list(MODES),
            format_func=lambda m: md(MODES[m]),
            key=key,
            persist_state="session",
            required=True,
            help=md(screen.quick),
        )
    )


def _grouping(screen: Screen) -> str:
    key = f"{screen.prefix}_grouping"
    state.recall(key, "median", options=GROUPINGS)
    return str(
        st.selectbox(
            _("Risk groups"),
            list(GROUPINGS),
            format_func=lambda g: str(GROUPINGS[g]),
            key=key,
            persist_state="session",
            width=320,
            help=_("Fixed beforehand; a cut-point is never searched for."),
        )
    )


def _methods(screen: Screen) -> dict[str, Any]:
    task, base = screen.task, screen.base("quick")
    one, two, three = st.columns(3)
    with one:
        key = f"{screen.prefix}_selectors"
        selectors = forms.choose_several(SELECTORS, _("Feature selection"), key=key, default=[], tag=screen.kind)
        names = ", ".join(method_label(name, SELECTORS) for name in task.quick_selectors)
        st.caption(_("Left empty: {names}", names=names))
    with two:
        models = forms.choose_several(task.models, _("Models"), key=f"{screen.prefix}_models", default=[])
        names = ", ".join(method_label(name, task.models) for name in task.quick_models)
        st.caption(_("Left empty: {names}", names=names))
    with three:
        key = f"{screen.prefix}_screen"
        chosen = forms.choose(SCREENS, _("Outcome-free filtering"), key=key, default=base.screen)
    return {"selectors": tuple(selectors), "models": tuple(models), "screen": chosen}


def _numbers(screen: Screen, mode: str) -> dict[str, Any]:
    base, chosen = screen.base(mode), {}
    for column, (name, (label, low, high, words)) in zip(st.columns(4), NUMBERS.items(), strict=True):
        key = f"{screen.prefix}_{name}_{mode}" if name != "seed" else f"{screen.prefix}_seed"
        state.recall(key, int(getattr(base, name)))
        chosen[name] = int(column.number_input(md(label), low, high, key=key, persist_state="session", help=md(words)))
    return chosen
