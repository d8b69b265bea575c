"""Differences between rows of an analysis: one was named before looking and is decided, the others describe."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from radiomics_core.analysis.nested import RADIOMICS
from radiomics_core.analysis.row_key import KEY, RowKey, keys_in, row_per_inputs
from radiomics_core.analysis.rows import Collected
from radiomics_core.evaluation.intervals import cut_to, nadeau_bengio
from radiomics_core.evaluation.multiplicity import holm, permutation_p
from radiomics_core.i18n import _, lazy_, plural

PRIMARY = ("combined", "clinical")
"""The comparison named before looking."""
WANTED = (PRIMARY, ("radiomics", "clinical"), ("radiomics", "volume"), ("radiomics", "centre"))
ALPHA = 0.05
LARGEST = 1.0
"""An AUC or C lies between 0 and 1, so a difference of two between -1 and 1."""
TELLS_NOTHING = 0.25
"""An interval that reaches this far to both sides leaves everything open that is seen in practice."""
FEWEST_SHUFFLES = 19
"""With fewer, no p can reach 0.05."""
VERDICTS = {
    "adds": lazy_("adds"),
    "not shown to add": lazy_("not shown to add"),
    "performs worse": lazy_("performs worse"),
    "descriptive": lazy_("descriptive"),
}
REFERENCE = [f"reference_{name}" for name in KEY]
DIFFERENCE_COLUMNS = [
    "name", *KEY, *REFERENCE, "difference", "low", "high", "interval", "p", "p_holm", "verdict", "primary",
    "n_permutations", "permutation_p",
]  # fmt: skip


def make_differences(collected: Collected) -> pd.DataFrame:
    """Return paired differences: combined - clinical (primary), radiomics - clinical, radiomics - volume, ...

    The primary one is judged by :func:`verdict`. The others are ``descriptive``: their two-sided p values (corrected
    resampled t) are in ``p``, and in ``p_holm`` after Holm's correction over these others.
    """
    by_inputs = row_per_inputs(keys_in(collected.folds))
    made = [_difference(collected, by_inputs[a], by_inputs[b]) for a, b in WANTED if a in by_inputs and b in by_inputs]
    others = [row for row in made if not row["primary"]]
    for row, adjusted in zip(others, holm([row["p"] for row in others]), strict=True):
        row["p_holm"] = float(adjusted)
    return pd.DataFrame(made, columns=DIFFERENCE_COLUMNS)


def _difference(collected: Collected, row: RowKey, reference: RowKey) -> dict[str, Any]:
    paired = collected.matrix(row) - collected.matrix(reference)
    made = cut_to(nadeau_bengio(paired, 1 / collected.n_folds), -LARGEST, LARGEST)
    against = {f"reference_{name}": value for name, value in reference.to_dict().items()}
    described = row.to_dict() | against | {
        "name": f"{row.inputs} - {reference.inputs}", "difference": made.estimate, "low": made.low,
        "high": made.high, "interval": made.method, "p": made.p, "p_holm": np.nan, "verdict": "descriptive",
        "primary": False, "n_permutations": 0, "permutation_p": np.nan,
    }  # fmt: skip
    is_primary = (row.inputs, reference.inputs) == PRIMARY
    return described | _decided(collected, row, made.estimate, made.high) if is_primary else described


def _decided(collected: Collected, row: RowKey, difference: float, high: float) -> dict[str, Any]:
    """Return the verdict of the primary comparison with its p.

    Shuffling the radiomics rows leaves clinical columns and outcome in place, and with them the clinical reference: the
    combined row alone says whether the difference is larger than shuffles make it.
    """
    shuffled = collected.shuffled(row, RADIOMICS)
    p = permutation_p(collected.fold_mean(row), shuffled)
    return {
        "primary": True, "p": np.nan, "n_permutations": len(shuffled), "permutation_p": p,
        "verdict": verdict(difference, high, p),
    }  # fmt: skip


def verdict(difference: float, high: float, permutation_p: float) -> str:
    """Return ``adds``, ``not shown to add`` or ``performs worse`` for the comparison named before looking.

    Parameters
    ----------
    difference, high : float
        Estimate and upper limit of its interval. *Performs worse* when the interval lies below zero.
    permutation_p : float
        Of the combined row, radiomics rows shuffled; NaN without shuffles. *Adds* when at most 0.05: never with fewer
        than ``FEWEST_SHUFFLES`` shuffles.
    """
    if difference > 0 and permutation_p <= ALPHA + 1e-12:
        return "adds"
    return "performs worse" if high < 0 else "not shown to add"


def interval_text(record: Mapping[Hashable, Any]) -> str:
    """Return the interval of a difference in words: approximate, cut, or telling nothing."""
    low, high = float(record["low"]), float(record["high"])
    if not (np.isfinite(low) and np.isfinite(high)):
        return _("no interval: too few folds")
    said = [_("{low:+.2f} to {high:+.2f}, approximate", low=low, high=high)]
    if low <= -LARGEST or high >= LARGEST:
        said.append(_("cut at the largest difference possible"))
    if low <= -TELLS_NOTHING and high >= TELLS_NOTHING:
        said.append(_("too wide to say anything of the size"))
    return ", ".join(said)


def decided_by(record: Mapping[Hashable, Any]) -> str:
    """Return what the verdict of a difference rests on, in words: shuffles and the smallest p they can give."""
    if not record["primary"]:
        p = float(record["p_holm"])
        return _("p = {p:.3f} after correction for several comparisons", p=p) if np.isfinite(p) else _("without p")
    times = int(record["n_permutations"])
    if times < FEWEST_SHUFFLES:
        return _("{n} shuffles made, at least {least} are needed to show that it adds", n=times, least=FEWEST_SHUFFLES)
    return plural(
        times,
        "radiomics rows shuffled {n} time: p = {p:.3f}, smallest possible {least:.3f}",
        "radiomics rows shuffled {n} times: p = {p:.3f}, smallest possible {least:.3f}",
        p=float(record["permutation_p"]),
        least=1 / (times + 1),
    )


def primary_text(differences: pd.DataFrame) -> str:
    """Return the verdict of the comparison named before looking in one line; empty when it was not made."""
    decided = differences[differences["primary"].astype(bool)].to_dict("records")
    if not decided:
        return ""
    record = decided[0]
    return _(
        "{name}: {difference:+.2f} ({interval}): {verdict} ({why})",
        name=record["name"],
        difference=record["difference"],
        interval=interval_text(record),
        verdict=VERDICTS[record["verdict"]],
        why=decided_by({str(key): value for key, value in record.items()}),
    )
