"""The only place that touches session state: which study is open, what the user chose, which language.

Choices live in two places on purpose: in the session (so that a page switch keeps them) and in the study's view
state (so that a refresh, a closed tab or a restarted server brings them back).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from pages.common import shared_studies
from pages.common.words import _
from radiomics_core.errors import RadiomicsError, StudyError
from radiomics_core.i18n import CATALOGUES, lazy_, set_language
from radiomics_core.study import Study, library
from radiomics_core.study.last_opened import last_opened, set_last_opened

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

Made = TypeVar("Made")

_SHARE = "_study_share"
_LANGUAGE = "_language"
_RESUMED = "_resumed"
_ADDRESS = "study"
"""Parameter of the address that says which study a tab shows; it names neither study nor folder."""
_PROBLEM = "_problem"
_NEXT = "_next"
_OPENING = lazy_("Opening the study; if another computer had it open, this takes 20 seconds")


def use_session_language() -> None:
    """Set the language of this run from the session (``?lang=`` the first time)."""
    if _LANGUAGE not in st.session_state:
        asked = st.query_params.get("lang", os.environ.get("RADIOMICS_EXPLORER_LANGUAGE", "en"))
        st.session_state[_LANGUAGE] = asked if asked in CATALOGUES else "en"
    set_language(st.session_state[_LANGUAGE])


def open_study(folder: Path) -> Study:
    """Open a study in place of the one that was open, and remember it; read only when another program holds it."""
    held = _share(folder)
    before = st.session_state.get(_SHARE)
    if before is not None and before.study.folder != held.study.folder:
        forget_choices()
    _take(held)
    with problem_noted():
        library.remember(held.study.folder)
        set_last_opened(held.study.folder)
    return held.study


def close_study() -> None:
    """Leave the open study; its files stay as they are, and other sessions keep it."""
    _take(None)
    with problem_noted():
        set_last_opened(None)
    forget_choices()


def close_all() -> None:
    """Close every study this server holds open."""
    shared_studies.close_all()


def open_again() -> None:
    """Open the study anew: for writing if the other program has closed it meanwhile."""
    held = st.session_state.get(_SHARE)
    if held is not None:
        with st.spinner(_(_OPENING)):
            _take(shared_studies.share_anew(held.study.folder))


def current_study() -> Study | None:
    """Return the open study, None when there is none; it stays the same object for the whole run of a page."""
    held = st.session_state.get(_SHARE)
    return None if held is None else held.study


def resume(page: StreamlitPage, pages: Iterable[StreamlitPage]) -> None:
    """Open the tab's study again after a refresh, or the last one, on its last page; note the page the user is on."""
    if not st.session_state.get(_RESUMED):
        st.session_state[_RESUMED] = True
        with problem_noted():
            last = _of_this_tab() or last_opened()
            if last is not None:
                _return_to(open_study(last).view.get("page", ""), page, pages)
    _look_after_study()
    current = current_study()
    _keep_in_address(current)
    if current is not None:
        _keep(current, "page", page.url_path)


def _of_this_tab() -> Path | None:
    """Return the folder of the study that the tab's address stands for, None when it names none.

    Raises
    ------
    StudyError
        It names one that is not there any more; another study is not opened in its place.
    """
    wanted = st.query_params.get(_ADDRESS, "")
    found = library.at_address(wanted) if wanted else None
    if wanted and found is None:
        raise StudyError(
            lazy_("the study of this tab is not in its place any more"),
            remedy=lazy_("Choose it on the page Study, or open it there by its folder if it was moved."),
        )
    return found


def _keep_in_address(study: Study | None) -> None:
    """Let the tab's address stand for its study, so that a reload comes back to it; each change of page clears it."""
    wanted = "" if study is None else library.address(study.folder)
    if st.query_params.get(_ADDRESS, "") == wanted:
        return
    if wanted:
        st.query_params[_ADDRESS] = wanted
    else:
        del st.query_params[_ADDRESS]


def _share(folder: Path) -> shared_studies.Share:
    with st.spinner(_(_OPENING)):
        return shared_studies.share(folder)


