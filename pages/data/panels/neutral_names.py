"""Neutral case names: offered when images are imported; the key table stays outside the study and can be taken away."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.common import messages, state
from pages.common.uploads import in_memory
from pages.common.words import _
from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.study import Study
from radiomics_core.study.actions import neutral_names
from radiomics_core.study.actions.images import FolderLook

WANTED = "neutral_names"


def choose(study: Study, found: FolderLook) -> Path | None:
    """Offer neutral names; return the file of the key table, None when the cases keep their own names."""
    used = neutral_names.are_used(study)
    if not used and len(study.cohort):
        st.caption(_("The cases in this study have their own names; for neutral names create a new study."))
        return None
    state.seed(WANTED, used or found.suspicion is not None)
    st.checkbox(
        _("Neutral case names"),
        key=WANTED,
        disabled=used,
        help=_(
            "Cases are called C001, C002 ... Images of a folder are copied into the study, because their paths would name them. Which id is whose stands in a key table outside the study."
        ),
    )
    _why(found)
    file = chosen(study, found)
    if file is not None:
        st.caption(
            _(
                "The key table says which neutral name is whose. It is kept in {file}, outside the study: keep it, and do not hand it on with the study.",
                file=str(file),
            )
        )
    if used and not neutral_names.default_file(study).is_file():
        _ask_for_key(study)
    return file


def chosen(study: Study, found: FolderLook | None) -> Path | None:
    """Return the file of the key table when neutral names are wanted for what was found."""
    wanted = found is not None and (neutral_names.are_used(study) or state.get(WANTED))
    return neutral_names.default_file(study) if wanted else None


def _ask_for_key(study: Study) -> None:
    st.warning(_("The key table is not in its place. Without it, cases that are in the study already get new ids."))
    given = st.file_uploader(
        _("Key table"), type=["csv"], key="neutral_key", help=_("It is put back in its place, outside the study.")
    )
    if given is not None:
        with messages.errors_shown():
            neutral_names.put_back(study, in_memory(given))
            st.rerun()


def _why(found: FolderLook) -> None:
    why = found.suspicion
    if why is not None:
        reasons = ", ".join(str(reason) for reason in why.reasons)
        st.caption(
            _(
                "Files whose names look like {reasons}: {n} of {total}. With neutral names nothing of them stands in the study.",
                n=why.n,
                total=why.total,
                reasons=reasons,
            )
        )


def offer_key(study: Study) -> None:
    """Offer the key table of a study with neutral names as a download."""
    if not neutral_names.are_used(study):
        return
    file = neutral_names.default_file(study)
    if not file.is_file():
        st.caption(_("The cases have neutral names; the key table is not in its place ({file}).", file=str(file)))
        return
    with messages.errors_shown():
        st.caption(_("The cases have neutral names. Whose they are stands in {file}: keep it apart.", file=str(file)))
        st.download_button(
            _("Key table (CSV)"),
            data=file.read_bytes(),
            file_name="key.csv",
            mime="text/csv",
            key="key_table",
            icon=":material/key:",
            on_click="ignore",
            help=_("Original id and neutral id of each case; needed to import a clinical table"),
        )


def key_of(study: Study) -> KeyTable | None:
    """Return the key table for a clinical table: the one in its place, or the one that is given; None without."""
    key = neutral_names.known(study)
    if key is not None:
        file = neutral_names.default_file(study)
        st.caption(
            _("Ids are matched through the key table in {file}; the study gets neutral ids only.", file=str(file))
        )
    if key is not None or not neutral_names.are_used(study):
        return key
    given = st.file_uploader(
        _("Key table"),
        type=["csv"],
        key="clinical_key",
        help=_("Needed when the table has original ids: the key table is not in its place. It is read and not stored."),
    )
    return KeyTable.from_csv(in_memory(given)) if given is not None else None
