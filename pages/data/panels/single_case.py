"""One case in the viewer, with its quality numbers and findings beside it."""

from __future__ import annotations

import streamlit as st

from pages.common import messages, state, viewer
from pages.common.words import _, md
from radiomics_core.cohort.model import Cohort
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.placement import TRANSFORM_WORDS
from radiomics_core.study import Study
from radiomics_core.study.actions import quality

NUMBERS = {
    "voxels": lazy_("Voxels"),
    "volume_ml": lazy_("Volume [ml]"),
    "components": lazy_("Separate parts"),
    "touches_border": lazy_("Touches the image border"),
    "grid_match": lazy_("Mask on the image's grid"),
    "n_nan": lazy_("Missing voxels"),
    "roi_mean": lazy_("Mean in region"),
    "roi_sd": lazy_("SD in region"),
    "spacing_mm": lazy_("Voxel size [mm]"),
    "transform": lazy_("Position read from"),
}


def show(study: Study, cohort: Cohort) -> None:
    """Let the user step through cases; image left, numbers right."""
    ids = [case.case_id for case in cohort.cases if case.images]
    case_id = choose_case(ids)
    case = cohort.case(case_id)
    names = [image.name for image in case.images]
    left, right = st.columns([3, 1])
    with right:
        state.recall("images_image", names[0], options=names)
        image = st.selectbox(
            _("Image"), names, key="images_image", persist_state="session", help=_("Images of this case.")
        )
        rois = [m.roi for m in case.masks if m.image == image]
        _numbers(study, case_id, image)
        _leave_out(study, cohort, case_id)
    with left:
        viewer.case_viewer(case, image, key="single", rois=rois)
    findings = [f for f in study.findings() if f.case_id == case_id]
    messages.show_findings(findings, key="single_case", expanded=bool(findings))


def _leave_out(study: Study, cohort: Cohort, case_id: str) -> None:
    """Leave the case out with a reason, or take it back, where it is seen."""
    reasons = [e.reason for e in cohort.exclusions if e.case_id == case_id and not e.image and not e.roi]
    if reasons:
        st.markdown(f":material/person_off: {_('Left out: {reason}', reason=reasons[0])}")
        if st.button(
            _("Take back"), key="single_include", icon=":material/undo:", help=_("The case is analysed again.")
        ):
            with messages.errors_shown():
                quality.include(study, case_id)
                st.rerun()
        return
    with st.popover(_("Leave this case out"), icon=":material/person_off:", width="stretch"):
        reason = st.text_input(
            _("Reason"),
            key=f"single_reason_{case_id}",
            placeholder=_("for example motion artefact"),
            help=_("Printed in the patient flow. Decide without looking at the outcome."),
        )
        if st.button(
            _("Leave out"),
            key="single_exclude",
            help=_("Leaves the case out of every analysis; you can take it back."),
        ):
            with messages.errors_shown():
                quality.exclude(study, [case_id], reason)
                st.rerun()


def choose_case(ids: list[str]) -> str:
    """Menu of cases with buttons to the previous and the next."""
    state.recall("images_case", ids[0], options=ids)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Previous"),
            key="case_previous",
            help=_("The case before this one."),
            icon=":material/chevron_left:",
            on_click=_step,
            args=(ids, -1),
        )
        st.selectbox(_("Case"), ids, key="images_case", persist_state="session", width=260, help=_("Type to search."))
        st.button(
            _("Next"),
            key="case_next",
            help=_("The case after this one."),
            icon=":material/chevron_right:",
            on_click=_step,
            args=(ids, 1),
        )
    return str(state.get("images_case"))


def _step(ids: list[str], by: int) -> None:
    position = ids.index(state.get("images_case", ids[0]))
    state.put("images_case", ids[(position + by) % len(ids)])
    state.remember("images_case")


def _numbers(study: Study, case_id: str, image: str) -> None:
    table = quality.table(study)
    if table is None:
        st.caption(_("The images have not been checked yet: Cohort page, section Quality."))
        return
    rows = table[(table["case_id"] == case_id) & (table["image"] == image)]
    for roi, row in zip(rows["roi"], rows.to_dict("records"), strict=True):
        st.markdown(f"**{md(roi)}**")
        row["transform"] = TRANSFORM_WORDS.get(row["transform"])
        st.table({md(label): md(_shown(row[name])) for name, label in NUMBERS.items()})


def _shown(value: object) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) else f"{value:.4g}"
    return str(value)