def _take(held: shared_studies.Share | None) -> None:
    """Hold a study in place of the one before."""
    before = st.session_state.pop(_SHARE, None)
    if held is not None:
        st.session_state[_SHARE] = held
    if before is not None:
        before.let_go()


def _look_after_study() -> None:
    """Between two runs of a page: leave a study whose folder has gone (the frame says so), take a newer one over."""
    held = st.session_state.get(_SHARE)
    if held is None:
        return
    try:
        held.study.anchor.check()
        if not held.is_newest():
            _take(_share(held.study.folder))
    except StudyError as error:
        st.session_state[_PROBLEM] = error
        _take(None)


def _return_to(wanted: str, page: StreamlitPage, pages: Iterable[StreamlitPage]) -> None:
    known = {one.url_path: one for one in pages}
    if not page.url_path and wanted in known and wanted:
        st.switch_page(known[wanted])


@contextmanager
def problem_noted() -> Iterator[None]:
    """Do what the program does by itself; when it fails the frame says so, and the page goes on."""
    try:
        yield
    except RadiomicsError as error:
        st.session_state[_PROBLEM] = error


def _keep(study: Study, key: str, value: Any) -> None:
    with problem_noted():
        study.view.put(key, value)


def take_problem() -> RadiomicsError | None:
    """Return the error of the last automatic action once, so that the frame can show it."""
    problem: RadiomicsError | None = st.session_state.pop(_PROBLEM, None)
    return problem


def recall(key: str, default: Any, options: Any = None) -> Any:
    """Seed a widget's value before it is drawn: session first, then the study's view state, then the default.

    Call it with the widget's own ``key`` just before the widget; the widget then takes no default of its own. With
    ``options`` a remembered value that is no longer offered is replaced by the default.
    """
    waiting = st.session_state.get(_NEXT, {})
    if key in waiting:
        st.session_state[key] = waiting.pop(key)
    elif key not in st.session_state:
        study = current_study()
        stored = None if study is None else study.view.get(f"choice:{key}")
        st.session_state[key] = default if stored is None else stored
    if options is not None:
        st.session_state[key] = _still_offered(st.session_state[key], list(options), default)
    return st.session_state[key]


def _still_offered(value: Any, options: list[Any], default: Any) -> Any:
    if isinstance(value, list):
        return [item for item in value if item in options]
    return value if value in options else default


def remember(*keys: str) -> None:
    """Write the values of widgets into the study, on submit, so that they outlive the session."""
    study = current_study()
    if study is None or study.read_only:
        return
    for key in keys:
        _keep(study, f"choice:{key}", st.session_state.get(key))


def put(key: str, value: Any) -> None:
    """Keep a value for this session (a selection, a step of a dialog)."""
    st.session_state[key] = value


def get(key: str, default: Any = None) -> Any:
    """Return a value kept in this session."""
    return st.session_state.get(key, default)


def put_next(key: str, value: Any) -> None:
    """Choose for the user what a widget already on screen shows from the next run on (see :func:`recall`)."""
    st.session_state.setdefault(_NEXT, {})
    st.session_state[_NEXT][key] = value
    study = current_study()
    if study is not None:
        _keep(study, f"choice:{key}", value)


def seed(key: str, value: Any) -> Any:
    """Keep a value for this session unless there is one already; return what is kept."""
    if key not in st.session_state:
        st.session_state[key] = value
    return st.session_state[key]


def made_once(key: str, tag: object, make: Callable[[], Made]) -> Made:
    """Return what ``make`` gave for this ``tag`` (an uploaded file and how it is read), made once in this session."""
    known = st.session_state.get(key)
    if known is None or known[0] != tag:
        known = (tag, make())
        st.session_state[key] = known
    made: Made = known[1]
    return made


def drop(*keys: str) -> None:
    """Forget values kept in this session."""
    for key in keys:
        st.session_state.pop(key, None)


def forget_choices() -> None:
    """Forget every choice of this session (another study is opened); what the study holds stays."""
    for key in list(st.session_state):
        if not str(key).startswith("_"):
            del st.session_state[key]
