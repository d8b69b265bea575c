"""Doubts about times and codes: at their edges, by hand counts, with the numbers their findings say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.endpoint_values import compute_endpoint_values
from radiomics_core.clinical.time_checks import share_longer, two_units, two_units_between
from radiomics_core.cohort.endpoints import TimeToEventEndpoint


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"P{i}" for i in range(n)], dtype=object)


def codes(findings):
    return [f.code for f in findings]


def survival(**changes):
    return TimeToEventEndpoint(**{"name": "os", "time_column": "time", "event_column": "event", **changes})


def test_what_is_wrong_with_times_and_codes_is_said_with_its_numbers():
    # 60 years of months; seven zeros, six negative; codes that mean alive; two last contacts missing
    time = ["-1"] * 6 + ["0"] * 7 + [pd.NA, pd.NA] + [str(10 + 45 * i) for i in range(20)]
    event = (["yes", "no"] * 18)[: len(time)]
    clinical = table(time=time, alive=event)
    findings = compute_endpoint_values(clinical, survival(event_column="alive", event_codes=("yes",), unit="months"))[1]
    said = {f.code: f.fields() for f in findings}
    assert (said["RX240"]["n"], said["RX240"]["examples"]) == (6, "P0, P1, P2, P3, P4 ...")
    assert (said["RX241"]["n"], said["RX241"]["examples"]) == (7, "P6, P7, P8, P9, P10 ...")
    assert [said["RX246"][name] for name in ("n", "events", "censored")] == [2, 1, 1]
    assert [said["RX243"][name] for name in ("unit", "longest", "better")] == ["months", 865, "days"]
    assert said["RX243"]["years"] == pytest.approx(865 / 12)
    assert [said["RX245"][name] for name in ("column", "codes")] == ["alive", "yes"]


@pytest.mark.parametrize(
    ("unit", "longest", "better"),
    [("months", 720, None), ("months", 721, "days"), ("years", 60, None), ("years", 61, "months"),
     ("years", 700, "months"), ("years", 701, "days"), ("days", 255, "months"), ("days", 256, None)],
)  # fmt: skip
def test_a_unit_is_doubted_above_sixty_years_and_below_seven_tenths_of_a_year_of_days(unit, longest, better):
    clinical = table(time=[str(t) for t in np.linspace(longest / 3, longest, 20)], event=["1", "0"] * 10)
    findings = compute_endpoint_values(clinical, survival(unit=unit))[1]
    assert [f.params["better"] for f in findings if f.code == "RX243"] == ([better] if better else [])
    few = compute_endpoint_values(clinical.iloc[1:], survival(unit=unit))[1]
    assert "RX243" not in codes(few)


def heaps(n_low, n_high, factor, gap):
    """Return even steps on a logarithmic scale in two heaps whose nearest values are ``gap`` times apart."""
    low = 10 ** np.linspace(0, np.log10(factor / gap), n_low)
    return np.r_[low, low[-1] * gap * 10 ** np.linspace(0, np.log10(factor / gap), n_high)]


@pytest.mark.parametrize(
    ("n_low", "n_high", "factor", "gap", "is_mixed"),
    [(12, 12, 30, 15, True), (12, 12, 9, 6, False), (12, 12, 11, 6, True), (12, 12, 1100, 500, False),
     (4, 36, 30, 20, True), (3, 37, 30, 20, False), (36, 4, 30, 20, True), (37, 3, 30, 20, False),
     (40, 40, 30, 2.6, True), (40, 40, 30, 2.4, False)],
)  # fmt: skip
def test_two_heaps_of_times_are_two_units_when_both_are_large_and_far_enough_apart(
    n_low, n_high, factor, gap, is_mixed
):
    found = two_units(np.random.default_rng(0).permutation(heaps(n_low, n_high, factor, gap)))
    assert (found is not None) == is_mixed
    if found is not None:
        assert found["low"].startswith(f"{n_low}: 1-")
        assert found["high"].startswith(f"{n_high}: ")
        assert found["factor"] == pytest.approx(factor, rel=1e-6)


def test_medians_of_centres_fifteen_times_apart_are_two_units_and_small_centres_are_not_judged():
    time = np.r_[np.full(5, 30.0), np.full(6, 2.0), np.full(4, 900.0), np.full(5, 20.0)]
    centres = np.repeat(["A", "B", "small", ""], [5, 6, 4, 5])
    assert two_units_between(time, centres) == {"factor": 15, "low": "B: 2", "high": "A: 30"}
    time[0:3] = 29.9
    assert two_units_between(time, centres) is None
    assert two_units_between(time[:5], centres[:5]) is None


def test_pairs_in_which_the_event_is_later_are_counted_by_hand():
    # 5 beats 1 and 2 and ties with 5; 1 ties with 1: (2.5 + .5) of 6
    assert share_longer(np.array([5.0, 1]), np.array([5.0, 1, 2])) == pytest.approx(3 / 6)


@pytest.mark.parametrize(
    ("events", "others", "is_said"), [(11, 10, True), (10, 10, False), (9, 4, False), (4, 3, False)]
)
def test_inverted_coding_is_suspected_where_most_are_events_and_five_of_each_are_there(events, others, is_said):
    clinical = table(time=["100"] * events + ["50"] * others, event=["1"] * events + ["0"] * others)
    findings = {f.code: f.fields() for f in compute_endpoint_values(clinical, survival())[1]}
    assert ("RX244" in findings) == is_said
    if is_said:
        about = [findings["RX244"][name] for name in ("column", "codes", "events", "n", "share")]
        assert about == ["event", "1", events, events + others, 1.0]
