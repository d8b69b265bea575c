"""Masks on another grid than their image: offer to resample, show it first."""

from __future__ import annotations

import streamlit as st

from pages.common import messages
from pages.common.words import _, md, plural
from radiomics_core.study import Study
from radiomics_core.study.actions import quality


def show(study: Study) -> None:
    """List masks on another grid; preview and accept one at a time."""
    candidates = quality.masks_on_other_grid(study)
    if not candidates:
        return
    st.subheader(_("Masks on another grid"))
    st.caption(
        _(
            "A mask must lie on its image's grid. Resampling moves its outline by up to half a voxel; look before you accept."
        )
    )
    for number, (case_id, image, roi) in enumerate(candidates):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{md(case_id)}** / {md(image)} / {md(roi)}")
                look = st.button(
                    _("Show the resampled mask"), key=f"resample_look_{number}", help=_("Nothing is stored yet.")
                )
                accept = st.button(
                    _("Resample and use it"),
                    key=f"resample_accept_{number}",
                    help=_("The original file is not changed; the new mask is kept in the study."),
                )
            if look:
                with messages.errors_shown():
                    preview = quality.preview_resampled(study, case_id, image, roi)
                    st.image(preview.picture, width=320, alt=_("Resampled mask on the image"))
                    st.caption(
                        _(
                            "Volume before {before:.2f} ml, after {after:.2f} ml",
                            before=preview.before_ml,
                            after=preview.after_ml,
                        )
                    )
            if accept:
                with messages.errors_shown():
                    quality.resample(study, case_id, image, roi)
                    st.rerun()
    st.caption(plural(len(candidates), "{n} mask on another grid", "{n} masks on another grid"))
