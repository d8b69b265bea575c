"""The dashboard serves this computer only, sends nothing home and can be read in light and dark."""

from __future__ import annotations

import tomllib

import pytest

from radiomics_core.plots.theme import contrast
from tests.contracts.sources import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_the_dashboard_listens_on_this_computer_only():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert set(CONFIG["server"]["allowedHosts"]) == {"127.0.0.1", "localhost"}


def test_nothing_is_sent_home_and_no_traceback_reaches_the_browser():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["showErrorLinks"] is False


def test_no_font_or_theme_is_fetched():
    values = [value for section in CONFIG["theme"].values() if isinstance(section, dict) for value in section.values()]
    values += [value for value in CONFIG["theme"].values() if isinstance(value, str)]
    assert [value for value in values if "//" in value] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_can_be_read(mode):
    theme = CONFIG["theme"][mode]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(theme["textColor"], theme[ground]) >= 7
        assert contrast(theme["linkColor"], theme[ground]) >= 4.5
    # Selected tabs are written in the accent colour; buttons have white words on it.
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 4.5
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5


def test_every_option_is_known_to_the_installed_streamlit():
    from streamlit import config

    known = set(config.get_config_options())
    wrong = [f"{s}.{k}" for s, values in CONFIG.items() for k in values if f"{s}.{k}" not in known and s != "theme"]
    wrong += [f"theme.{k}" for k, v in CONFIG["theme"].items() if not isinstance(v, dict) and f"theme.{k}" not in known]
    wrong += [f"theme.{m}.{k}" for m in ("light", "dark") for k in CONFIG["theme"][m] if f"theme.{m}.{k}" not in known]
    assert wrong == []
