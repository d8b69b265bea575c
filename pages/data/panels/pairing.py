"""Which mask belongs to which image: a pattern that is guessed, shown, and can be changed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import messages, state
from pages.common.words import _, plural
from pages.data.panels import neutral_names
from radiomics_core.images.pairing import PairingResult
from radiomics_core.images.pattern import PairingPattern
from radiomics_core.study import Study
from radiomics_core.study.actions import images
from radiomics_core.study.actions.images import FolderLook


def show(study: Study, found: FolderLook) -> None:
    """Show the pattern and what it makes of the files; import when it is right."""
    st.subheader(_("How names tell cases, images and masks apart"))
    st.caption(
        plural(
            len(found.files),
            "{n} file or series found in {folder}.",
            "{n} files or series found in {folder}.",
            folder=str(found.folder),
        )
    )
    pattern = _pattern(found)
    if pattern is None:
        return
    with messages.errors_shown():
        result = images.preview(study, found, pattern)
        _summary(result)
        stops = any(finding.severity == "stop" for finding in (*found.findings, *result.findings))
        messages.show_findings([*found.findings, *result.findings], key="pairing", expanded=stops)
        _import(study, found, pattern, result)


def _pattern(found: FolderLook) -> PairingPattern | None:
    guess = found.pattern
    state.seed("pairing_image", guess.image)
    state.seed("pairing_mask", guess.mask)
    with st.form("pairing_form"):
        left, right = st.columns(2)
        left.text_input(
            _("Images are named"),
            key="pairing_image",
            help=_(
                "{case} stands for the case, {image} for the kind of image (CT, PET ...), * for anything. {image:CT|PET} allows only these."
            ),
        )
        right.text_input(
            _("Masks are named"),
            key="pairing_mask",
            help=_("As for images; {roi} stands for the region. Leave empty if there are no masks."),
        )
        st.form_submit_button(
            _("Try this pattern"),
            key="pairing_try",
            help=_("Shows below what this pattern makes of the files; nothing is imported yet."),
        )
    with messages.errors_shown():
        return PairingPattern(str(state.get("pairing_image")).strip(), str(state.get("pairing_mask")).strip())
    return None


def _summary(result: PairingResult) -> None:
    with_mask = sum(bool(c.masks) for c in result.cases)
    with st.container(horizontal=True):
        st.metric(_("Cases"), len(result.cases), border=True)
        st.metric(_("with a mask"), with_mask, border=True)
        st.metric(_("Files left over"), len(result.unmatched), border=True)
    rows = [
        {
            _("Case"): c.case_id,
            _("Images"): ", ".join(i.name for i in c.images),
            _("Regions"): ", ".join(dict.fromkeys(m.roi for m in c.masks)) or "–",
        }
        for c in result.cases
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="pairing_preview", height=min(260, 40 + 35 * len(rows)))
    if result.unmatched:
        with st.expander(plural(len(result.unmatched), "{n} file fits no pattern", "{n} files fit no pattern")):
            st.dataframe(pd.DataFrame({_("File"): list(result.unmatched)}), hide_index=True, key="pairing_unmatched")


def _import(study: Study, found: FolderLook, pattern: PairingPattern, result: PairingResult) -> None:
    key_file = neutral_names.choose(study, found)
    label = plural(len(result.cases), "Import {n} case", "Import {n} cases")
    replaces = bool(study.cohort.image_names())
    if replaces:
        st.warning(
            plural(
                len(study.cohort),
                "This replaces the {n} case in the study. Exclusions, clinical table and endpoints are kept.",
                "This replaces the {n} cases in the study. Exclusions, clinical table and endpoints are kept.",
            ),
            icon=":material/swap_horiz:",
        )
    if st.button(
        label,
        key="pairing_import",
        help=_("Makes the cohort from these files. Originals are never changed."),
        type="primary",
        disabled=not result.cases,
    ):
        with st.spinner(_("Importing")):
            images.import_folder(study, found.folder, pattern, look=found, key_file=key_file)
        if key_file is None:
            state.remember("images_folder")
        state.drop("images_found", "pairing_image", "pairing_mask", neutral_names.WANTED)
        state.put_next("cohort_section", "clinical" if not study.has_clinical() else "quality")
        st.rerun()
