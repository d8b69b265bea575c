"""Images that were moved: say where their folder is now."""

from __future__ import annotations

import streamlit as st

from pages.common import messages, state
from pages.common.words import _, plural
from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import images

CHECKED = "files_checked"


def show(study: Study) -> None:
    """Form for the new folder; nothing while every file is where it was."""
    missing = _missing(study)
    if missing is None:
        return
    with st.container(border=True):
        st.markdown(f"**{_('Files have moved')}**")
        st.caption(
            plural(missing.n_cases, "{n} case lacks files: {files} in all.", "{n} cases lack files: {files} in all.",
                   files=missing.n_files)
        )  # fmt: skip
        _form(study, missing)
        if st.button(_("Look again"), key="relink_look", help=_("After a drive was connected or files were put back.")):
            state.drop(CHECKED)
            st.rerun()


def _form(study: Study, missing: images.MissingFiles) -> None:
    with st.form("relink", border=False):
        old = st.text_input(
            _("Old folder"),
            value=missing.folder,
            key="relink_old",
            help=_("The folder that all missing files were in."),
        )
        new = st.text_input(
            _("New folder"), key="relink_new", help=_("Where the same files are now, under the same names.")
        )
        pressed = st.form_submit_button(
            _("Relink"),
            key="relink_submit",
            type="primary",
            help=_("Nothing is copied; the study notes the new place."),
        )
    messages.when_sent("relink_refused", pressed, lambda: _relink(study, old.strip(), new.strip()))


def _relink(study: Study, old: str, new: str) -> None:
    if not old or not new:
        raise StudyError(lazy_("a folder is missing"), remedy=lazy_("Type both folders"))
    images.relink(study, old, new)
    state.drop(CHECKED)
    st.rerun()


def _missing(study: Study) -> images.MissingFiles | None:
    """Look once per session and after every change of the files: asking for thousands of files takes a while."""
    now = (study.id, study.cohort_digests.files, study.folder)
    return state.made_once(CHECKED, now, lambda: images.find_missing(study))
