"""The dashboard: page configuration, the table of pages, the frame around them."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from pages.common import frame, state
from pages.common.words import _

st.set_page_config(
    page_title="Radiomics Explorer", page_icon=str(Path(__file__).parent / "pages/common/icon.png"), layout="wide"
)
state.use_session_language()

PAGES: dict[str, list[Page]] = {
    _("Data"): [
        st.Page("pages/data/study.py", title=_("Study"), icon=":material/folder_open:", default=True),
        st.Page("pages/data/cohort.py", title=_("Cohort"), icon=":material/groups:"),
        st.Page("pages/data/images.py", title=_("Images"), icon=":material/radiology:"),
    ],
    _("Features"): [
        st.Page("pages/features/extraction.py", title=_("Extraction"), icon=":material/grain:"),
        st.Page("pages/features/exploration.py", title=_("Exploration"), icon=":material/scatter_plot:"),
    ],
    _("Modelling"): [
        st.Page("pages/modelling/comparison.py", title=_("Comparison"), icon=":material/leaderboard:"),
        st.Page("pages/modelling/explanations.py", title=_("Explanations"), icon=":material/lightbulb:"),
        st.Page("pages/modelling/survival.py", title=_("Survival"), icon=":material/show_chart:"),
    ],
}

page = st.navigation(PAGES)
state.resume(page, [one for section in PAGES.values() for one in section])
with frame.around(page):
    page.run()
