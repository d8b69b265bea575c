"""How many grey levels each region gets under the settings, before anything is extracted."""

from __future__ import annotations

import streamlit as st

from pages.common import cards, engine, messages, progress, state
from pages.common.words import _, joined, md, plural
from pages.features.panels.extraction_choices import ExtractionChoice, keep
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.bin_counts import BinPreview, suggest_bin_width
from radiomics_core.plots.quality import bin_counts as bin_count_chart
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import extraction


def show(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Preview on request; flag regions outside 16-128 levels; suggest a bin width."""
    st.subheader(_("Grey levels before extracting"))
    st.caption(
        _(
            "Too few levels blur texture, too many turn it into noise; 16 to 128 in a region are usual. No outcome is looked at."
        )
    )
    key = f"bin_preview_{digest_of(settings.digest(), choice.image, choice.roi, study.cohort.to_dict())}"
    waits = not engine.is_ready()
    help_words = _("Possible as soon as the fast engine is prepared; see below.") if waits else None
    if st.button(
        _("Count grey levels"), key="bins_count", icon=":material/bar_chart:", disabled=waits, help=help_words
    ):
        with messages.errors_shown(), progress.shown(_("Counting")) as move:
            done = extraction.preview_bins(
                study,
                choice.image,
                choice.roi,
                settings,
                progress=move,
            )
            state.put(key, done)
    preview: BinPreview | None = state.get(key)
    if preview is not None and len(preview.rows):
        _result(preview, choice, settings)
        messages.show_findings(list(preview.findings), key="bins")


def _result(preview: BinPreview, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    outside = int(preview.rows["flagged"].sum())
    beyond = plural(outside, "{n} outside 16 to 128 levels", "{n} outside 16 to 128 levels")
    words = joined(", ", [plural(len(preview.rows), "{n} region", "{n} regions"), beyond])
    cards.chart_card(words, lambda: bin_count_chart(preview), key="bins", frame=preview.frame(), name="grey_levels")
    if settings.value("binCount") is None:
        suggestion = suggest_bin_width(preview.rows["minimum"], preview.rows["maximum"])
        st.caption(md(suggestion.reason()))
        if suggestion.bin_width != settings.value("binWidth") and st.button(
            _("Use bin width {width:g}", width=suggestion.bin_width), key="bins_adopt"
        ):
            keep(choice, settings.with_value("binWidth", suggestion.bin_width))
            st.rerun()
