"""Work of the What-if panel is announced before its first region, and stops between any two extractions."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

WORDS = "Extracting the region with both settings"


def _page() -> None:
    from types import SimpleNamespace
    from unittest import mock

    import streamlit as st

    from pages.common import fragments
    from pages.features.panels import what_if_run

    spoken: list[object] = []

    class StoppedError(Exception):
        pass

    def extracted(_study, region, settings):
        spoken.append((region.name, settings))

    with (
        mock.patch.object(what_if_run.calls, "region_extracted", extracted),
        mock.patch.object(what_if_run, "PATIENCE_SECONDS", -1.0),
        mock.patch.object(fragments, "is_running_alone", side_effect=lambda: len(spoken) > 1),
        mock.patch.object(st, "spinner", lambda words, **_options: spoken.append(str(words)) or mock.MagicMock()),
        mock.patch.object(st, "rerun", side_effect=StoppedError),
    ):
        try:
            regions = [SimpleNamespace(name="A")]
            what_if_run.compared(None, regions, ("before", "after"), st.empty(), lambda: None)
        except StoppedError:
            spoken.append(st.session_state[what_if_run.TURN])
    st.session_state["spoken"] = spoken


def test_the_first_region_is_announced_and_left_between_its_two_settings():
    app = AppTest.from_function(_page).run(timeout=30)
    assert not app.exception
    words, *rest = app.session_state["spoken"]
    assert words == WORDS
    assert rest == [("A", "before"), (0.5, "A: 1 / 1")]
