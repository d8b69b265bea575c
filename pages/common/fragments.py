"""A fragment that speaks the session's language (a fragment reruns in a context of its own)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.common import state

Function = TypeVar("Function", bound=Callable[..., Any])


def fragment(*, run_every: float | None = None) -> Callable[[Function], Function]:
    """Make a function a Streamlit fragment; as ``st.fragment``, with the session's language set."""

    def wrap(function: Function) -> Function:
        @functools.wraps(function)
        def speaking(*args: Any, **kwargs: Any) -> Any:
            state.use_session_language()
            return function(*args, **kwargs)

        return st.fragment(speaking, run_every=run_every)  # type: ignore[return-value]

    return wrap


def is_running_alone() -> bool:
    """Return whether this is a rerun of a fragment, not of the whole page."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)


def run_fragment_again() -> None:
    """Run this fragment once more; as ``st.rerun(scope="fragment")``, for work that goes on in turns.

    Streamlit leaves out a message that the browser said to have, and hands that list on from rerun to rerun; but the
    browser forgets a message after a few runs. So what follows is sent whole.
    """
    context = get_script_run_ctx()
    if context is not None:
        context.cached_message_hashes = frozenset()
    st.rerun(scope="fragment")
