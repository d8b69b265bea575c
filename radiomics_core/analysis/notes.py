"""Notes: what stands beside a row, as codes with parameters; worded when they are shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from radiomics_core.i18n import LazyText, lazy_, translate

NOTES: dict[str, LazyText] = {
    # of a row
    "not_applicable": lazy_("not applicable: {why}"),
    "approximate_interval": lazy_("approximate interval"),
    "best_of": lazy_("best of {k}, optimistic; corrected {corrected}"),
    "no_separation": lazy_("no separation"),
    "rows_shuffled": lazy_("middle and band of the shuffled outcomes: rows of {inputs} shuffled between patients"),
    "rows_shuffled_within_centre": lazy_(
        "middle and band of the shuffled outcomes: rows of {inputs} shuffled between patients within centre"
    ),
    "mean_over_centres": lazy_("{inputs}: mean over {n} centres, each held out of training: {each}"),
    "centre_not_used": lazy_("not used: {centre} ({why})"),
    # why a set of inputs has no columns
    "no_radiomics": lazy_("there are no radiomics features"),
    "no_clinical": lazy_("no clinical column is marked as a predictor"),
    "no_volume": lazy_("no column holds the volume"),
    "not_both": lazy_("needs radiomics features and clinical predictors"),
    "one_centre": lazy_("all cases come from one centre"),
    # why no centre, or this one, was held out
    "no_centre": lazy_("no column holds the centre"),
    "too_few_centres": lazy_("fewer than two centres have enough cases of both groups"),
    "centre_is_headline": lazy_("the headline knows only the centre"),
    "centres_unfinished": lazy_("not every centre is done"),
    "centre_unknown": lazy_("these cases have no centre"),
    "no_events": lazy_("no case with the event"),
    "no_others": lazy_("no case without the event"),
    "few_events": lazy_("fewer than 5 events"),
    "few_pairs": lazy_("fewer than 10 comparable pairs"),
    "few_to_train": lazy_("the other centres have too few events to train on"),
    # how the interval of a centre was made
    "delong": lazy_("DeLong"),
    "obuchowski": lazy_("Obuchowski, several cases per patient"),
    "wilson": lazy_("Wilson"),
    "u_statistic": lazy_("U-statistic"),
}
"""Every code with its words."""


@dataclass(frozen=True)
class Note:
    """A code of ``NOTES`` and the values of the fields in its words (numbers, names, or other notes)."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in NOTES:
            raise ValueError(f"there is no note '{self.code}'")

    def __str__(self) -> str:
        """Return the words in the session's language."""
        return translate(NOTES[self.code], **self.params)

    def to_plain(self) -> dict[str, Any]:
        """Return a form for JSON."""
        return {"code": self.code} | {k: v.to_plain() if isinstance(v, Note) else v for k, v in self.params.items()}

    @classmethod
    def from_plain(cls, stored: dict[str, Any]) -> Note:
        """Make a note from its form for JSON."""
        params = {k: cls.from_plain(v) if isinstance(v, dict) else v for k, v in stored.items() if k != "code"}
        return cls(stored["code"], params)


def note(code: str, **params: Any) -> Note:
    """Return a note."""
    return Note(code, params)


def words_of(code: str) -> str:
    """Return the words of a reason that has no parameters, in the session's language; empty for no reason."""
    return str(Note(code)) if code else ""


def stored(notes: Iterable[Note]) -> str:
    """Return notes as the text of one cell."""
    plain = [one.to_plain() for one in notes]
    return json.dumps(plain, ensure_ascii=False) if plain else ""


def read(cell: str) -> list[Note]:
    """Return the notes of a cell that :func:`stored` wrote."""
    return [Note.from_plain(one) for one in json.loads(cell)] if cell else []


def worded(cell: str) -> str:
    """Return the notes of a cell in words, in the session's language."""
    return "; ".join(str(one) for one in read(cell))
