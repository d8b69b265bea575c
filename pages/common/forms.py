"""Forms made from settings classes and registries: one row of a registry is one menu entry with its help."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.common import state
from pages.common.words import NOTHING, Markdown, md
from radiomics_core.registry import Registry


def choose(
    registry: Registry[Any],
    label: Markdown,
    *,
    key: str,
    default: str | None = None,
    tag: str | None = None,
    help: Markdown = NOTHING,
) -> str:
    """Menu of a registry's rows, by label; returns the chosen name."""
    names = registry.names(tag)
    state.recall(key, default or names[0], options=names)
    chosen: str = st.selectbox(
        label,
        names,
        format_func=lambda name: str(registry[name].label),
        key=key,
        persist_state="session",
        on_change=state.remember,
        args=(key,),
        help=help or "\n".join(f"- **{md(registry[n].label)}**: {md(registry[n].help)}" for n in names),
    )
    return chosen


def choose_several(
    registry: Registry[Any], label: Markdown, *, key: str, default: list[str], tag: str | None = None
) -> list[str]:
    """Menu of several rows of a registry; returns the chosen names in menu order."""
    names = registry.names(tag)
    state.recall(key, default, options=names)
    chosen = st.multiselect(
        label,
        names,
        format_func=lambda name: str(registry[name].label),
        key=key,
        persist_state="session",
        help="\n".join(f"- **{md(registry[n].label)}**: {md(registry[n].help)}" for n in names),
    )
    return [name for name in names if name in chosen]
