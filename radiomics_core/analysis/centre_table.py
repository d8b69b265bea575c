"""The table of centres held out one at a time: how it is stored, averaged and put into notes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radiomics_core.analysis.notes import Note, note
from radiomics_core.analysis.row_key import KEY

CENTRE_COLUMNS = [*KEY, "centre", "value", "low", "high", "n", "events", "note", "recipe"]
LEAVE_ONE_CENTRE_OUT = "leave_one_centre_out"
"""Inputs and method of the interval of the row that holds the mean over centres."""

MIN_CENTRES = 2
UNFINISHED = "centres_unfinished"


def no_centres() -> pd.DataFrame:
    """Return the table of centres without any."""
    return pd.DataFrame(columns=CENTRE_COLUMNS)


def mean_over_centres(centres: pd.DataFrame) -> float:
    """Return the mean of the centres' values; NaN unless every centre that can be held out is done."""
    values = centres["value"].dropna()
    return float(values.mean()) if len(values) >= MIN_CENTRES and UNFINISHED not in set(centres["note"]) else np.nan


def centre_notes(centres: pd.DataFrame, inputs: str, reason: str) -> list[Note]:
    """Return the centres of the mean with their values, and those that could not be held out with why.

    Parameters
    ----------
    inputs : str
        Inputs of the headline, whose procedure it is.
    reason : str
        Code of why no figure can be made, empty when it can.
    """
    if reason or np.isnan(mean_over_centres(centres)):
        return [note("not_applicable", why=note(reason or UNFINISHED))]
    used = centres[centres["value"].notna()].to_dict("records")
    each = ", ".join(f"{one['centre']} {one['value']:.2f} ({one['low']:.2f}-{one['high']:.2f})" for one in used)
    left = centres[centres["value"].isna()].to_dict("records")
    mean = note("mean_over_centres", inputs=inputs, n=len(used), each=each)
    return [mean, *(note("centre_not_used", centre=str(one["centre"]), why=note(str(one["note"]))) for one in left)]
