"""Guessing how a table file is written: every guess is shown with its alternatives and can be corrected."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from radiomics_core.clinical.cells import is_comma_number, is_number

Rows = list[list[str]]

SEPARATORS = ("\t", ";", "|", ",")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252", "latin-1", "big5", "shift_jis", "cp1251", "cp1250")
TEXT_MISSING_CODES = (
    "", "NA", "N/A", "#N/A", "n.a.", "nan", "null", "<NA>", "/", "-", "--", "---", "–", "—", ".", "?",
    "不详", "未知", "缺失", "unknown", "missing", "#DIV/0!", "#VALUE!", "#REF!",
)  # fmt: skip
NUMBER_MISSING_CODES = ("99", "999", "9999", "99999", "-1", "-9", "-99", "-999", "-9999")
_SAMPLE_ROWS = 400


@dataclass(frozen=True)
class Guess:
    """One guessed property of a file with what else it could be, best first."""

    value: str
    others: tuple[str, ...] = ()
    is_sure: bool = True


def guess_encoding(content: bytes) -> Guess:
    """Guess the character set from byte-order marks, UTF-8 validity and the pattern of high bytes.

    Runs of two-byte characters in the range of everyday Chinese mean GB18030; high bytes that stand alone among
    ASCII letters mean a western single-byte set; anything else is asked of ``charset_normalizer``.
    """
    if content.startswith(codecs.BOM_UTF8):
        return Guess("utf-8-sig")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Guess("utf-16")
    if len(content) > 3 and 0 in (content[0], content[1]):
        return Guess("utf-16-be" if content[0] == 0 else "utf-16-le")
    if decodes(content, "utf-8"):
        return Guess("utf-8")
    best = _guess_legacy(content)
    others = tuple(e for e in ENCODINGS if e not in (best, "utf-8-sig", "utf-16") and decodes(content, e))
    return Guess(best, others, is_sure=False)


def decodes(content: bytes, encoding: str) -> bool:
    """Say whether the bytes are valid in a character set."""
    try:
        content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _guess_legacy(content: bytes) -> str:
    raw = np.frombuffer(content, np.uint8)
    high = raw >= 0x80
    beside = np.zeros_like(high)
    beside[1:] |= high[:-1]
    beside[:-1] |= high[1:]
    paired = float(np.mean(beside[high]))
    if paired > 0.9 and decodes(content, "gb18030") and _is_everyday_chinese(content.decode("gb18030")):
        return "gb18030"
    if paired < 0.5:
        return "cp1252" if decodes(content, "cp1252") else "latin-1"
    from charset_normalizer import from_bytes

    match = from_bytes(content).best()
    return match.encoding if match is not None and decodes(content, match.encoding) else "latin-1"


def _is_everyday_chinese(text: str) -> bool:
    """Say whether most non-ASCII characters are among the 3,755 common ones (GB 2312 level 1) or punctuation."""
    foreign = [c for c in text if ord(c) > 127]
    common = 0
    for character in foreign:
        code = character.encode("gb18030")
        common += len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA9) and code[1] >= 0xA1
    return bool(foreign) and common / len(foreign) > 0.8


def parse_rows(text: str, separator: str) -> Rows:
    """Return the cells of a sample of delimited text; none when its cells are too long for this separator."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:  # a cell of more than 131,072 characters: this is not the separator
        return []


def guess_separator(text: str) -> Guess:
    """Guess the separator: the one that cuts most lines into the same number of cells, semicolons before commas."""
    sample = text if len(text) < 2_000_000 else text[: text.rfind("\n", 0, 2_000_000) + 1]
    scores = {s: _separator_score(parse_rows(sample, s)[:_SAMPLE_ROWS]) for s in SEPARATORS}
    usable = [s for s in SEPARATORS if scores[s] > 0]
    steady = [s for s in usable if scores[s] >= 0.9]
    ranked = steady + sorted((s for s in usable if s not in steady), key=lambda s: -scores[s])
    if not ranked:
        return Guess(",", (";", "\t", "|"), is_sure=False)
    return Guess(ranked[0], tuple(s for s in SEPARATORS if s != ranked[0]), is_sure=len(steady) == 1)


