"""The one place where words become Markdown or HTML: our markup is read as such, the names of the user never are.

A study, a case, a region, a column may be called ``![x](http://...)``, ``<img ...>`` or ``**bold**``. Streamlit reads
labels, captions and messages as Markdown; so every name passes :func:`md` on its way there, by being a parameter of
:func:`_` or by a call. Where Markdown is not read (menus, cells and headings of tables, charts, files) :func:`plain`
words a text as it is. ``tests/contracts/test_escaping.py`` fails when a page hands anything else to Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from numbers import Number

import pandas as pd
import streamlit as st

from radiomics_core.i18n import LazyText, Text, translate

__all__ = ["NOTHING", "Html", "Markdown", "_", "cells", "joined", "markup", "md", "plain", "plural", "show_html"]

plain = translate
"""Word a text for a place that does not read Markdown; names stay as they are."""

_SPECIAL = re.compile(r"[\\`*\[\]<>$~|]|_+|&(?=[#\w])|:(?=[^\s\d]|$)")
_BRACKETS = {"[": "&#91;", "]": "&#93;"}
"""By number: ``st.badge`` puts a backslash before every bracket itself, which would undo ours."""
_AT_THE_START = re.compile(r"^(?:[-+=#](?![\w.])|(\d{1,9})(?=[.)](?:\s|$)))")
_REWRITTEN_LATER = re.compile(
    r"(?<=:)(?=[\w+/-]*[A-Za-z][\w+/-]*:)|(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=@)(?=\w)", re.IGNORECASE
)
WORD_JOINER = "\u2060"
"""Takes no room. It parts what Streamlit rewrites after Markdown was read (``:smile:``, addresses): no backslash helps."""


class Markdown(str):
    """A text for Streamlit: its markup is ours, the names in it were escaped."""

    __slots__ = ()


NOTHING = Markdown("")


class Html(str):
    """A piece of HTML whose tags are ours, the names in it were escaped."""

    __slots__ = ()


def md(value: object) -> Markdown:
    """Return what Markdown shows as the value's text; texts of ours (``lazy_``, :class:`Markdown`) keep their markup."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, LazyText):
        return Markdown(str(value))
    text = _REWRITTEN_LATER.sub(WORD_JOINER, " ".join(str(value).split()))
    return Markdown(_AT_THE_START.sub(_held_back, _SPECIAL.sub(_escaped, text)))


def _escaped(found: re.Match[str]) -> str:
    signs, text = found.group(), found.string
    if signs[0] == "_" and text[found.start() - 1 : found.start()].isalnum() and text[found.end() :][:1].isalnum():
        return signs  # inside a word an underscore is no markup
    return "".join(_BRACKETS.get(sign, f"\\{sign}") for sign in signs)


def _held_back(found: re.Match[str]) -> str:
    """Return the start of what would be a list, a heading or a rule."""
    return f"{found.group()}\\" if found.group(1) else f"\\{found.group()}"


def _(template: Text, **params: object) -> Markdown:
    """Return the text in the session's language; parameters that are names are escaped."""
    return Markdown(translate(template, **{name: _parameter(value) for name, value in params.items()}))


def _parameter(value: object) -> object:
    return value if isinstance(value, Number) else md(value)


def plural(n: int, one: str, many: str, **params: object) -> Markdown:
    """Return ``one`` for n = 1 and ``many`` otherwise; ``{n}`` is filled in, names are escaped."""
    return _(one if n == 1 else many, n=n, **params)


def joined(between: str, parts: Iterable[object]) -> Markdown:
    """Join texts and names; ``between`` is ours."""
    return Markdown(between.join(md(part) for part in parts))


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table for ``st.table``, which reads headings, index and cells as Markdown."""
    return frame.map(md).rename(index=md, columns=md)


def markup(template: str, **params: object) -> Html:
    """Return HTML with ``{name}`` fields filled; parameters that are not :class:`Html` are escaped."""
    filled = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in params.items()}
    return Html(template.format(**filled))


def show_html(html: Html) -> None:
    """Draw HTML; nothing else in the pages does."""
    st.html(html)
