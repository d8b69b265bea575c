"""What stands around every page: the study in the sidebar, the context strip, problems of automatic actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from pages.common import calls, heap, messages, state
from pages.common.table import PAGES
from pages.common.words import NOTHING, Html, Markdown, _, joined, md, show_html
from radiomics_core import __version__
from radiomics_core.errors import StudyInUseError
from radiomics_core.study.actions import status

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from radiomics_core.study import Study


_STYLE = Html("<style>.stMainBlockContainer{padding-top:3.25rem;padding-bottom:4rem}</style>")


@contextmanager
def around(page: StreamlitPage) -> Iterator[None]:
    """Draw the frame, then the page; an error on the page is worded, never a bare traceback."""
    show_html(_STYLE)
    with messages.errors_shown():
        _sidebar()
        _problem()
        _reading_only()
        _about_study()
    try:
        with messages.errors_shown():
            yield
        _problem()
    finally:
        heap.settle()


def _problem() -> None:
    problem = state.take_problem()
    if problem is not None:
        messages.show_error(problem)


def _reading_only() -> None:
    study = state.current_study()
    if study is None or not study.read_only:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="reading_only"):
        st.markdown(f":material/lock: {_why_reading_only(study)}")
        if st.button(_("Try again"), key="open_again", help=_("When it was closed there, you can work on it here.")):
            state.open_again()
            st.rerun()


def _why_reading_only(study: Study) -> Markdown:
    why = study.why_read_only
    if why is None or isinstance(why, StudyInUseError):
        return _(
            "This study is open in another window of the program. Here it can be looked at; nothing can be changed or computed."
        )
    looked_at = _("Until then it can be looked at; nothing can be changed or computed.")
    return joined(" ", (md(why.message()), looked_at))


def _about_study() -> None:
    """Say what is wrong with the study as a whole: an import that was ended, tables that are gone."""
    study = state.current_study()
    if study is None:
        return
    for finding in (*study.findings("study"), *study.findings("import")):
        if finding.severity != "note":
            box = st.error if finding.severity == "stop" else st.warning
            box(md(f"{finding.message()} {finding.remedy()}"), icon=messages.SEVERITY_ICONS[finding.severity])


def _sidebar() -> None:
    study = state.current_study()
    with st.sidebar:
        if study is None:
            st.caption(_("No study is open"))
        else:
            st.markdown(f"**{md(study.name)}**")
            st.caption(_("for reading only") if study.read_only else _("saved in {folder}", folder=study.folder.name))
        st.caption(_("Research use only, not a medical device. Version {version}", version=__version__))


def title(page: str) -> None:
    """Write the title of a page of the table, the question it answers, and the context strip."""
    row = PAGES[page]
    st.title(md(row.title), help=_("In the user guide, docs/user-guide.md: {chapter}", chapter=row.guide))
    st.markdown(f":gray[{md(row.question)}]")
    study = state.current_study()
    if study is not None:
        context_strip(study)


def context_strip(study: Study) -> None:
    """One line: study, cases, endpoint and events, features and engine; stale steps with where to renew them."""
    facts = status.context(study, lambda endpoint: calls.endpoint_values(study, endpoint))
    with st.container(horizontal=True, gap="small", key="context_strip"):
        for fact in facts.items:
            st.badge(f"{md(fact.label)}: {md(fact.value)}", color="gray")
        for step in facts.stale:
            st.badge(
                _("{step}: out of date", step=step.label), icon=":material/history:", color="orange", help=md(step.why)
            )


def next_step(page: str) -> None:
    """Offer what comes after a page of the table as one button."""
    row = PAGES[page]
    st.space("small")
    go_button(row.next_page, md(row.next_label), key="next_step")


def go_button(page: str, label: Markdown, *, key: str, primary: bool = False, help: Markdown = NOTHING) -> None:
    """Draw a button that opens another page of the table."""
    if st.button(
        label, key=key, type="primary" if primary else "secondary", icon=":material/arrow_forward:", help=help or None
    ):
        st.switch_page(PAGES[page].file)
