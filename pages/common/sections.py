"""Sections of a page, one at a time: only the chosen one is computed, and the choice is kept in the study."""

from __future__ import annotations

import streamlit as st

from pages.common import state
from pages.common.words import _, md
from radiomics_core.i18n import LazyText


def choose(sections: dict[str, LazyText], *, key: str) -> str:
    """Draw the row of sections and return the name of the chosen one."""
    names = list(sections)
    state.recall(key, names[0], options=names)
    chosen = st.segmented_control(
        _("Section"),
        names,
        format_func=lambda name: md(sections[name]),
        key=key,
        persist_state="session",
        required=True,
        label_visibility="collapsed",
        on_change=state.remember,
        args=(key,),
    )
    return str(chosen)
