"""Patients entered twice are found whatever small noise hides them, and chance alone is not taken for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.checks.near_copies import equal_rows, near_copies
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


CLINICAL = pd.DataFrame(
    {
        "age": [61.2, 55.1, 70.4, 48.9, 66.6, 61.2000061],
        "weight": [80.5, 61.3, 77.7, 90.1, 55.0, 80.5],
        "sex": ["f", "m", "m", "f", "m", "f"],
        "record": [101, 102, 103, 104, 105, 106],
    },
    index=[f"P{i}" for i in range(6)],
)


def test_equal_clinical_rows_are_found_with_the_number_that_chance_would_make():
    with pytest.raises(NotApplicableError, match="too coarse"):
        equal_rows(CLINICAL, {})  # 15 pairs * 1/5 * 1/5 * (2/5 * 2/5 + 3/5 * 3/5) = 0.31
    height, dose = [1.71, 1.8, 1.65, 1.72, 1.9, 1.71], [1.1, 2.2, 3.3, 4.4, 5.5, 1.1]
    finer = CLINICAL.assign(height=height, dose=dose, lesion=[9.1, 8.2, 7.3, 6.4, 5.5, 9.1])
    copies = equal_rows(finer, {})
    assert copies.pairs == (("P0", "P5"),)
    assert copies.figure == pytest.approx(15 * 0.2**5 * 0.52)
    assert equal_rows(finer, {"P0": "x", "P5": "x"}).pairs == ()
