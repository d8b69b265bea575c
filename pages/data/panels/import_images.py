"""Bring in images and masks: a folder on this computer, or files dropped into the page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, progress, state
from pages.common.uploads import content, forget
from pages.common.words import _, md, plural
from pages.data.panels import neutral_names, no_masks, pairing
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import images

WAYS = {"folder": lazy_("A folder on this computer"), "drop": lazy_("Drop a folder, files or a zip")}
FOUND = "images_found"


def show(study: Study) -> None:
    """Choose where images are, look, check the pairing, import."""
    _present(study)
    state.recall("images_way", "folder", options=WAYS)
    way = st.radio(
        _("Where are the images?"),
        list(WAYS),
        format_func=lambda name: md(WAYS[name]),
        key="images_way",
        horizontal=True,
        persist_state="session",
        help=_(
            "A folder is used where it lies and nothing is copied. Of dropped files the study keeps voxels and geometry, under numbers."
        ),
    )
    if way == "folder":
        _from_folder(study)
    else:
        _from_upload(study)
    found = state.get(FOUND)
    if found is not None:
        pairing.show(study, found)
    no_masks.how_to(study, found)


def _present(study: Study) -> None:
    cohort = study.cohort
    if cohort.image_names():
        names, rois = ", ".join(cohort.image_names()), ", ".join(cohort.rois()) or "–"
        st.success(
            plural(
                len(cohort),
                "{n} case is in the study; images: {names}; regions: {rois}.",
                "{n} cases are in the study; images: {names}; regions: {rois}.",
                names=names,
                rois=rois,
            ),
            icon=":material/check_circle:",
        )
        rows = [
            {"case_id": c.case_id, "patient_id": c.patient_id, "image": m.image, "roi": m.roi, "mask": m.file.path}
            for c in cohort.cases
            for m in c.masks
        ]
        with st.expander(_("Cases, images and masks in the study")):
            st.dataframe(pd.DataFrame(rows), hide_index=True, key="pairs_table")
            downloads.table(pd.DataFrame(rows), "cases", key="pairs")
            neutral_names.offer_key(study)


def _from_folder(study: Study) -> None:
    with st.form("images_folder_form"):
        state.recall("images_folder", "")
        st.text_input(
            _("Folder"),
            key="images_folder",
            placeholder=_("for example D:\\study\\nifti or /home/me/study"),
            help=_("NIfTI, NRRD, MetaImage files or DICOM series, in any arrangement of subfolders."),
        )
        submitted = st.form_submit_button(
            _("Look into the folder"),
            key="images_look",
            help=_("Lists the images in the folder and guesses how they belong together; nothing is imported yet."),
            type="primary",
        )

    def look() -> None:
        _look(study, Path(str(state.get("images_folder")).strip().strip('"')))

    messages.when_sent("images_look_refused", submitted, look)


def _from_upload(study: Study) -> None:
    whole = st.toggle(
        _("Choose a whole folder"),
        key="images_upload_folder",
        help=_("Your browser then asks for a folder instead of files."),
    )
    with st.form("images_upload_form", clear_on_submit=True):
        uploads = st.file_uploader(
            _("Images and masks"),
            accept_multiple_files="directory" if whole else True,
            key=f"images_upload_{whole}",
            help=_(
                "NIfTI, NRRD, MetaImage, DICOM or a zip of them. The study keeps voxels and geometry only; headers and other files are left out."
            ),
        )
        submitted = st.form_submit_button(
            _("Take in the files"),
            key="images_take",
            help=_("Stores the voxels and geometry of images and masks in the study, and shows what was found."),
            type="primary",
        )

    def take() -> None:
        try:
            with st.spinner(_("Unpacking")):
                _found(study, images.store_uploads(study, [(file.name, content(file)) for file in uploads]))
        finally:
            forget(uploads)

    messages.when_sent("images_take_refused", submitted and bool(uploads), take)


def _look(study: Study, folder: Path) -> None:
    with progress.shown(_("Looking for images")) as move:
        found = images.look(study, folder, progress=move)
    _found(study, found)


def _found(study: Study, found: images.FolderLook) -> None:
    before = state.get(FOUND)
    if before is not None:
        images.discard(study, before)
    state.put(FOUND, found)
    state.drop("pairing_image", "pairing_mask", neutral_names.WANTED)
