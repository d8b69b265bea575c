"""The bar of work that the page waits for: how much is done and what is looked at; gone when the work ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from pages.common.words import Markdown, md


@contextmanager
def shown(words: Markdown) -> Iterator[Callable[[int, int, str], None]]:
    """Give a function that moves the bar: parts done, parts in all, name of the part."""
    bar = st.progress(0.0, text=words)

    def move(done: int, total: int, what: str) -> None:
        bar.progress(done / max(total, 1), text=md(what))

    try:
        yield move
    finally:
        bar.empty()
