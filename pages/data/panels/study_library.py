"""The first five minutes: open the demo, create a study, open one from the list or by its folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from pages.common import messages, state
from pages.common.words import Markdown, _, joined, md, plural
from radiomics_core.naming import slug
from radiomics_core.study import Study, library
from radiomics_core.study.actions import demo


def welcome() -> None:
    """Offer the three ways in, the demo first."""
    for column, way in zip(st.columns(3, border=True), (_demo, _create, _open_folder), strict=True):
        with column:
            way()
    recent(None)
    from_bin()


def other_studies(study: Study) -> None:
    """Under an open study: the others, folded away."""
    with st.expander(_("Other studies, the demo, a new study"), icon=":material/folder:"):
        for column, way in zip(st.columns(3, border=True), (_demo, _create, _open_folder), strict=True):
            with column:
                way()
        recent(study)
        from_bin()


def _demo() -> None:
    st.subheader(_("See how it works"))
    st.markdown(
        _(
            "80 made-up patients with CT and MR, a response and survival, and five deliberately broken cases. The truth behind them is known, so you can see whether the analysis finds it."
        )
    )
    if st.button(
        _("Open the demo"),
        key="open_demo",
        type="primary",
        width="stretch",
        help=_("Takes under a minute the first time. Nothing leaves this computer."),
    ):
        with messages.errors_shown():
            study = demo.open_demo()
            switch_to(study)


def _create() -> None:
    st.subheader(_("Start a study"))
    with st.form("create_study", border=False):
        name = st.text_input(
            _("Name of the study"),
            key="new_study_name",
            placeholder=_("Sarcoma, lung metastases"),
            help=_("A short name for the question. It becomes the folder's name."),
        )
        parent = st.text_input(
            _("Kept in"),
            value=str(library.home()),
            key="new_study_parent",
            help=_("Folder on this computer in which the study's folder is made."),
        )
        submitted = st.form_submit_button(
            _("Create"), key="create_study_submit", help=_("Makes the folder and opens the study."), width="stretch"
        )

    def create() -> None:
        switch_to(library.create(name, Path(parent).expanduser() / slug(name) if name.strip() else None))

    messages.when_sent("create_study_refused", submitted, create)


def _open_folder() -> None:
    st.subheader(_("Open a study"))
    with st.form("open_study", border=False):
        folder = st.text_input(
            _("Folder of the study"), key="open_study_folder", help=_("The folder that holds the file study.sqlite.")
        )
        submitted = st.form_submit_button(
            _("Open"), key="open_study_submit", help=_("Opens the study where it was left."), width="stretch"
        )
    messages.when_sent("open_study_refused", submitted, lambda: switch_to(Path(folder.strip().strip('"')).expanduser()))


def switch_to(study: Study | Path) -> None:
    """Open another study in place of this one."""
    if isinstance(study, Study):
        state.open_study(study.folder)
        study.close()
    else:
        state.open_study(study)
    st.rerun()


def recent(current: Study | None) -> None:
    """List recent studies, the newest first, each with a button."""
    entries = [e for e in library.recent() if current is None or e.folder != current.folder]
    if not entries:
        return
    st.subheader(_("Recent studies"))
    for position, entry in enumerate(entries[:12]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"recent_{position}"):
            st.markdown(f"**{md(entry.name)}**")
            st.caption(_about(entry))
            if st.button(_("Open"), key=f"recent_open_{position}", help=_("Opens this study where it was left.")):
                with messages.errors_shown():
                    switch_to(entry.folder)


def _about(entry: library.StudyCard) -> Markdown:
    """Return what stands beside a study's name: its cases and when it changed, or why it cannot be read."""
    if entry.problem is not None:
        return joined(" ", (Markdown(":material/error:"), entry.problem.message()))
    changed = datetime.fromtimestamp(entry.changed).strftime("%Y-%m-%d %H:%M")
    return plural(
        entry.n_cases,
        "{n} case, changed {when}, {folder}",
        "{n} cases, changed {when}, {folder}",
        when=changed,
        folder=str(entry.folder),
    )


def from_bin() -> None:
    """List deleted studies, each with a way back."""
    entries = library.deleted()
    if not entries:
        return
    st.subheader(_("Deleted studies"))
    for position, entry in enumerate(entries[:12]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"bin_{position}"):
            st.markdown(f"**{md(entry.name)}**")
            st.caption(_about(entry))
            if st.button(
                _("Take back"),
                key=f"bin_restore_{position}",
                icon=":material/undo:",
                help=_("Moves the study back to where it was and opens it."),
            ):
                with messages.errors_shown():
                    switch_to(library.restore(entry.folder))
