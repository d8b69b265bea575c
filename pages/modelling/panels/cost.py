"""What an analysis costs before it starts: fits, minutes and memory, from a short trial on the data themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.common import messages, state
from pages.common.words import _, plural
from radiomics_core.analysis.cost import CostEstimate


def ask(prefix: str, digest: str, estimate: Callable[[], CostEstimate]) -> None:
    """Offer the trial, and show what it gave for exactly these settings and data (``digest``)."""
    key = f"cost_{digest}"
    wanted = st.button(
        _("How long will it take?"),
        key=f"{prefix}_cost",
        help=_("Tries one training fold of each input, a few seconds."),
    )
    if wanted:
        with messages.errors_shown(), st.spinner(_("Trying one fold")):
            state.put(key, estimate())
    cost = state.get(key)
    if cost is not None:
        minutes = max(1, round(cost.minutes))
        st.markdown(
            _(
                "**{minutes}**, {fits} model fits, {memory:.0f} MB of memory per worker",
                minutes=plural(minutes, "about {n} minute", "about {n} minutes"),
                fits=f"{cost.n_fits:,}",
                memory=cost.memory_mb,
            )
        )
