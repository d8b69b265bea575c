"""How a table file is read: guessed, shown in one line, and every part of it can be corrected."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import streamlit as st

from pages.common.words import _
from radiomics_core.clinical.tables import TableLook, look
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.i18n import lazy_

SEPARATORS = {
    ",": lazy_("comma"),
    ";": lazy_("semicolon"),
    "\t": lazy_("tab"),
    "|": lazy_("vertical bar"),
}
DECIMALS = {".": lazy_("point (1.5)"), ",": lazy_("comma (1,5)")}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "gb18030")


def look_at(content: Path | bytes, name: str) -> TableLook:
    """Return the guess of how a file is read, and what else it could be."""
    return look(content, name)


def choose(look: TableLook, *, key: str) -> ClinicalTableFormat:
    """Show the guess in one line; inside, every part can be corrected."""
    guess = look.format
    with st.expander(_("How the file is read: {summary}", summary=_in_words(guess)), icon=":material/tune:"):
        columns = st.columns(3)
        changes: dict[str, object] = {}
        with columns[0]:
            changes |= _sheet(look, key) if guess.sheet else _separator(look, key)
        with columns[1]:
            changes["decimal"] = st.selectbox(
                _("Decimal sign"),
                list(dict.fromkeys([guess.decimal, ".", ","])),
                format_func=lambda sign: str(DECIMALS.get(sign, sign)),
                key=f"{key}_decimal",
                help=_("What stands between 1 and 5 in one and a half."),
            )
            changes["header_row"] = _header_row(guess, key)
        with columns[2]:
            changes["missing_codes"] = _missing_codes(guess, key)
    return dataclasses.replace(guess, **changes)  # type: ignore[arg-type]


def _sheet(look: TableLook, key: str) -> dict[str, object]:
    sheets = list(dict.fromkeys([look.format.sheet, *look.alternatives.get("sheet", ())]))
    return {"sheet": st.selectbox(_("Sheet"), sheets, key=f"{key}_sheet", help=_("Sheet of the Excel file."))}


def _separator(look: TableLook, key: str) -> dict[str, object]:
    separator = st.selectbox(
        _("Separator"),
        list(dict.fromkeys([look.format.separator, *SEPARATORS])),
        format_func=lambda sign: str(SEPARATORS.get(sign, sign)),
        key=f"{key}_separator",
        help=_("What stands between two cells."),
    )
    codes = list(dict.fromkeys([look.format.encoding, *look.alternatives.get("encoding", ()), *ENCODINGS]))
    encoding = st.selectbox(_("Encoding"), codes, key=f"{key}_encoding", help=_("Change it when letters look wrong."))
    return {"separator": separator, "encoding": encoding}


def _header_row(guess: ClinicalTableFormat, key: str) -> int:
    row = st.number_input(
        _("Row with column names"), 1, 50, max(guess.header_row, 0) + 1, key=f"{key}_header", help=_("Counted from 1.")
    )
    return int(row) - 1


def _missing_codes(guess: ClinicalTableFormat, key: str) -> tuple[str, ...]:
    text = st.text_input(
        _("Codes for missing"),
        ", ".join(guess.missing_codes),
        key=f"{key}_missing",
        help=_("Separated by commas, for example 999 or /. Empty cells are always missing."),
    )
    return tuple(code.strip() for code in text.split(",") if code.strip())


def _in_words(fmt: ClinicalTableFormat) -> str:
    if fmt.sheet:
        return _("Excel, sheet {sheet}", sheet=fmt.sheet)
    return _(
        "separator {separator}, decimal {decimal}, {encoding}",
        separator=str(SEPARATORS.get(fmt.separator, fmt.separator)),
        decimal=str(DECIMALS.get(fmt.decimal, fmt.decimal)),
        encoding=fmt.encoding,
    )
