"""Guards at the top of a page: return what the page needs, or say what is missing and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.common import messages, state
from pages.common.words import Markdown, _

if TYPE_CHECKING:
    from radiomics_core.cohort.endpoints import Endpoint
    from radiomics_core.cohort.model import Cohort
    from radiomics_core.features.table import FeatureTable
    from radiomics_core.study import Study


def require_study() -> Study:
    """Return the open study, or offer to open one and stop."""
    study = state.current_study()
    if study is None:
        messages.empty_state(
            _("No study is open"),
            _(
                "A study is a folder that holds one question, its cohort and its results. Create one, open one, or look at the demo."
            ),
            page="study",
            icon=Markdown(":material/folder_open:"),
        )
        st.stop()
    return study


def require_cohort() -> tuple[Study, Cohort]:
    """Return the study and its cohort, or say how cases come in and stop."""
    study = require_study()
    cohort = study.cohort
    if not len(cohort):
        messages.empty_state(
            _("No cases yet"),
            _("Bring in images with masks, or a table of features you already have."),
            page="cohort",
            icon=Markdown(":material/groups:"),
        )
        st.stop()
    return study, cohort


def require_images() -> tuple[Study, Cohort]:
    """Return the study and its cohort when cases have images; a study from a feature table has none."""
    study, cohort = require_cohort()
    if not cohort.image_names():
        messages.empty_state(
            _("This study has no images"),
            _("It was started from a feature table. Exploration, comparison and survival work as usual."),
            page="exploration",
            icon=Markdown(":material/radiology:"),
        )
        st.stop()
    return study, cohort


def require_features() -> tuple[Study, FeatureTable]:
    """Return the study and its feature table, or say where features come from and stop."""
    study, _cohort = require_cohort()
    if not study.has_features():
        messages.empty_state(
            _("No features yet"),
            _(
                "Features are computed from images and masks on the Extraction page, or imported as a table on the Cohort page."
            ),
            page="extraction",
            icon=Markdown(":material/grain:"),
        )
        st.stop()
    return study, study.feature_table()


def require_endpoint(*kinds: str, key: str = "endpoint") -> Endpoint:
    """Let the user pick one of the study's endpoints of some kinds, or say how to define one and stop."""
    study = require_study()
    offered = [e for e in study.endpoints.values() if not kinds or e.kind in kinds]
    if not offered:
        messages.empty_state(
            _("No endpoint of this kind yet"),
            _(
                "An endpoint says what is predicted: an event, or the time to one. Define it on the Cohort page from the clinical table."
            ),
            page="cohort",
            icon=Markdown(":material/flag:"),
        )
        st.stop()
    names = [e.name for e in offered]
    state.recall(key, names[0], options=names)
    chosen = st.selectbox(
        _("Endpoint"),
        names,
        key=key,
        persist_state="session",
        help=_("What is predicted. Endpoints are defined on the Cohort page."),
    )
    return next(e for e in offered if e.name == chosen)
