"""Settings of the chosen methods: a field for each, made from the settings classes; as they stand, they are best left."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from pages.common import messages, state
from pages.common.words import _, md
from pages.modelling.panels.screen import Screen
from radiomics_core.analysis.method_settings import differing, methods_with_settings
from radiomics_core.analysis.settings import AnalysisSettings, Methods
from radiomics_core.errors import SettingsError
from radiomics_core.registry import Choice
from radiomics_core.settings import parse_value, words_of


def choose(screen: Screen, chosen: dict[str, Any]) -> Methods:
    """Return what differs from the defaults; what cannot be is said and stops the page here."""
    rows = methods_with_settings(screen.task, AnalysisSettings(**chosen))
    with st.popover(_("Settings of the methods"), icon=":material/tune:"):
        st.caption(_("Several values, with commas between them: the inner folds of each training fold pick one."))
        texts = {row.name: _fields(screen, row) for row in rows}
    try:
        given = {
            row.name: {name: parse_value(row.settings, name, text) for name, text in texts[row.name].items()}
            for row in rows
        }
        return differing(screen.task, given)
    except SettingsError as error:
        messages.show_error(error)
        st.stop()


def _fields(screen: Screen, row: Choice[Any]) -> dict[str, str]:
    """Draw the fields of one method and return what stands in them."""
    if row.settings is None:
        return {}
    st.markdown(f"**{md(row.label)}**")
    texts = {}
    for field in dataclasses.fields(row.settings):
        key = f"{screen.prefix}_set_{row.name}_{field.name}"
        state.recall(key, words_of(field.default))
        hint = field.metadata.get("help")
        texts[field.name] = st.text_input(
            md(field.metadata.get("label", field.name)),
            key=key,
            persist_state="session",
            on_change=state.remember,
            args=(key,),
            help=md(hint) if hint else None,
        )
    return texts
