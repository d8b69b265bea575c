"""Check every image and mask; what the check found, case by case."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import cards, jobs, messages
from pages.common.words import _, joined, plural
from pages.data.panels import leave_out, resample_masks
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.placement import TRANSFORM_WORDS
from radiomics_core.study import Study
from radiomics_core.study.actions import quality

SHOWN = {
    "case_id": lazy_("Case"),
    "image": lazy_("Image"),
    "roi": lazy_("Region"),
    "severity": lazy_("Severity"),
    "findings": lazy_("Findings"),
    "voxels": lazy_("Voxels"),
    "volume_ml": lazy_("Volume [ml]"),
    "components": lazy_("Parts"),
    "touches_border": lazy_("At border"),
    "grid_match": lazy_("Same grid"),
    "n_nan": lazy_("Missing voxels"),
    "roi_mean": lazy_("Mean"),
    "roi_sd": lazy_("SD"),
    "spacing_mm": lazy_("Voxel [mm]"),
    "transform": lazy_("Position from"),
    "duplicate_of": lazy_("Same as"),
}


def show(study: Study) -> None:
    """Start the check, show its table and findings, exclude and include."""
    if not study.cohort.image_names():
        st.info(_("This study has no images to check."))
        return
    if jobs.follow("quality", _("Checking images"), key="quality"):
        return
    table = quality.table(study)
    _start(study, table)
    if table is None:
        return
    _table(table)
    messages.show_findings(
        study.findings("quality"), key="quality", expanded=True, left_out=study.cohort.excluded_ids()
    )
    resample_masks.show(study)
    leave_out.show(study, table)


def _start(study: Study, table: pd.DataFrame | None) -> None:
    stale = quality.is_stale(study)
    if table is not None and not stale:
        return
    st.info(
        _("Images or masks have changed since the check.")
        if table is not None
        else _(
            "Checks that every mask lies on its image and is not empty, torn or cut off, and that no patient comes twice."
        )
    )
    if st.button(
        _("Check images and masks"),
        key="quality_start",
        help=_("Runs in the background; you can go on working."),
        type="primary",
    ):
        with messages.errors_shown():
            quality.start(study)
            st.rerun()


def _table(table: pd.DataFrame) -> None:
    bad = int((table["severity"] == "stop").sum())
    headline = joined(
        ", ",
        [plural(len(table), "{n} region checked", "{n} regions checked"), _("{n} cannot be used", n=bad)],
    )
    rank = table["severity"].map({"stop": 0, "caution": 1, "note": 2}).fillna(3)
    ordered = table.assign(rank=rank).sort_values(["rank", "case_id"], kind="stable")
    ordered["severity"] = [str(messages.SEVERITY_WORDS.get(s, "")) for s in ordered["severity"].fillna("")]
    ordered["findings"] = [leave_out.titles(codes) for codes in ordered["findings"].fillna("")]
    ordered["transform"] = [str(TRANSFORM_WORDS.get(code, "")) for code in ordered["transform"].fillna("")]
    shown = ordered[list(SHOWN)].rename(columns={name: str(label) for name, label in SHOWN.items()})
    rounded = {
        str(SHOWN[name]): st.column_config.NumberColumn(format=form)
        for name, form in (("volume_ml", "%.2f"), ("roi_mean", "%.4g"), ("roi_sd", "%.4g"), ("voxels", "localized"))
    }
    cards.table_card(headline, shown, key="quality_table", name="quality", height=420, column_config=rounded)