def _separator_score(rows: Rows) -> float:
    """Return the share of lines, after lines of junk, that have the usual number of cells; 0 for one column."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    usual = usual_width(widths)
    if usual < 2:
        return 0.0
    first = widths.index(usual)
    kept = widths[first:] if first < len(widths) / 2 else widths
    return sum(w == usual for w in kept) / len(kept)


def usual_width(widths: Sequence[int]) -> int:
    """Return the most frequent number of cells of a row, the larger of equals; 0 without rows."""
    counts = Counter(widths)
    return max(counts, key=lambda w: (counts[w], w)) if counts else 0


def _sample(rows: Rows) -> Rows:
    """Return the first rows: 400 of a narrow table, fewer of one with thousands of columns."""
    width = max((len(row) for row in rows[:20]), default=1)
    return rows[: max(20, min(_SAMPLE_ROWS, 40_000 // max(1, width)))]


def guess_header(rows: Rows) -> tuple[int, int]:
    """Return (row of the names counted from 0 or -1, number of name rows).

    The header is the first row that fills most of the usual width with words; a second row of words above columns
    of numbers belongs to it, and so does a row of group names above names that repeat.
    """
    sample = _sample(rows)
    usual = usual_width([len(r) for r in sample if _filled(r)])
    wide = [i for i, row in enumerate(sample) if _filled(row) >= max(1, 0.6 * usual) and not _is_separator_line(row)]
    if not wide:
        return 0, 1
    first = wide[0]
    if _numeric_share(sample[first]) > 0.3 and not _all_distinct_words(sample[first]):
        return -1, 1
    if first > 0 and _filled(sample[first - 1]) >= 2 and _has_repeats(sample[first]):
        return first - 1, 2
    return first, 2 if _second_row_is_names(sample, first) else 1


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_separator_line(row: Sequence[str]) -> bool:
    return bool(row) and re.fullmatch(r"sep=.?", row[0].strip()) is not None


def _numeric_share(row: Sequence[str]) -> float:
    cells = [cell.strip() for cell in row if cell.strip()]
    return sum(is_number(c) or is_comma_number(c) for c in cells) / max(1, len(cells))


def _all_distinct_words(row: Sequence[str]) -> bool:
    return _numeric_share(row) < 0.5 and not _has_repeats(row)


def _has_repeats(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(set(cells)) < len(cells)


def _second_row_is_names(sample: Rows, first: int) -> bool:
    """Say whether the row below the header holds words (units, subgroup names) where all rows below hold numbers."""
    below = [row for row in sample[first + 2 :] if _filled(row)]
    if len(below) < 2:
        return False
    second, verdicts = sample[first + 1], []
    for column, cell in enumerate(second):
        values = [row[column].strip() for row in below if column < len(row)]
        values = [v for v in values if v and v.casefold() not in _FOLDED_CODES]
        if values and cell.strip() and np.mean([is_number(v) or is_comma_number(v) for v in values]) >= 0.9:
            verdicts.append(not (is_number(cell.strip()) or is_comma_number(cell.strip())))
    is_missing_row = all(cell.strip().casefold() in _FOLDED_CODES for cell in second)
    return bool(verdicts) and not is_missing_row and float(np.mean(verdicts)) > 0.6 and _words_fit(second)


def _words_fit(row: Sequence[str]) -> bool:
    """A row of codes for missing values is a patient without values, not a row of names."""
    words = [c.strip() for c in row if c.strip() and not (is_number(c.strip()) or is_comma_number(c.strip()))]
    return sum(w.casefold() in _FOLDED_CODES for w in words) < max(1, len(words) / 2)


_FOLDED_CODES = {code.casefold() for code in TEXT_MISSING_CODES}


def guess_decimal(rows: Rows) -> Guess:
    """Guess the decimal sign: a comma when more cells read as ``1,5`` than as ``1.5``."""
    cells = [cell.strip() for row in _sample(rows) for cell in row]
    commas = sum(is_comma_number(cell) for cell in cells)
    points = sum("." in cell and is_number(cell) for cell in cells)
    value = "," if commas > points else "."
    return Guess(value, ("." if value == "," else ",",), is_sure=min(commas, points) == 0)


def guess_missing_codes(cells: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the text codes for "missing" that occur as whole cells (the empty cell always)."""
    present = {cell.strip().casefold() for row in cells for cell in row if len(cell) < 20}
    return tuple(code for code in TEXT_MISSING_CODES if code == "" or code.casefold() in present)


def guess_number_codes(values: Sequence[str]) -> tuple[str, ...]:
    """Return the number codes (999, -9 ...) that lie far outside the other values of one column.

    A code is far out when it lies beyond the other values by more than three times their range and is not among
    them; with fewer than five other values nothing is proposed.
    """
    stripped = [v.strip() for v in values]
    if _CODE_SPELLINGS.isdisjoint(stripped):
        return ()
    counts = Counter(stripped)
    suspects = [t for t in counts if t in _CODE_SPELLINGS]
    others = [float(t) for t in counts.elements() if is_number(t) and float(t) not in _CODE_NUMBERS]
    return tuple(t for t in suspects if len(others) >= 5 and _is_far_out(float(t), others))


_CODE_NUMBERS = {float(code) for code in NUMBER_MISSING_CODES}
_CODE_SPELLINGS = {*NUMBER_MISSING_CODES, *(f"{code}.0" for code in NUMBER_MISSING_CODES)}


def _is_far_out(code: float, others: Sequence[float]) -> bool:
    low, high = min(others), max(others)
    reach = max(high - low, abs(high), 1.0)
    if code < 0:
        is_size = low >= 0 and all(float(v).is_integer() for v in others[:50])
        return low >= 0 and (code <= -9 or is_size) and code < low
    return code > high + 3 * reach
