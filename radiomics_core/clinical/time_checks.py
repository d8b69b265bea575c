"""What can be wrong with times and event codes of a survival endpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.clinical import kinds
from radiomics_core.cohort.endpoints import TimeToEventEndpoint
from radiomics_core.findings import Finding, FindingKind, found

_ALIVE = re.compile(
    r"(?!.*\b(dead|died|death|deceased)\b).*\b(alive|living|censored|lost|no|none|false|negative|disease.free)\b.*"
    r"|ned|awd|存活|生存|活|否|无|失访|删失",
    re.IGNORECASE,
)
_YES = {"1", "1.0", "yes", "Yes", "true", "True"}
_ALIVE_COLUMN = re.compile(r"alive|living|censor|存活|生存状态|删失", re.IGNORECASE)
MIN_TIMES = 20
"""Fewer times form heaps by chance."""
_YEARS_PER_UNIT = {"days": 1 / 365.25, "months": 1 / 12, "years": 1.0}


def check_times(
    endpoint: TimeToEventEndpoint,
    case_ids: Sequence[str],
    codes: NDArray[np.float64],
    time: NDArray[np.float64],
    late: NDArray[np.bool_],
    *,
    centres: Sequence[str] | None = None,
) -> list[Finding]:
    """Return what looks wrong with the times and codes of all cases.

    Parameters
    ----------
    case_ids : sequence of str, length n
    codes : array, shape (n,)
        0 censored, 1.. causes, NaN missing.
    time : array, shape (n,)
        In the endpoint's unit, NaN missing.
    late : array of bool, shape (n,)
        Cases that enter observation at or after their end.
    centres : sequence of str, length n, optional
        Centre of each case, to find a centre that counts in another unit.
    """
    has_code, has_time = np.isfinite(codes), np.isfinite(time)
    findings = []
    for kind, where in (
        (kinds.TIME_NEGATIVE, has_time & (time < 0)),
        (kinds.TIME_ZERO, has_time & has_code & (time == 0)),
        (kinds.ENTRY_AFTER_END, late),
    ):
        findings += _listed(kind, endpoint.name, [case_ids[int(i)] for i in np.flatnonzero(where)])
    no_contact = has_code & ~has_time
    if no_contact.any():
        events = int(np.sum(codes[no_contact] >= 1))
        params: dict[str, Any] = {
            "n": int(no_contact.sum()),
            "events": events,
            "censored": int(no_contact.sum()) - events,
        }
        findings.append(found(kinds.LAST_CONTACT_MISSING, endpoint=endpoint.name, **params))
    usable = has_code & has_time & (time > 0)
    findings += _unit_doubts(endpoint, time[usable], np.array(centres)[usable] if centres is not None else None)
    return findings + _coding_doubts(endpoint, codes[usable], time[usable])


def _listed(kind: FindingKind, endpoint: str, ids: list[str]) -> list[Finding]:
    if not ids:
        return []
    examples = ", ".join(ids[:5]) + (" ..." if len(ids) > 5 else "")
    return [found(kind, endpoint=endpoint, n=len(ids), examples=examples)]


def _unit_doubts(
    endpoint: TimeToEventEndpoint, time: NDArray[np.float64], centres: NDArray[np.str_] | None
) -> list[Finding]:
    if len(time) < MIN_TIMES:
        return []
    mixed = two_units(time) or (two_units_between(time, centres) if centres is not None else None)
    if mixed is not None:
        return [found(kinds.TIME_MIXED_UNITS, endpoint=endpoint.name, **mixed)]
    longest = float(time.max())
    years = longest * _YEARS_PER_UNIT[endpoint.unit]
    better = ""
    if years > 60:
        is_days = endpoint.unit == "months" or longest > 700
        better = "days" if is_days else "months"
    elif endpoint.unit == "days" and years < 0.7:
        better = "months"
    if not better:
        return []
    params: dict[str, Any] = {"unit": endpoint.unit, "longest": longest, "years": years, "better": better}
    return [found(kinds.TIME_UNIT_DOUBT, endpoint=endpoint.name, **params)]


def two_units(time: NDArray[np.float64]) -> dict[str, Any] | None:
    """Return how positive times fall into two heaps about 30 (or 12, 365) times apart, None when they do not.

    The heaps are those on both sides of the widest gap of the sorted log times; each must hold a tenth of the
    cases, the gap must be wider than a factor 2.5, and twice as wide as any gap inside the middle of a heap.
    """
    logs = np.sort(np.log10(time))
    gaps = np.diff(logs)
    n = len(logs)
    edge = max(3, n // 10)
    inner = gaps[edge - 1 : n - edge]
    if not len(inner):
        return None
    cut = int(np.argmax(inner)) + edge
    low, high = logs[:cut], logs[cut:]
    rest = np.delete(gaps, cut - 1)[2:-2]
    distance = float(np.median(high) - np.median(low))
    if gaps[cut - 1] < np.log10(2.5) or distance < np.log10(10) or distance > np.log10(1000):
        return None
    if len(rest) and gaps[cut - 1] < 1.5 * float(rest.max()):
        return None
    return {
        "factor": float(10**distance),
        "low": f"{len(low)}: {10 ** low[0]:.3g}-{10 ** low[-1]:.3g}",
        "high": f"{len(high)}: {10 ** high[0]:.3g}-{10 ** high[-1]:.3g}",
    }


def two_units_between(time: NDArray[np.float64], centres: NDArray[np.str_]) -> dict[str, Any] | None:
    """Return the centres whose median times are at least 15 times apart, None when there are none.

    Follow-up differs between centres, but hardly by more than a factor 5; months against days is a factor 30.
    Centres of fewer than 5 cases are not judged.
    """
    names = [str(c) for c in np.unique(centres) if c and np.sum(centres == c) >= 5]
    medians = {name: float(np.median(time[centres == name])) for name in names}
    if len(medians) < 2:
        return None
    low, high = min(medians, key=medians.__getitem__), max(medians, key=medians.__getitem__)
    factor = medians[high] / medians[low]
    if factor < 15:
        return None
    return {"factor": factor, "low": f"{low}: {medians[low]:.3g}", "high": f"{high}: {medians[high]:.3g}"}


def _coding_doubts(
    endpoint: TimeToEventEndpoint, codes: NDArray[np.float64], time: NDArray[np.float64]
) -> list[Finding]:
    shown = ", ".join(endpoint.event_codes)
    findings = []
    values_say = any(_ALIVE.fullmatch(code.strip()) for code in endpoint.event_codes)
    column_says = _ALIVE_COLUMN.search(endpoint.event_column) and set(endpoint.event_codes) <= _YES
    if values_say or column_says:
        findings.append(found(kinds.CODING_MEANS_ALIVE, column=endpoint.event_column, codes=shown))
    events, others = time[codes == 1], time[codes == 0]
    if len(events) >= 5 and len(others) >= 5 and len(events) > len(time) / 2:
        share = share_longer(events, others)
        if share > 0.7:
            params: dict[str, Any] = {"codes": shown, "events": len(events), "n": len(time), "share": share}
            findings.append(found(kinds.CODING_INVERTED, column=endpoint.event_column, **params))
    return findings


def share_longer(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the share of pairs in which the value from ``first`` is larger (ties count half)."""
    ordered = np.sort(second)
    below, upto = np.searchsorted(ordered, first, "left"), np.searchsorted(ordered, first, "right")
    return float(np.mean((below + upto) / 2) / len(second))
