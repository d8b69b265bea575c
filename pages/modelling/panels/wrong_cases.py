"""The cases the pipeline is most sure and most wrong about, with their picture: where labels, masks or biology differ."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import downloads, state, viewer
from pages.common.table import PAGES
from pages.common.words import Markdown, _, md, plain
from radiomics_core.cohort.model import Case
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study

SIDES = {"high_without_event": lazy_("High score, no event"), "low_with_event": lazy_("Low score, event")}
CLICKED = "comparison_strip_clicked"


def show(study: Study, wrong: pd.DataFrame, looked_at: Markdown) -> None:
    """Tiles of both sides; a click opens the case."""
    st.subheader(_("Confidently wrong"))
    if not len(wrong):
        st.caption(_("No case is far on the wrong side."))
        return
    words = _("Look at these first: a wrong mask, a wrong label, or something the features do not see.")
    st.caption(f"{words} {looked_at}")
    cases = {case.case_id: case for case in study.cohort.cases}
    findings = study.findings()
    for side, title in SIDES.items():
        part = wrong[wrong["side"] == side]
        if len(part):
            st.markdown(f"**{md(title)}**")
            with st.grid(columns="auto", min_column_width=130):
                for case_id, percentile in zip(part["case_id"], part["percentile"], strict=True):
                    of_case = [finding for finding in findings if finding.case_id == case_id]
                    with st.container(border=True):
                        _tile(study, cases.get(str(case_id)), str(case_id), float(percentile), of_case)
    downloads.table(wrong, "confidently_wrong", key="wrong")


def _tile(study: Study, case: Case | None, case_id: str, percentile: float, findings: list[Finding]) -> None:
    if case is not None and case.masks:
        picture = viewer.tile(study, case, case.masks[0].image, case.masks[0].roi, 168)
        if picture is not None:
            st.image(picture, alt=plain("Largest slice of case {case}", case=case_id))
    st.markdown(f"**{md(case_id)}**")
    st.caption(_("higher than {share:.0%} of training cases", share=percentile))
    for title in dict.fromkeys(finding.title() for finding in findings):
        st.caption(f":orange[:material/warning: {md(title)}]")
    has_images = case is not None and bool(case.images)
    if has_images and st.button(_("Open"), key=f"wrong_{case_id}", type="tertiary", icon=":material/open_in_full:"):
        open_case(case_id)


def open_clicked(study: Study, case_id: str) -> None:
    """Open the case of a clicked point, once per click; a study without images names it instead."""
    if case_id == state.get(CLICKED, ""):
        return
    state.put(CLICKED, case_id)
    case = next((case for case in study.cohort.cases if case.case_id == case_id), None)
    if case is not None and case.images:
        open_case(case_id)
    elif case is not None:
        st.toast(_("Case {case}: this study has no images.", case=case_id))


def open_case(case_id: str) -> None:
    """Go to a case on the Images page."""
    state.put("images_case", case_id)
    state.put("images_section", "single")
    st.switch_page(PAGES["images"].file)
