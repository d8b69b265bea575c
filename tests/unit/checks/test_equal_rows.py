"""The same clinical row of two patients is named where chance would not make it, and derived columns are no evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.checks.equal_rows import _column, equal_rows, expected_equal_pairs
from radiomics_core.errors import NotApplicableError

CLINICAL = pd.DataFrame(
    {
        "age": [61.2, 55.1, 70.4, 48.9, 66.6, 61.2000061, 59.3, 73.8],
        "weight": [80.5, 61.3, 77.7, 90.1, 55.0, 80.5, 68.2, 72.9],
        "sex": ["f", "m", "m", "f", "m", "f", "f", "m"],
        "record": [101, 102, 103, 104, 105, 106, 107, 108],
    },
    index=[f"P{i}" for i in range(8)],
)


def test_equal_clinical_rows_are_found_with_the_number_that_chance_would_make():
    with pytest.raises(NotApplicableError, match="too coarse"):
        equal_rows(CLINICAL, {})  # 28 pairs * 1/7 * 1/7 * (3/7 * 3/7 + 4/7 * 4/7) = 0.29
    height, dose = [1.71, 1.8, 1.65, 1.72, 1.9, 1.71, 1.6, 1.75], [1.1, 2.2, 3.3, 4.4, 5.5, 1.1, 6.6, 7.7]
    finer = CLINICAL.assign(height=height, dose=dose, lesion=[9.1, 8.2, 7.3, 6.4, 5.5, 9.1, 4.6, 3.7])
    copies = equal_rows(finer, {})
    assert copies.pairs == (("P0", "P5"),)
    assert copies.figure == pytest.approx(28 / 7**5 * 25 / 49)
    assert equal_rows(finer, {"P0": "x", "P5": "x"}).pairs == ()


@pytest.mark.parametrize("known", [[], ["sex"]])
def test_patients_whose_rows_are_blank_together_are_no_copies_of_each_other(known):
    rng = np.random.default_rng(2)
    names = ("age", "haemoglobin", "leucocytes", "platelets", "albumin")
    labs = {name: np.round(rng.lognormal(4, 0.3, 60), 1) for name in names}
    table = pd.DataFrame(labs | {"sex": rng.choice(["f", "m"], 60)}, index=[f"P{i}" for i in range(60)])
    table.loc[[f"P{i}" for i in range(20)], [name for name in table if name not in known]] = np.nan
    assert equal_rows(table, {}).pairs == ()
    table.loc["P59", "haemoglobin"] = np.nan
    again = pd.concat([table, table.iloc[-2:].set_axis(["Q58", "Q59"])])
    assert equal_rows(again, {}).pairs == (("P58", "Q58"), ("P59", "Q59"))


def test_six_different_rows_do_not_say_how_columns_depend_on_each_other():
    """Scanner settings that follow from the scanner: each alone would look like evidence."""
    scanners = pd.DataFrame({f"setting_{k}": [1.5, 3.0, 1.5, 3.0, 0.5, 0.5] for k in range(8)}, index=list("ABCDEF"))
    with pytest.raises(NotApplicableError, match="too few different"):
        equal_rows(scanners, {})


def cohort(n, seed, step):
    """Return what hospitals write down; of it six columns follow from weight, height, sex, birth year and scan year."""
    rng = np.random.default_rng(seed)
    rounded = lambda values, to: np.round(np.round(values / to) * to, 1)  # noqa: E731
    weight, height = rounded(rng.normal(75, 14, n), 25 * step), rounded(rng.normal(170, 9, n), 10 * step)
    born, scanned, female = (
        2015 - rounded(rng.normal(62, 10, n), 20 * step),
        rng.integers(2012, 2016, n),
        rng.random(n) < 0.5,
    )
    lab = rounded(rng.normal(140, 15, n), 10 * step)
    return pd.DataFrame(
        {
            "weight": weight, "height": height, "sex_f": female.astype(int), "born": born, "scanned": scanned, "lab": lab,
            "sex_m": 1 - female, "bmi": np.round(weight / (height / 100) ** 2, 1), "age": scanned - born,
            "surface": np.round(np.sqrt(weight * height / 3600), 2), "elderly": np.where(scanned - born > 65, "yes", "no"),
            "lab_si": 0.155 * lab,
        },
        index=[f"P{i:03d}" for i in range(n)],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_rows_that_chance_makes_equal_are_no_copies_however_many_columns_follow_from_others(seed):
    coarse = cohort(300, seed, 0.6)
    assert coarse.duplicated().any()
    with pytest.raises(NotApplicableError, match="too coarse"):
        equal_rows(coarse, {})


@pytest.mark.parametrize("seed", range(3))
def test_patients_entered_twice_are_found_beside_derived_columns(seed):
    fine = cohort(200, seed, 0.02)
    again = fine.iloc[:12].set_axis([f"Q{i:03d}" for i in range(12)])
    copies = equal_rows(pd.concat([fine, again]), {})
    assert set(copies.pairs) == {(f"P{i:03d}", f"Q{i:03d}") for i in range(12)}


def test_the_number_expected_by_chance_is_the_number_found_on_average():
    """Independent columns without their derived ones: equal pairs counted in 100 cohorts."""
    made = [cohort(60, seed, 0.4) for seed in range(100)]
    counted = np.mean(
        [table.groupby(list(table.columns)).size().pipe(lambda n: (n * (n - 1) / 2).sum()) for table in made]
    )
    columns = [[_column(table[name]) for name in table] for table in made[:10]]
    expected = np.mean([expected_equal_pairs(of, np.ones(60, bool)) for of in columns])
    assert counted / 2 < expected < 8 * counted
