"""Which features and which development cases a view of the Exploration page is about."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.common import calls, state
from pages.common.words import _
from radiomics_core.cohort.endpoints import Endpoint, EndpointValues
from radiomics_core.features.table import FeatureTable
from radiomics_core.study import Study
from radiomics_core.study.actions import exploration

EVERYTHING = "*"


@dataclass(frozen=True)
class Scope:
    """The chosen features of included development cases; ``image`` is ``"*"`` for all images."""

    image: str
    digest: str
    values: pd.DataFrame
    columns: pd.DataFrame


def choose_scope(study: Study, table: FeatureTable) -> Scope:
    """Menu of images when the table has several; every view then works on their columns."""
    images = list(dict.fromkeys(table.columns["image"]))
    image = EVERYTHING
    if len(images) > 1:
        state.recall("exploration_image", EVERYTHING, options=[EVERYTHING, *images])
        image = str(
            st.selectbox(
                _("Features of"),
                [EVERYTHING, *images],
                format_func=lambda name: _("all images") if name == EVERYTHING else str(name),
                key="exploration_image",
                persist_state="session",
                on_change=state.remember,
                args=("exploration_image",),
                width=240,
                help=_("Which image's features are shown."),
            )
        )
    values = calls.development_values(study, table)
    if image == EVERYTHING:
        return Scope(image, calls.data_digest(study), values, table.columns)
    columns = table.columns[table.columns["image"] == image]
    return Scope(image, calls.data_digest(study), values[list(columns["column"])], columns)


def choose_outcome(study: Study, key: str, *kinds: str) -> tuple[Endpoint, EndpointValues] | None:
    """Menu of endpoints; opening it is noted in the ledger, because it looks at the outcome."""
    offered = [e for e in study.endpoints.values() if not kinds or e.kind in kinds]
    if not offered:
        st.info(_("Define an endpoint on the Cohort page to see features against it."))
        return None
    names = [e.name for e in offered]
    state.recall(key, names[0], options=names)
    name = st.selectbox(
        _("Endpoint"),
        names,
        key=key,
        persist_state="session",
        on_change=state.remember,
        args=(key,),
        width=240,
        help=_("What is predicted. Looking at it is noted in the study's ledger."),
    )
    endpoint = next(e for e in offered if e.name == name)
    return endpoint, calls.outcome(study, endpoint, key.removesuffix("_endpoint"))


def grouping(study: Study, key: str) -> tuple[str, pd.Series | None, str | None]:
    """Menu of what colours cases: an endpoint, the centre or a clinical column; returns title, group, event group."""
    endpoints = {
        f"endpoint:{e.name}": e.name for e in study.endpoints.values() if e.kind in ("binary", "time_to_event")
    }
    columns = {f"column:{name}": name for name in exploration.colour_columns(study)}
    choices = {"none": _("nothing"), **endpoints, **columns}
    if any(case.centre for case in study.cohort.cases):
        choices["centre"] = _("centre")
    state.recall(key, next(iter(endpoints), "none"), options=choices)
    chosen = str(
        st.selectbox(
            _("Colour by"),
            list(choices),
            format_func=lambda name: choices[name],
            key=key,
            persist_state="session",
            on_change=state.remember,
            args=(key,),
            width=240,
            help=_("Endpoint views are noted in the study's ledger."),
        )
    )
    if chosen == "none":
        return "", None, None
    if chosen == "centre":
        return choices[chosen], pd.Series({c.case_id: c.centre for c in study.cohort.included("development")}), None
    if chosen in columns:
        return choices[chosen], study.clinical([columns[chosen]])[columns[chosen]], None
    outcome = calls.outcome(study, study.endpoints[endpoints[chosen]], key)
    words = {1: _("event"), 0: _("no event")}
    return (
        choices[chosen],
        pd.Series([words.get(int(e), _("other event")) for e in outcome.event], index=list(outcome.case_ids)),
        words[1],
    )
