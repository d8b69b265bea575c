"""The fast engine is compiled once per computer; until then pages say how far that is instead of standing still."""

from __future__ import annotations

import streamlit as st

from pages.common.fragments import fragment
from pages.common.words import _
from radiomics_core.extraction.engines.fast import warm_up


def ready() -> bool:
    """Return whether the fast engine answers at once; otherwise show how far its preparation is."""
    if is_ready():
        return True
    warm_up.start_in_background()
    _preparing()
    return False


def is_ready() -> bool:
    """Return whether the fast engine answers at once, without a word on the page."""
    return warm_up.is_ready()


@fragment(run_every=1.0)
def _preparing() -> None:
    if is_ready():
        st.rerun()
    done, total = warm_up.progress() or (0, 0)
    st.progress(
        done / total if total else 0.0,
        text=_(
            "Preparing the fast engine for this computer: about a minute, only once. This page goes on by itself; everything else can be used meanwhile."
        ),
    )
