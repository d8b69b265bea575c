"""What to do without masks: how to export them, the names expected, a pairing template."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.uploads import in_memory
from pages.common.words import _
from pages.data.panels import neutral_names
from radiomics_core.images.pairing_table import COLUMNS
from radiomics_core.study import Study
from radiomics_core.study.actions import images


def how_to(study: Study, found: images.FolderLook | None = None) -> None:
    """Explain, offer the template, take it back filled in."""
    missing = [c for c in study.cohort.cases if c.images and not c.masks]
    with st.expander(_("No masks yet, or names that fit no pattern?"), icon=":material/help:", expanded=bool(missing)):
        st.markdown(
            _(
                "A mask is a second volume on the image's grid that is 1 inside the lesion and 0 outside.\n\n"
                "**From 3D Slicer**: module *Segmentations*, section *Export/import models and labelmaps*, choose *Export*, output type *Labelmap*, "
                "reference volume = your image, press *Export*; then *File, Save data* as `.nii.gz` beside the image. A `.seg.nrrd` saved directly is read as well.\n\n"
                "**Names that are recognised**: `case/CT.nii.gz` with `case/CT_mask.nii.gz`; `images/case.nii.gz` with `masks/case.nii.gz`; `case_image.nii.gz` with `case_mask.nii.gz`.\n\n"
                "**Anything else**: fill in the table below, one row per region, and drop it here."
            )
        )
        template = pd.DataFrame(columns=list(COLUMNS))
        with messages.errors_shown():
            if found is not None or len(study.cohort):
                template = images.template(study, found)
        downloads.table(template, "pairing_template", key="pairing_template", label=_("Pairing template (CSV)"))
        filled = st.file_uploader(
            _("Filled template"),
            type=["csv"],
            key="pairing_filled",
            help=_(
                "Paths are taken as they stand, or relative to the folder above; dropped files have the names in the template."
            ),
        )
        if filled is not None and st.button(
            _("Import by this table"),
            key="pairing_table_import",
            help=_("Makes the cohort from the rows of the table."),
        ):
            with messages.errors_shown():
                images.import_pairing_table(
                    study, in_memory(filled), str(state.get("images_folder", "")), look=found,
                    key_file=neutral_names.chosen(study, found),
                )  # fmt: skip
                state.drop("images_found", "pairing_image", "pairing_mask")
                st.rerun()
