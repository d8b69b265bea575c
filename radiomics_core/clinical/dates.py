"""Dates as people write them: ISO, day first, month first, spreadsheet serials, Chinese, month names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import cell_text
from radiomics_core.findings import Finding, found

DateOrder = Literal["day_first", "month_first"]

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_SLASHED = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ]\d{1,2}:\d{2}.*)?")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
_NAMED = re.compile(r"(?=.*[A-Za-zéû]{3})(?=.*\d{4}|.*\d{1,2}).{6,30}")
_MONTHS = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_SERIAL_ZERO = date(1899, 12, 30)
_DATE_NAME = re.compile(r"date|datum|day of|dob|日期|时间", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedDates:
    """Dates of a column.

    Attributes
    ----------
    dates : Series of datetime64, in the order and with the index of the column; NaT where missing or unreadable
    styles : dict of str to int
        How many cells were written in which way: ``iso``, ``compact``, ``chinese``, ``serial``, ``named``,
        ``day_first``, ``month_first``.
    order : {"day_first", "month_first"}
        How ``1/2/2015`` was read.
    is_ambiguous : bool
        True when every slashed date fits both ways, so that the order was assumed.
    findings : list of Finding
    """

    dates: pd.Series
    styles: dict[str, int]
    order: DateOrder = "day_first"
    is_ambiguous: bool = False
    findings: list[Finding] = field(default_factory=list)


def looks_like_dates(column: Iterable[object], name: str = "") -> bool:
    """Say whether nine of ten cells of a column without gaps are dates.

    Bare serial numbers count only in a column named like a date.
    """
    column = list(column)
    if sum(_style(cell_text(v)) is not None for v in column[:30]) < 0.5 * len(column[:30]):
        return False
    texts = [t for t in (cell_text(v) for v in column) if t]
    has_date_name = _DATE_NAME.search(name) is not None
    bare = {"serial", "compact"}
    styles = [_style(t) for t in texts]
    good = sum(s is not None and (s not in bare or has_date_name) for s in styles)
    if not texts or good < 0.9 * len(texts):
        return False
    return all(_fits(t, s) for t, s in zip(texts, styles, strict=True) if s is not None) or has_date_name


def parse_dates(column: pd.Series, name: str = "", order: DateOrder | None = None) -> ParsedDates:
    """Read the dates of one column.

    Slashed dates are read day first unless a date of the column can only be month first. Dates that fit both ways,
    mixed styles, unreadable cells and two-digit years are findings.

    Parameters
    ----------
    column : Series of text cells
    name : str
        Name of the column, for findings.
    order : {"day_first", "month_first"}, optional
        The user's word for it; guessed when not given.
    """
    texts = [cell_text(v) for v in column]
    styles = [_style(t) if t else None for t in texts]
    slashed = [t for t, s in zip(texts, styles, strict=True) if s == "slashed"]
    guessed, is_ambiguous, has_both = _guess_order(slashed)
    chosen = order or guessed
    dates = [_read(t, s, chosen) if s else None for t, s in zip(texts, styles, strict=True)]
    counts = Counter(chosen if s == "slashed" else str(s) for s in styles if s)
    series = pd.Series(pd.to_datetime(pd.Series(dates, dtype=object)).to_numpy(), index=column.index)
    findings = _doubts(name, texts, styles, dates, counts)
    if has_both and order is None:
        findings.append(found(kinds.DATE_MIXED, column=name, styles="day_first, month_first"))
    if is_ambiguous and order is None:
        read = _read(slashed[0], "slashed", chosen)
        params: dict[str, Any] = {"n": len(slashed), "example": slashed[0], "read": read.isoformat() if read else ""}
        findings.append(found(kinds.DATE_AMBIGUOUS, column=name, **params))
    return ParsedDates(series, dict(counts), chosen, is_ambiguous and order is None, findings)


def parse_date(text: str, order: DateOrder = "day_first") -> date | None:
    """Return the date one cell holds, None when it holds none."""
    style = _style(text.strip())
    return _read(text.strip(), style, order) if style else None


def _style(text: str) -> str | None:
    for style, pattern in _PATTERNS.items():
        if pattern.fullmatch(text):
            return style
    return "named" if _MONTHS.search(text) and _NAMED.fullmatch(text) else None


_PATTERNS = {"iso": _ISO, "chinese": _CHINESE, "slashed": _SLASHED, "compact": _COMPACT, "serial": _SERIAL}


def _fits(text: str, style: str) -> bool:
    return _read(text, style, "day_first") is not None or _read(text, style, "month_first") is not None


def _read(text: str, style: str, order: DateOrder) -> date | None:
    if style == "serial":
        return _SERIAL_ZERO + timedelta(days=int(float(text)))
    if style == "named":
        return _read_named(text, order)
    match = _PATTERNS[style].fullmatch(text)
    if match is None:
        return None
    first, second, third = (int(part) for part in match.groups())
    if style != "slashed":
        return _date(first, second, third)
    day, month = (first, second) if order == "day_first" else (second, first)
    return _date(_full_year(third, match[3]), month, day)


def _read_named(text: str, order: DateOrder) -> date | None:
    from dateutil import parser

    try:
        with_first = parser.parse(text, dayfirst=order == "day_first", default=datetime(2000, 1, 1))
        with_second = parser.parse(text, dayfirst=order == "day_first", default=datetime(2001, 2, 2))
    except (ValueError, OverflowError):
        return None
    return with_first.date() if with_first == with_second else None


def _full_year(year: int, text: str) -> int:
    """Return a two-digit year between 1969 and 2068, the convention of POSIX."""
    if len(text) == 4:
        return year
    return 2000 + year if year <= 68 else 1900 + year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1700 <= year <= 2200 else None
    except ValueError:
        return None


def _guess_order(slashed: list[str]) -> tuple[DateOrder, bool, bool]:
    """Return (order, cannot be told, some dates fit only one way and some only the other)."""
    pairs = [tuple(int(p) for p in m.groups()[:2]) for m in map(_SLASHED.fullmatch, slashed) if m]
    day_only = sum(first > 12 for first, second in pairs)
    month_only = sum(second > 12 for first, second in pairs)
    differs = any(first != second for first, second in pairs)
    order: DateOrder = "month_first" if month_only > day_only else "day_first"
    return order, bool(pairs) and differs and day_only == month_only == 0, day_only > 0 and month_only > 0


def _doubts(
    name: str, texts: list[str], styles: list[str | None], dates: list[date | None], counts: Counter[str]
) -> list[Finding]:
    findings = []
    unreadable = [t for t, d in zip(texts, dates, strict=True) if t and d is None]
    if unreadable:
        examples = ", ".join(list(dict.fromkeys(unreadable))[:5])
        findings.append(found(kinds.DATE_UNREADABLE, column=name, n=len(unreadable), examples=examples))
    if len(counts) > 1:
        findings.append(found(kinds.DATE_MIXED, column=name, styles=", ".join(sorted(counts))))
    short = [
        (t, d)
        for t, s, d in zip(texts, styles, dates, strict=True)
        if s == "slashed" and d and re.search(r"[-/. ]\d{2}$", t)
    ]
    if short:
        findings.append(found(kinds.DATE_CENTURY, column=name, example=short[0][0], read=short[0][1].isoformat()))
    return findings
