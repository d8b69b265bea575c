"""Patients entered twice are found whatever small noise hides them, and chance alone is not taken for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.checks.near_copies import likely_copies, near_copies
from radiomics_core.errors import NotApplicableError


def correlated(n: int, p: int, n_factors: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(size=(n, n_factors)) @ rng.normal(size=(n_factors, p)) + 0.3 * rng.normal(size=(n, p)))
    return pd.DataFrame(values, index=[f"P{i}" for i in range(n)])


def with_copies(features: pd.DataFrame, n: int, noise: float) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    again = features.iloc[:n] * (1 + noise * rng.normal(size=(n, features.shape[1])))
    return pd.concat([features, again.set_axis([f"Q{i}" for i in range(n)])])


@pytest.mark.parametrize("noise", [0.0, 1e-6, 1e-4])
def test_24_of_80_patients_again_under_new_ids_are_all_named(noise):
    table = with_copies(correlated(80, 100, 12, 1), 24, noise)
    assert set(near_copies(table, {}).pairs) == {(f"P{i}", f"Q{i}") for i in range(24)}


def test_a_whole_cohort_entered_twice_is_found():
    table = with_copies(correlated(40, 30, 6, 2), 40, 1e-6)
    assert len(near_copies(table, {}).pairs) == 40


def test_cases_of_one_patient_are_no_copies():
    table = with_copies(correlated(40, 30, 6, 2), 5, 1e-6)
    same = {f"Q{i}": f"P{i}" for i in range(5)}
    assert near_copies(table, same).pairs == ()


@pytest.mark.parametrize(("p", "n_factors"), [(3, 3), (10, 1), (40, 2), (200, 15)])
def test_chance_makes_no_copies_however_correlated_the_features(p, n_factors):
    found = [len(near_copies(correlated(100, p, n_factors, seed), {}).pairs) for seed in range(40)]
    assert found == [0] * 40


@pytest.mark.parametrize(("n", "p"), [(30, 5), (60, 100)])
def test_cases_in_another_unit_are_near_each_other_without_being_copies(n, p):
    tables = [correlated(n, p, 3, seed) for seed in range(10)]
    for table in tables:
        table.iloc[: n * 15 // 100] /= 100
    assert [near_copies(table, {}).pairs for table in tables] == [()] * 10
    copied = [near_copies(with_copies(table, 2, 1e-6), {}) for table in tables]
    assert [set(found.pairs) for found in copied] == [{("P0", "Q0"), ("P1", "Q1")}] * 10
    assert max(found.figure for found in copied) < 1e-3  # of the copies, not of pairs that were looked at and dropped


def test_features_at_their_upper_end_are_near_each_other_without_being_copies():
    tables = [1 / (1 + np.exp(-3 * np.log(correlated(30, 5, 5, seed)))) for seed in range(10)]
    assert [near_copies(table, {}).pairs for table in tables] == [()] * 10


def test_cases_of_which_nothing_is_known_are_no_copies():
    table = with_copies(correlated(60, 40, 8, 4), 3, 1e-6)
    table.iloc[10:20] = np.nan  # regions that could not be measured
    table.iloc[20:30, 2:] = np.nan
    assert set(near_copies(table, {}).pairs) == {(f"P{i}", f"Q{i}") for i in range(3)}


def test_columns_that_say_the_same_are_one_column_in_which_neighbours_are_close_by_chance():
    one = np.random.default_rng(6).normal(size=100)
    assert near_copies(pd.DataFrame({"a": one, "b": 2 * one, "c": 1 - one}), {}).pairs == ()


def test_two_columns_do_not_tell_patients_apart():
    with pytest.raises(NotApplicableError, match="too few"):
        near_copies(correlated(30, 2, 2, 0), {})


def test_a_column_of_rounding_errors_hides_no_copy():
    table = with_copies(correlated(80, 30, 6, 3), 10, 1e-6)
    table["flat"] = 1000 + 1e-9 * np.random.default_rng(0).normal(size=90)
    table.loc[["P0", "Q0"], "flat"] = 7.0
    assert len(near_copies(table, {}).pairs) == 10


@pytest.mark.parametrize("noise", [0.01, 0.03])
def test_copies_behind_noise_of_a_few_percent_are_suspected_and_nothing_else(noise):
    table = with_copies(correlated(80, 100, 12, 1), 24, noise)
    suspected, named = set(likely_copies(table, {}).pairs), set(near_copies(table, {}).pairs)
    assert suspected if noise == 0.03 else named  # at 1 % most are nearly the same still, at 3 % few
    assert not suspected & named
    assert suspected | named == {(f"P{i}", f"Q{i}") for i in range(24)}


def test_a_whole_cohort_entered_twice_behind_noise_is_suspected():
    table = with_copies(correlated(60, 40, 8, 2), 60, 0.01)
    found = {*near_copies(table, {}).pairs, *likely_copies(table, {}).pairs}
    assert found == {(f"P{i}", f"Q{i}") for i in range(60)}
    assert likely_copies(table, {}).pairs


def test_copies_that_stop_are_not_suspected_again():
    table = with_copies(correlated(80, 100, 12, 1), 24, 1e-6)
    assert likely_copies(table, {}).pairs == ()


@pytest.mark.parametrize(("p", "n_factors"), [(3, 3), (10, 1), (40, 2)])
def test_chance_makes_hardly_a_suspect_however_correlated_the_features(p, n_factors):
    found = [len(likely_copies(correlated(100, p, n_factors, seed), {}).pairs) for seed in range(20)]
    assert sum(found) <= 2  # 0.01 pairs are expected in a cohort: more than 2 in 20 happen once in 1,000


def test_lesions_of_one_patient_may_be_as_alike_as_they_like_and_make_no_others_suspect():
    patients = correlated(40, 60, 6, 3)
    lesions = pd.concat(
        [patients * np.exp(0.02 * np.random.default_rng(i).normal(size=patients.shape)) for i in range(3)]
    )
    lesions.index = [f"L{i}" for i in range(120)]
    assert likely_copies(lesions, {f"L{i}": f"P{i % 40}" for i in range(120)}).pairs == ()


def test_eleven_cases_do_not_say_how_close_patients_lie():
    with pytest.raises(NotApplicableError, match="too few cases"):
        likely_copies(correlated(11, 20, 4, 0), {})
