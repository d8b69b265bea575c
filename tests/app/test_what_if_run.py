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
        spoken.append((region.name, settings.name))

    before, after = (SimpleNamespace(name=name, digest=lambda name=name: name) for name in ("before", "after"))

    with (
        mock.patch.object(what_if_run.calls, "region_extracted", extracted),
        mock.patch.object(what_if_run, "PATIENCE_SECONDS", -1.0),
        mock.patch.object(fragments, "is_running_alone", return_value=True),
        mock.patch.object(st, "spinner", lambda words, **_options: spoken.append(str(words)) or mock.MagicMock()),
        mock.patch.object(st, "rerun", side_effect=StoppedError),
    ):
        for _turn in range(2):
            try:
                what_if_run.compared(None, [SimpleNamespace(name="A")] * 2, (before, after), st.empty(), lambda: None)
            except StoppedError:
                spoken.append(st.session_state[what_if_run.TURN][1:])
    st.session_state["spoken"] = spoken


def test_the_first_region_is_announced_and_every_turn_gets_further_than_the_one_before():
    app = AppTest.from_function(_page).run(timeout=30)
    assert not app.exception
    words, *rest = app.session_state["spoken"]
    assert words == WORDS
    first, second = ("A", "before"), ("A", "after")
    assert rest == [first, (1, 4, "A: 1 / 2"), first, second, (2, 4, "A: 2 / 2")]
