"""What is compared: quick or full, which inputs and pipelines; what it costs, before it starts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.common import forms, messages, state
from pages.common.words import Markdown, _, md
from pages.modelling.panels import cost, results, stops
from radiomics_core.analysis.settings import ComparisonSettings, full_settings, inputs_in_order, mode_for
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.features.screens import SCREENS
from radiomics_core.i18n import lazy_
from radiomics_core.models import CLASSIFIERS
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.selection import SELECTORS
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import comparison
from radiomics_core.study.storage.digests import upstream_digest

MODES = {"quick": lazy_("Quick look (exploratory)"), "full": lazy_("Full")}
NUMBERS = ("folds", "repeats", "shuffles")
KEPT = (
    "comparison_endpoint",
    "comparison_mode",
    "comparison_inputs",
    "comparison_selectors",
    "comparison_classifiers",
    "comparison_screen",
    "comparison_seed",
    *(f"comparison_{number}_{mode}" for number in NUMBERS for mode in MODES),
)


def choose(study: Study, endpoint: Endpoint) -> ComparisonSettings:
    """Two or three choices that matter; the rest under More settings."""
    offered = results.offered_inputs(study, endpoint)
    state.recall("comparison_mode", "quick", options=MODES)
    mode = str(
        st.segmented_control(
            _("How thorough"),
            list(MODES),
            format_func=lambda m: md(MODES[m]),
            key="comparison_mode",
            persist_state="session",
            required=True,
            help=_(
                "Quick look: 4 pipelines, 5 folds, 5 repeats, 19 shuffles; good for seeing whether there is anything. Full: 10 repeats and 199 shuffles; what goes into a paper."
            ),
        )
    )
    state.recall("comparison_inputs", offered, options=offered)
    inputs = st.pills(
        _("Inputs compared"),
        offered,
        selection_mode="multi",
        format_func=lambda name: md(inputs_label(name)),
        key="comparison_inputs",
        persist_state="session",
        help=_("Sets of columns. Volume, clinical and centre alone are controls: radiomics has to beat them."),
    )
    base = ComparisonSettings() if mode == "quick" else full_settings()
    with st.expander(_("More settings"), icon=":material/tune:"):
        more = _more(base, mode)
    # fewer repeats or shuffles than a full comparison make it a quick look, and the result says so
    amounts_to = mode_for(int(more["repeats"]), int(more["shuffles"]))
    return ComparisonSettings(mode=amounts_to, inputs=inputs_in_order(inputs, offered), **more)


def _more(base: ComparisonSettings, mode: str) -> dict[str, Any]:
    one, two, three = st.columns(3)
    quick = comparison.quick_pipelines()
    with one:
        selectors = forms.choose_several(
            SELECTORS, _("Feature selection"), key="comparison_selectors", default=[], tag="binary"
        )
        st.caption(_("Left empty: {names}", names=", ".join(str(SELECTORS[s].label) for s in quick.selectors)))
    with two:
        classifiers = forms.choose_several(CLASSIFIERS, _("Models"), key="comparison_classifiers", default=[])
        st.caption(_("Left empty: {names}", names=", ".join(str(CLASSIFIERS[c].label) for c in quick.classifiers)))
    with three:
        screen = forms.choose(SCREENS, _("Outcome-free filtering"), key="comparison_screen", default=base.screen)
    numbers = st.columns(4)
    texts = {
        "folds": (_("Folds"), 3, 10, _("Parts the cases are split into; each is held out once.")),
        "repeats": (_("Repeats"), 1, 100, _("How often the split is made anew.")),
        "shuffles": (
            _("Shuffled-outcome checks"),
            0,
            999,
            _(
                "How often everything is repeated with the outcome shuffled between patients. 19 is the least that can give p = 0.05."
            ),
        ),
        "seed": (_("Seed"), 0, 2**31 - 1, _("The same seed gives the same numbers.")),
    }
    chosen: dict[str, Any] = {"selectors": tuple(selectors), "classifiers": tuple(classifiers), "screen": screen}
    for column, (name, (label, low, high, words)) in zip(numbers, texts.items(), strict=True):
        key = f"comparison_{name}_{mode}" if name != "seed" else "comparison_seed"
        state.recall(key, int(getattr(base, name)))
        chosen[name] = int(column.number_input(md(label), low, high, key=key, persist_state="session", help=md(words)))
    return chosen


def start(study: Study, endpoint: Endpoint, settings: ComparisonSettings) -> None:
    """Show what it costs and start it, unless something stands in the way."""
    stopped = stops.before(study, endpoint, "comparison")
    refused = _refusal(study, endpoint, settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            _("Compare"),
            key="comparison_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=stopped or bool(refused),
            help=_("Runs in the background; you can go on or close the page."),
        )
        if refused:
            st.markdown(refused)
        else:
            digest = digest_of(upstream_digest(study, endpoint.name), settings.digest())
            cost.ask("comparison", digest, lambda: comparison.estimate(study, endpoint.name, settings))
    if go:
        state.remember(*(key for key in KEPT if state.get(key) is not None))
        with messages.errors_shown():
            comparison.start(study, endpoint.name, settings)
            st.rerun()


def _refusal(study: Study, endpoint: Endpoint, settings: ComparisonSettings) -> Markdown:
    if not state.get("comparison_inputs"):
        return _("Choose at least one set of inputs.")
    return stops.refusal(settings.digest(), study, endpoint, lambda: comparison.check(study, endpoint.name, settings))
