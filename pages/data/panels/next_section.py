"""The next step inside the Cohort page: the section that comes next, and after the last one the next page."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import streamlit as st

from pages.common import frame, state
from pages.common.words import _
from radiomics_core.i18n import LazyText
from radiomics_core.study import Study

ORDER_WITH_IMAGES = ("images", "clinical", "columns", "split", "endpoints", "quality", "flow")
ORDER_WITH_FEATURES = ("features", "columns", "split", "endpoints", "flow")

BESIDE_THE_WAY = {"features": "columns", "clinical": "columns", "quality": "flow", "images": "features"}


def offer(study: Study, section: str, labels: Mapping[str, tuple[LazyText, object]]) -> None:
    """Offer the section after this one; after the patient flow the images or, without images, the exploration."""
    has_images = bool(study.cohort.image_names()) or not len(study.cohort)
    order = ORDER_WITH_IMAGES if has_images else ORDER_WITH_FEATURES
    following = dict(itertools.pairwise(order)).get(section)
    if following is None and section in order:
        if has_images:
            frame.next_step("cohort")
        else:
            frame.next_step("extraction")
        return
    chosen = following or BESIDE_THE_WAY.get(section, "clinical")
    label = _("Next: {section}", section=str(labels[chosen][0]))
    st.space("small")
    if st.button(
        label,
        key="next_section",
        icon=":material/arrow_forward:",
        help=_("The external set comes before the endpoints: defining one closes it.")
        if chosen in ("split", "endpoints")
        else _("Opens the next section of this page."),
    ):
        state.put_next("cohort_section", chosen)
        st.rerun()
