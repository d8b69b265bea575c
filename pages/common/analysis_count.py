"""How often an outcome was analysed stands with every card and file of an analysis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import pandas as pd

from pages.common.words import NOTHING, Markdown, _

COLUMN = "analysis_number"


@dataclass(frozen=True)
class _Counted:
    endpoint: str
    number: int


_counted: ContextVar[_Counted | None] = ContextVar("counted", default=None)


@contextmanager
def counted(endpoint: str, number: int | None) -> Iterator[None]:
    """Let every card and file made inside say which analysis of the endpoint it belongs to; None: not known."""
    token = _counted.set(_Counted(endpoint, int(number)) if number is not None else None)
    try:
        yield
    finally:
        _counted.reset(token)


def words() -> Markdown:
    """Return what a caption says, for example "analysis 5 of lung_mets"; empty outside an analysis."""
    about = _counted.get()
    return NOTHING if about is None else _("Analysis {k} of {endpoint}.", k=about.number, endpoint=about.endpoint)


def with_column(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the number of its analysis as the last column; as it is outside an analysis."""
    about = _counted.get()
    return frame if about is None or COLUMN in frame.columns else frame.assign(**{COLUMN: about.number})
