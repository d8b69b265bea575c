"""The key table: which neutral case id stands for which original one. It is kept by the user and never in a study."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from radiomics_core.errors import TableError
from radiomics_core.files.csv_tables import csv_bytes, unguarded
from radiomics_core.i18n import lazy_

ORIGINAL, NEUTRAL = "original_id", "case_id"
PREFIX, DIGITS = "C", 3
ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets save: UTF-8 with a mark as it was written, or the Chinese code page."""


@dataclass(frozen=True)
class KeyTable:
    """Neutral ids by original ids."""

    neutral_of: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.neutral_of)

    def with_cases(self, originals: Iterable[str]) -> KeyTable:
        """Return the table with an id for each case; those that have one keep it.

        Numbers are given in random order, so that an id tells nothing of the place of a name among the others. They
        begin above those of original ids of the same form, so that no id means two cases.
        """
        more = [original for original in dict.fromkeys(originals) if original not in self.neutral_of]
        random.SystemRandom().shuffle(more)
        known = [*self.neutral_of.values(), *self.neutral_of, *more]
        taken = [int(i[len(PREFIX) :]) for i in known if i.startswith(PREFIX) and i[len(PREFIX) :].isdecimal()]
        first = max(taken, default=0) + 1
        given = {original: f"{PREFIX}{n:0{DIGITS}d}" for n, original in enumerate(more, start=first)}
        return KeyTable({**self.neutral_of, **given})

    def as_csv(self) -> bytes:
        """Return the table as CSV (UTF-8 with a mark), in the order of the neutral ids."""
        in_order = sorted(self.neutral_of.items(), key=lambda pair: (len(pair[1]), pair[1]))
        return csv_bytes(pd.DataFrame(in_order, columns=[ORIGINAL, NEUTRAL]))

    @classmethod
    def from_csv(cls, content: bytes) -> KeyTable:
        """Read a key table back.

        Raises
        ------
        TableError
            It is none, an id stands in it twice, or a row is not whole: the id of a row that was passed over would be
            given to another case.
        """
        rows = _rows(_decoded(content))
        pairs = [(unguarded((row[ORIGINAL] or "").strip()), (row[NEUTRAL] or "").strip()) for row in rows]
        pairs = [pair for pair in pairs if any(pair)]
        if not all(map(all, pairs)):
            raise TableError(
                lazy_("a row of the key table has only one of its two ids"),
                remedy=lazy_("Use the key table as it was written"),
            )
        if len({original for original, _ in pairs}) < len(pairs) or len({neutral for _, neutral in pairs}) < len(pairs):
            raise TableError(
                lazy_("an id stands twice in the key table"), remedy=lazy_("Use the key table as it was written")
            )
        return cls(dict(pairs))


def _rows(text: str) -> list[dict[str, str | None]]:
    header = text.partition("\n")[0]
    separator = next((s for s in ",;\t" if s in header), ",")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:  # a quote that is not closed takes the rows below it along
        raise _no_key() from error
    if not rows or ORIGINAL not in rows[0] or NEUTRAL not in rows[0]:
        raise _no_key()
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_key()


def _no_key() -> TableError:
    return TableError(
        lazy_("this is no key table: the columns {original} and {neutral} are expected"),
        remedy=lazy_("Choose the file that was written when the images were imported"),
        original=ORIGINAL,
        neutral=NEUTRAL,
    )
