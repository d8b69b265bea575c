"""Start the extraction and look at what came out: the table, missing and constant columns, failures with their cause."""

from __future__ import annotations

import streamlit as st

from pages.common import calls, cards, downloads, messages
from pages.common.words import NOTHING, _, plural
from pages.features.panels import engine_choice
from pages.features.panels.extraction_choices import ExtractionChoice, every_image
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.features.summary import FeatureSummary
from radiomics_core.study import Study
from radiomics_core.study.actions import extraction
from radiomics_core.study.jobs.job import Jobs


def start(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Say how much work it is and start it, for the chosen image or for every image with its own settings."""
    st.subheader(_("Extract"))
    regions = extraction.n_regions(study, choice.image, choice.roi)
    with st.container(horizontal=True, vertical_alignment="center", key="extraction_work"):
        st.caption(
            plural(regions, "{n} region of {image}", "{n} regions of {image}", image=choice.image), width="content"
        )
        engine = engine_choice.choose()
    if not engine_choice.can_run(engine):
        return
    engine_choice.say_what_leaves(study, engine)
    _say_what_changes(study, choice, settings)
    busy = is_running(study)
    with st.container(horizontal=True):
        if st.button(
            _("Extract features"),
            key="extraction_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not regions or busy,
            help=_("Runs in the background; you can go on or close the page."),
        ):
            _begin(study, choice.image, choice.roi, {choice.image: settings}, engine)
        images = study.cohort.image_names()
        if len(images) > 1 and st.button(
            _("Extract all {n} images", n=len(images)),
            key="extraction_start_all",
            icon=":material/playlist_play:",
            disabled=busy,
            help=_("Each image with the settings shown for it; all features come into one table."),
        ):
            _begin(study, images, None, every_image(study), engine)


def is_running(study: Study) -> bool:
    """Return whether features are being extracted now."""
    job = Jobs(study).latest("extraction")
    return job is not None and job.status().state in ("queued", "running")


def _begin(
    study: Study,
    image: str | list[str],
    roi: str | None,
    settings: dict[str, ExtractionSettings],
    engine: str,
) -> None:
    with messages.errors_shown():
        extraction.start(study, image, roi, settings, engine)
        st.rerun()


def _say_what_changes(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    if not study.has_features():
        return
    made_with = study.feature_table().settings.get(choice.image)
    if made_with is None:
        st.caption(_("The features join those of the other images in one table."))
    elif ExtractionSettings.from_parameters(made_with).digest() != settings.digest():
        st.caption(
            _(
                ":material/history: The features of {image} in the table were made with other settings. Extracting again replaces them and marks later steps as out of date.",
                image=choice.image,
            )
        )


def show(study: Study) -> None:
    """The feature table of the study so far."""
    if not study.has_features():
        return
    table = study.feature_table()
    summary = calls.feature_summary(study.feature_digest, table)
    st.subheader(_("Feature table"))
    with st.container(horizontal=True):
        left_out = len(set(table.case_ids) & set(study.cohort.excluded_ids()))
        st.metric(
            _("Cases"),
            int(len(table.case_ids) - left_out),
            border=True,
            help=_("Cases of the study that have features; {n} more have features and are left out.", n=left_out),
        )
        st.metric(_("Features"), int(table.values.shape[1]), border=True)
        st.metric(
            _("Constant"),
            int(summary.count("constant")),
            border=True,
            help=_("The same value in every case; they carry nothing and are left out later."),
        )
        st.metric(
            _("Incomplete"),
            int(summary.count("incomplete") + summary.count("all_missing")),
            border=True,
            help=_("Missing in at least one case; filled in inside each training fold."),
        )
    cards.table_card(
        _("By image and family"),
        summary.by_family(),
        key="feature_families",
        name="feature_families",
        column_config={
            "image": _("Image"),
            "roi": _("Region"),
            "family": _("Family"),
            "features": _("Features"),
            "constant": _("Constant"),
            "all_missing": _("Empty"),
            "incomplete": _("Incomplete"),
        },
    )
    _lacking(summary)
    with st.expander(_("All values"), icon=":material/table:"):
        st.dataframe(table.values.iloc[:, :60], key="feature_values", height=320)
        if table.values.shape[1] > 60:
            st.caption(_("The first 60 columns; the download has all."))
        downloads.table(table.frame(), "features", key="features", label=_("Features (CSV)"))
    messages.show_findings(
        study.findings("extraction"), key="extraction", expanded=True, left_out=study.cohort.excluded_ids()
    )


def _lacking(summary: FeatureSummary) -> None:
    lacking = summary.table[summary.table["state"] != "ok"]
    if len(lacking):
        with st.expander(
            plural(len(lacking), "{n} constant or incomplete column", "{n} constant or incomplete columns"),
            icon=":material/rule:",
        ):
            cards.table_card(NOTHING, lacking, key="feature_lacking", name="constant_or_incomplete", height=280)
