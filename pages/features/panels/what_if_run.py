"""Extract the regions of the What-if panel: what is known is taken from the cache, the rest shows its progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import streamlit as st

from pages.common import calls, fragments, state
from pages.common.words import Markdown, _, md
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.stability import Stability, Twice, compare
from radiomics_core.extraction.what_if import paired_names
from radiomics_core.study import Study
from radiomics_core.study.actions.what_if import StudyRegion

PATIENCE_SECONDS = 0.7
"""Work that takes longer shows how far it is, with a way to stop it."""

TURN = "what_if_turn"
"""How far the work was at the end of the last turn: which work, pieces done, pieces in all, words."""


def compared(
    study: Study,
    chosen: list[StudyRegion],
    pair: tuple[ExtractionSettings, ExtractionSettings],
    place: st.delta_generator.DeltaGenerator,
    stop: Callable[[], None],
) -> Stability:
    """Extract what is not known yet, with progress and a way to stop; a finished region is never done twice.

    A fragment is not interrupted by a click into it. So the work is done in turns: after each the panel starts anew,
    which serves a click that waits (cancel, another setting), and goes on with the regions that are missing. Every turn
    gets further than the one before, however slow the computer is.
    """
    work = [(number, region, one) for number, region in enumerate(chosen, 1) for one in pair]
    which = [(region.name, one.digest()) for _number, region, one in work]
    started, far, before = time.monotonic(), state.get(TURN), 0
    if far is not None:
        same, done, total, words = far
        before = done if same == which else 0
        _progress(place, done / total, md(words), stop)
    known = []
    with nullcontext() if far else _busy(place):
        for done, (number, region, one) in enumerate(work):
            late = done > before and time.monotonic() - started > PATIENCE_SECONDS
            if late and fragments.is_running_alone():
                state.put(
                    TURN,
                    (
                        which,
                        done,
                        len(work),
                        _("{name}: {number} / {n}", name=region.name, number=number, n=len(chosen)),
                    ),
                )
                fragments.run_fragment_again()
            known.append(calls.region_extracted(study, region, one))
    twice = [Twice(*each) for each in zip([region.name for region in chosen], known[::2], known[1::2], strict=True)]
    state.drop(TURN)
    place.empty()
    return compare(twice, paired_names(*pair))


@contextmanager
def _busy(place: st.delta_generator.DeltaGenerator) -> Iterator[None]:
    """Say that a first large region is at work; a quick answer comes before the words do."""
    with place.container(), st.spinner(_("Extracting the region with both settings"), show_time=True):
        yield


def _progress(
    place: st.delta_generator.DeltaGenerator, share: float, words: Markdown, stop: Callable[[], None]
) -> None:
    with place.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text=words)
        st.button(_("Cancel"), key="what_if_cancel", on_click=stop, help=_("Stops here; finished regions are kept."))
