"""The dashboard: page configuration, navigation from the table of pages, the frame around them."""

from pathlib import Path

import streamlit as st

from pages.common import frame, state
from pages.common.table import ROWS, SECTIONS

st.set_page_config(
    page_title="Radiomics Explorer", page_icon=str(Path(__file__).parent / "pages/common/icon.png"), layout="wide"
)
state.use_session_language()

PAGES = {
    str(label): [
        st.Page(row.file, title=str(row.title), icon=f":material/{row.icon}:", default=row is ROWS[0])
        for row in ROWS
        if row.section == section
    ]
    for section, label in SECTIONS.items()
}

page = st.navigation(PAGES)
state.resume(page, [one for section in PAGES.values() for one in section])
with frame.around(page):
    page.run()
