"""All cases at their largest slice, sorted by any quality number, so that a wrong mask stands out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd
import streamlit as st

from pages.common import jobs, state, viewer
from pages.common.words import NOTHING, Markdown, _, joined, md, plain, plural
from radiomics_core.cohort.model import Cohort
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import quality

PER_PAGE = 32
TILE_PX = 192
SORTS = {
    "case_id": lazy_("Case"),
    "severity_rank": lazy_("Gravest finding first"),
    "voxels": lazy_("Voxels"),
    "volume_ml": lazy_("Volume"),
    "components": lazy_("Separate parts"),
    "roi_mean": lazy_("Mean in region"),
    "roi_sd": lazy_("SD in region"),
    "roi_min": lazy_("Smallest value in region"),
    "roi_max": lazy_("Largest value in region"),
    "n_nan": lazy_("Missing voxels"),
    "touches_border": lazy_("Touches the border"),
    "grid_match": lazy_("On the image's grid"),
    "constant": lazy_("Same value everywhere"),
    "duplicate_of": lazy_("Same as another case"),
}
MARKS = {
    "stop": Markdown(":red[:material/block:]"),
    "caution": Markdown(":orange[:material/warning:]"),
    "note": NOTHING,
    "": NOTHING,
}


def show(study: Study, cohort: Cohort) -> None:
    """Draw the sheet: image, region, order; then the tiles of one page."""
    if jobs.follow("quality", _("Checking images"), key="sheet_quality"):
        return
    table = quality.table(study)
    if table is None:
        st.info(_("The images have not been checked yet. The sheet can then be sorted by what the check found."))
        if st.button(
            _("Check images"),
            key="sheet_check",
            help=_("Runs in the background; you can go on working."),
            type="primary",
        ):
            quality.start(study)
            st.rerun()
        return
    rows = _chosen_rows(table, cohort)
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = st.pagination(pages, key="sheet_page") if pages > 1 else 1
    shown = rows.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    st.caption(
        plural(len(rows), "{n} region", "{n} regions") + ". " + _("Each at the slice where the region is largest.")
    )
    with st.grid(columns="auto", min_column_width=TILE_PX):
        for row in shown.to_dict("records"):
            with st.container(gap="xsmall"):
                _tile(study, cohort, row)


def _chosen_rows(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    names = cohort.image_names()
    with st.container(horizontal=True):
        state.recall("sheet_image", names[0], options=names)
        image = st.selectbox(
            _("Image"),
            names,
            key="sheet_image",
            persist_state="session",
            width=160,
            help=_("Which image the tiles show."),
        )
        rois = cohort.rois(image) or [""]
        state.recall("sheet_roi", rois[0], options=rois)
        roi = st.selectbox(
            _("Region"), rois, key="sheet_roi", persist_state="session", width=200, help=_("Which region is outlined.")
        )
        state.recall("sheet_sort", "severity_rank", options=SORTS)
        sort = st.selectbox(
            _("Order"), list(SORTS), format_func=lambda name: str(SORTS[name]), key="sheet_sort", persist_state="session", width=240,
            help=_("Extremes come first or last; outliers are where wrong masks hide."),
        )  # fmt: skip
        state.recall("sheet_descending", False)
        descending = st.toggle(
            _("Reverse"), key="sheet_descending", persist_state="session", help=_("Turns the order round.")
        )
    rows = table[(table["image"] == image) & (table["roi"] == roi)].copy()
    rows["severity_rank"] = rows["severity"].map({"stop": 0, "caution": 1, "note": 2}).fillna(3)
    return rows.sort_values([sort, "case_id"], ascending=[not descending, True], na_position="first")


def _tile(study: Study, cohort: Cohort, row: Mapping[Hashable, object]) -> None:
    case_id, image_name, roi = str(row["case_id"]), str(row["image"]), str(row["roi"])
    picture = viewer.tile(study, cohort.case(case_id), image_name, roi, TILE_PX)
    if picture is None:
        st.markdown(f":gray[:material/broken_image:] {_('cannot be shown')}")
    else:
        st.image(picture, width="stretch", alt=plain("Largest slice of case {case}", case=case_id))
    voxels = row["voxels"]
    words = NOTHING if voxels != voxels else _("{n} voxels", n=f"{int(float(str(voxels))):,}")
    left_out = _("left out") if case_id in cohort.excluded_ids() else NOTHING
    words = joined(", ", [part for part in (words, left_out) if part])
    st.caption(f"{md(MARKS[str(row.get('severity') or '')])} **{md(case_id)}** {words}")
    if st.button(
        _("Open"),
        key=f"sheet_open_{case_id}",
        help=_("Shows this case in the viewer."),
        type="tertiary",
        icon=":material/open_in_full:",
    ):
        state.put_next("images_case", case_id)
        state.put_next("images_section", "single")
        st.rerun()
