"""The table of centres held out one at a time: how it is stored, averaged and put into words for a CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

CENTRE_COLUMNS = ["row", "centre", "value", "low", "high", "n", "events", "note", "recipe"]
LEAVE_ONE_CENTRE_OUT = "leave one centre out"
"""Method of the row, in the column ``interval``."""

MIN_CENTRES = 2
UNFINISHED = "not every centre is done"


def no_centres() -> pd.DataFrame:
    """Return the table of centres without any."""
    return pd.DataFrame(columns=CENTRE_COLUMNS)


def load_centres(folder: Path) -> pd.DataFrame:
    """Return the stored table of centres; results of methods before there was one have none."""
    stored = folder / "centres.parquet"
    return pd.read_parquet(stored) if stored.is_file() else no_centres()


def mean_over_centres(centres: pd.DataFrame) -> float:
    """Return the mean of the centres' values; NaN unless every centre that can be held out is done."""
    values = centres["value"].dropna()
    return float(values.mean()) if len(values) >= MIN_CENTRES and UNFINISHED not in set(centres["note"]) else np.nan


def centres_note(centres: pd.DataFrame, reason: str) -> str:
    """Return the centres of the mean with their values, and those that could not be held out with why."""
    if reason or np.isnan(mean_over_centres(centres)):
        return f"not applicable: {LEAVE_ONE_CENTRE_OUT}: {reason or UNFINISHED}"
    used = centres[centres["value"].notna()].to_dict("records")
    parts = [f"{one['centre']} {one['value']:.2f} ({one['low']:.2f}-{one['high']:.2f})" for one in used]
    text = f"mean over {len(used)} centres, each held out of training: {', '.join(parts)}"
    left = centres[centres["value"].isna()].to_dict("records")
    unused = [f"{one['centre'] or 'unknown'} ({one['note']})" for one in left]
    return text + (f"; not used: {', '.join(unused)}" if unused else "")
