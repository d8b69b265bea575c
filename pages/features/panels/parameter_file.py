"""Parameter files of pyradiomics, in and out unchanged."""

from __future__ import annotations

import streamlit as st

from pages.common import messages
from pages.features.panels.extraction_choices import ExtractionChoice, keep
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.i18n import _


def show(choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Show the file of the settings in force; take one of the lab."""
    left, right = st.columns(2)
    with left:
        st.code(settings.to_yaml(), language="yaml", height=280)
        st.download_button(
            _("Parameter file"),
            settings.to_yaml(),
            file_name=f"{choice.image}_params.yaml",
            mime="application/yaml",
            key="settings_download",
            icon=":material/download:",
            on_click="ignore",
            help=_("pyradiomics reads it as it is."),
        )
    with right:
        file = st.file_uploader(
            _("Use a parameter file of your lab"),
            type=["yaml", "yml", "json"],
            key=f"settings_upload_{choice.image}",
            help=_("A file written for pyradiomics works unchanged; an unknown setting is named, never ignored."),
        )
        if file is not None and st.button(_("Use this file"), key="settings_use_file", type="primary"):
            with messages.errors_shown():
                keep(choice, ExtractionSettings.from_yaml(file.getvalue().decode("utf-8")))
                st.rerun()
