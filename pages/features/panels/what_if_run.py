"""Extract the regions of the What-if panel: what is known is taken from the cache, the rest shows its progress."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from pages.common import calls, fragments, state
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.stability import Stability, Twice, compare
from radiomics_core.extraction.what_if import paired_names
from radiomics_core.i18n import _
from radiomics_core.study import Study
from radiomics_core.study.steps.what_if import StudyRegion

PATIENCE_SECONDS = 0.7
"""Work that takes longer shows how far it is, with a way to stop it."""

TURN = "what_if_turn"
"""How far the work was at the end of the last turn: share and words."""


def compared(
    study: Study,
    chosen: list[StudyRegion],
    pair: tuple[ExtractionSettings, ExtractionSettings],
    place: st.delta_generator.DeltaGenerator,
    stop: Callable[[], None],
) -> Stability:
    """Extract what is not known yet, with progress and a way to stop; a finished region is never done twice.

    A fragment is not interrupted by a click into it. So the work is done in turns: after each the panel starts anew,
    which serves a click that waits (cancel, another setting), and goes on with the regions that are missing.
    """
    started, far = time.monotonic(), state.get(TURN)
    if far is not None:
        _progress(place, *far, stop)
    twice = []
    for number, region in enumerate(chosen):
        if time.monotonic() - started > PATIENCE_SECONDS and fragments.is_running_alone():
            state.put(TURN, (number / len(chosen), f"{region.name}: {number + 1} / {len(chosen)}"))
            st.rerun(scope="fragment")
        before, after = (calls.region_extracted(study, region, one) for one in pair)
        twice.append(Twice(region.name, before, after))
    state.drop(TURN)
    place.empty()
    return compare(twice, paired_names(*pair))


def _progress(place: st.delta_generator.DeltaGenerator, share: float, words: str, stop: Callable[[], None]) -> None:
    with place.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text=words)
        st.button(_("Cancel"), key="what_if_cancel", on_click=stop, help=_("Stops here; finished regions are kept."))
