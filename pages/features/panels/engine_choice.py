"""Which engine computes the features: the default one, unless there is a reason to take another."""

from __future__ import annotations

import streamlit as st

from pages.common import state
from pages.common.words import Markdown, _, joined, md
from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES
from radiomics_core.study import Study

KEY = "extraction_engine"


def choose() -> str:
    """Show the engine in force, folded away; return its name."""
    names = ENGINES.names()
    state.recall(KEY, DEFAULT_ENGINE, options=names)
    chosen = str(state.get(KEY))
    with st.popover(
        _("Engine: {engine}", engine=str(ENGINES[chosen].label)), icon=":material/memory:", type="tertiary"
    ):
        st.radio(
            _("Engine"),
            names,
            format_func=lambda name: md(ENGINES[name].label),
            captions=[_about(name) for name in names],
            key=KEY,
            persist_state="session",
            on_change=state.remember,
            args=(KEY,),
            help=_("Both give the same features with the same names and values; there is seldom a reason to change."),
        )
        st.caption(_("Numbers of two engines are never mixed: the features of another one leave the table."))
    return chosen


def can_run(name: str) -> bool:
    """Return whether an engine can run here; otherwise say why, and how to add it."""
    available = ENGINES.build(name).available()
    if not available:
        st.warning(
            _("The engine {engine} cannot run here: {why}", engine=str(ENGINES[name].label), why=available.why)
            + f"\n\n{md(available.how)}",
            icon=":material/build:",
        )
    return bool(available)


def say_what_leaves(study: Study, name: str) -> None:
    """Say that features of another engine or version leave the table when this one extracts."""
    if not study.has_features():
        return
    table = study.feature_table()
    if (table.engine, table.engine_version) != (name, ENGINES.build(name).version):
        st.caption(
            _(
                ":material/swap_horiz: The features in the table come from {made_by}; those of other images and regions leave it when {engine} extracts.",
                made_by=f"{table.engine} {table.engine_version}".strip(),
                engine=str(ENGINES[name].label),
            )
        )


def _about(name: str) -> Markdown:
    available = ENGINES.build(name).available()
    words = md(ENGINES[name].help)
    return words if available else joined(" ", [words, _("Cannot run here: {why}", why=available.why)])
