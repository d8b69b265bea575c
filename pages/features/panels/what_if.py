"""What if? Move a setting, see what it does to the features of a few regions, take it over if it is better."""

from __future__ import annotations

import streamlit as st

from pages.common import engine, state
from pages.common.fragments import fragment
from pages.common.words import _
from pages.features.panels import what_if_controls, what_if_result, what_if_run, what_if_words
from pages.features.panels.extraction_choices import ExtractionChoice, keep
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.study import Study
from radiomics_core.study.actions.what_if import MOST_REGIONS, StudyRegion, regions, spread_over

FOLLOWING, STOPPED = "what_if_following", "stopped"
"""What the result is shown for: image, region and settings in force; with others it waits for the button again."""


def show(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Controls, the action, and what changes."""
    st.subheader(_("What if?"))
    st.caption(
        _(
            "Move a setting and see within seconds how far the features of a few regions move, and which stay stable. Nothing is stored until you use the settings; no outcome is looked at."
        )
    )
    offered = regions(study, choice.image, choice.roi)
    if not offered:
        st.info(_("No case with an image and a mask is in the analysis: there is nothing to try settings on."))
        return
    if engine.ready():
        _panel(choice, settings, offered)


@fragment()
def _panel(choice: ExtractionChoice, settings: ExtractionSettings, offered: list[StudyRegion]) -> None:
    study = state.current_study()
    if study is None:
        return
    shown, tag = f"what_if_shown_{choice.image}", (choice.image, choice.roi, settings.digest())
    with st.container(border=True, key="what_if_card"):
        chosen = _choose_regions(offered, f"{choice.image}_{choice.roi}")
        moved = what_if_controls.turn(settings, f"{choice.image}_{settings.digest()}")
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                _("Show what changes"),
                key="what_if_show",
                type="primary",
                icon=":material/compare_arrows:",
                disabled=not chosen,
                help=_("Extracts the chosen regions with both settings. From then on, every move is shown at once."),
            )
            progress = st.container(key="what_if_progress").empty()
        if pressed:
            state.put(FOLLOWING, tag)
        if not chosen:
            progress.caption(_("Choose at least one region."))
    if not chosen or state.get(FOLLOWING) != tag:
        if state.get(FOLLOWING) == STOPPED:
            progress.caption(_("Stopped; finished regions are kept. Press the button to go on."))
        return
    pair = _pair(settings, moved, shown)
    result = what_if_run.compared(study, chosen, pair, progress, _stop)
    state.put(shown, pair)
    _adopt(choice, settings, pair)
    what_if_result.show(result, pair)


def _choose_regions(offered: list[StudyRegion], stamp: str) -> list[StudyRegion]:
    """Menu of the regions to try settings on, at most ten."""
    key, names = f"what_if_regions_{stamp}", [region.name for region in offered]
    state.recall(key, names[:1], options=names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            _("Regions to try"),
            names,
            key=key,
            max_selections=MOST_REGIONS,
            persist_state="session",
            help=_("One answers at once; up to ten show whether cases keep their order."),
        )
        if len(names) > 1:
            some = spread_over(names)
            st.button(
                _("Take {n} regions", n=len(some)),
                key="what_if_take",
                on_click=state.put,
                args=(key, some),
                help=_("Takes regions evenly from the list. With five or more, the order of cases is compared."),
            )
    return [region for region in offered if region.name in chosen]


def _pair(
    settings: ExtractionSettings, moved: ExtractionSettings, shown: str
) -> tuple[ExtractionSettings, ExtractionSettings]:
    """Return the settings to compare: now and moved, or those before and after they were taken over."""
    before: tuple[ExtractionSettings, ExtractionSettings] | None = state.get(shown)
    if moved.digest() == settings.digest() and before is not None and before[1].digest() == settings.digest():
        return before
    return settings, moved


def _adopt(
    choice: ExtractionChoice,
    settings: ExtractionSettings,
    pair: tuple[ExtractionSettings, ExtractionSettings],
) -> None:
    """Take the moved settings over in one click, and back."""
    before, after = pair
    in_use = settings.digest() == after.digest()
    words = what_if_words.difference(before, after)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="what_if_adopt_card"):
        if not words:
            st.markdown(_("Nothing is moved yet: both are the settings in use. Move one of them above."))
        elif in_use:
            st.markdown(f":material/check: {_('In use now:')} {words}")
            if st.button(_("Back to the settings before"), key="what_if_undo", icon=":material/undo:"):
                _take_over(choice, before)
        else:
            st.markdown(words)
            if st.button(_("Use these settings"), key="what_if_adopt", type="primary", icon=":material/check:"):
                _take_over(choice, after)


def _take_over(choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    keep(choice, settings)
    state.put(FOLLOWING, (choice.image, choice.roi, settings.digest()))
    st.rerun()


def _stop() -> None:
    state.put(FOLLOWING, STOPPED)
    state.drop(what_if_run.TURN)
