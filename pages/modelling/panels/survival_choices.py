"""Inputs, thoroughness and grouping of the survival analysis, and its start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.common import forms, messages, state
from pages.common.words import Markdown, _, md
from pages.modelling.panels import cost, results, stops
from radiomics_core.analysis.settings import mode_for
from radiomics_core.analysis.survival_settings import (
    DEFAULT_INPUTS,
    SurvivalSettings,
    full_survival_settings,
    inputs_in_order,
)
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.i18n import lazy_
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.selection import SELECTORS
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import survival
from radiomics_core.study.storage.digests import upstream_digest

MODES = {"quick": lazy_("Quick look (exploratory)"), "full": lazy_("Full")}
GROUPINGS = {"median": lazy_("Two groups (median)"), "tertiles": lazy_("Three groups (thirds)")}
KEPT = (
    "survival_endpoint",
    "survival_mode",
    "survival_inputs",
    "survival_grouping",
    "survival_selector",
    "survival_seed",
    *(f"survival_{number}_{mode}" for number in ("folds", "repeats", "shuffles") for mode in MODES),
)


def choose_and_start(study: Study, endpoint: Endpoint) -> None:
    """Choices in one row, the rest under More settings, one button."""
    offered = results.offered_inputs(study, endpoint)
    row = st.grid(columns="auto", min_column_width=300)
    with row, st.container():
        state.recall("survival_mode", "quick", options=MODES)
        mode = str(
            st.segmented_control(
                _("How thorough"),
                list(MODES),
                format_func=lambda m: md(MODES[m]),
                key="survival_mode",
                persist_state="session",
                required=True,
                help=_("Quick look: 5 repeats, 19 shuffles. Full: 10 repeats, 199 shuffles."),
            )
        )
    with row, st.container():
        state.recall("survival_grouping", "median", options=GROUPINGS)
        grouping = str(
            st.selectbox(
                _("Risk groups"),
                list(GROUPINGS),
                format_func=lambda g: str(GROUPINGS[g]),
                key="survival_grouping",
                persist_state="session",
                help=_("Fixed beforehand; a cut-point is never searched for."),
            )
        )
    state.recall("survival_inputs", [name for name in offered if name in DEFAULT_INPUTS], options=offered)
    inputs = st.pills(
        _("Inputs compared"),
        offered,
        selection_mode="multi",
        format_func=lambda name: md(inputs_label(name)),
        key="survival_inputs",
        persist_state="session",
        help=_("Sets of columns. Volume, clinical and centre alone are controls: radiomics has to beat them."),
    )
    base = SurvivalSettings() if mode == "quick" else full_survival_settings()
    with st.expander(_("More settings"), icon=":material/tune:"):
        more = _more(base, mode)
    wanted = inputs_in_order(inputs, offered)
    chosen = {**base.to_dict(), **more, "inputs": wanted, "grouping": grouping}
    _start(study, endpoint, SurvivalSettings.from_dict(chosen))


def _more(base: SurvivalSettings, mode: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "selector": forms.choose(
            SELECTORS, _("Feature selection"), key="survival_selector", default=base.selector, tag="time_to_event"
        )
    }
    texts = {
        "folds": (_("Folds"), 3, 10, _("At most this many parts; fewer when a part would hold fewer than 5 events.")),
        "repeats": (_("Repeats"), 1, 100, _("How often the split is made anew.")),
        "shuffles": (_("Shuffled-outcome checks"), 0, 999, _("19 is the least that can give p = 0.05.")),
        "seed": (_("Seed"), 0, 2**31 - 1, _("The same seed gives the same numbers.")),
    }
    for column, (name, (label, low, high, words)) in zip(st.columns(4), texts.items(), strict=True):
        key = f"survival_{name}_{mode}" if name != "seed" else "survival_seed"
        state.recall(key, int(getattr(base, name)))
        chosen[name] = int(column.number_input(md(label), low, high, key=key, persist_state="session", help=md(words)))
    # fewer repeats or shuffles than a full analysis make it a quick look, and the result says so
    return {**chosen, "mode": mode_for(chosen["repeats"], chosen["shuffles"])}


def _start(study: Study, endpoint: Endpoint, settings: SurvivalSettings) -> None:
    stopped = stops.before(study, endpoint, "survival")
    refused = _refusal(study, endpoint, settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            _("Analyse"),
            key="survival_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=stopped or bool(refused),
            help=_("Runs in the background; you can go on or close the page."),
        )
        if refused:
            st.markdown(refused)
        else:
            digest = digest_of(upstream_digest(study, endpoint.name), settings.digest())
            cost.ask("survival", digest, lambda: survival.estimate(study, endpoint.name, settings))
    if go:
        state.remember(*(key for key in KEPT if state.get(key) is not None))
        with messages.errors_shown():
            survival.start(study, endpoint.name, settings)
            st.rerun()


def _refusal(study: Study, endpoint: Endpoint, settings: SurvivalSettings) -> Markdown:
    if not state.get("survival_inputs"):
        return _("Choose at least one set of inputs.")
    return stops.refusal(settings.digest(), study, endpoint, lambda: survival.check(study, endpoint.name, settings))
