"""Parameter files of pyradiomics, in and out unchanged."""

from __future__ import annotations

import streamlit as st

from pages.common import downloads, messages
from pages.common.uploads import in_memory
from pages.common.words import _
from pages.features.panels.extraction_choices import ExtractionChoice, keep
from radiomics_core.errors import SettingsError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.i18n import lazy_


def show(choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Show the file of the settings in force; take one of the lab."""
    left, right = st.columns(2)
    with left:
        st.code(settings.to_yaml(), language="yaml", height=280)
        st.download_button(
            _("Parameter file"),
            settings.to_yaml(),
            file_name=downloads.file_name(f"{choice.image}_params", "yaml"),
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
        if file is not None:
            pressed = st.button(_("Use this file"), key="settings_use_file", type="primary")

            def use() -> None:
                keep(choice, ExtractionSettings.from_yaml(_text(in_memory(file))))
                st.rerun()

            messages.when_sent("settings_file_refused", pressed, use, about=file.file_id)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            lazy_("the parameter file is not text in UTF-8: byte {at} cannot be read"),
            remedy=lazy_("Choose the YAML file that pyradiomics reads, or save it again as UTF-8"),
            at=error.start,
        ) from error
