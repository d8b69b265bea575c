"""What a difference may be called: only the comparison named before looking is decided, and by its permutation p."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis import nested, run
from radiomics_core.analysis.differences import (
    DIFFERENCE_COLUMNS,
    interval_text,
    make_differences,
    primary_text,
    verdict,
)
from radiomics_core.analysis.row_key import KEY, RowKey
from radiomics_core.analysis.rows import Collected, make_rows
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import shuffle_positions
from radiomics_core.analysis.task import Extras
from radiomics_core.analysis.tasks import BINARY
from tests.simulated_analysis import make_data

ONE = AnalysisSettings(
    folds=3, repeats=1, shuffles=19, selectors=("anova",), models=("logistic_ridge",), inputs=("radiomics", "clinical", "combined"),
    interval=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "high", "p", "said"),
    [
        (0.05, 0.20, 0.05, "adds"),
        (0.05, 0.20, 1 / 20, "adds"),
        (0.05, 0.20, 0.051, "not shown to add"),
        (0.05, 0.20, np.nan, "not shown to add"),  # no shuffles, no verdict
        (-0.01, 0.20, 0.01, "not shown to add"),  # better than shuffles, and still no better than clinical alone
        (0.00, 0.20, 0.01, "not shown to add"),
        (-0.10, -0.01, 0.60, "performs worse"),
        (-0.10, -0.01, np.nan, "performs worse"),
        (-0.10, 0.00, np.nan, "not shown to add"),
    ],
)
def test_adds_is_decided_by_the_permutation_p_and_worse_by_the_interval(difference, high, p, said):
    assert verdict(difference, high, p) == said


def test_words_name_the_shuffles_and_the_smallest_p_they_can_give():
    record = dict.fromkeys(DIFFERENCE_COLUMNS, np.nan) | {
        "name": "combined - clinical", "difference": 0.04, "low": -0.01, "high": 0.09, "verdict": "adds",
        "primary": True, "n_permutations": 19, "permutation_p": 0.05,
    }  # fmt: skip
    said = primary_text(pd.DataFrame([record]))
    assert said == (
        "combined - clinical: +0.04 (-0.01 to +0.09, approximate): adds "
        "(radiomics rows shuffled 19 times: p = 0.050, smallest possible 0.050)"
    )
    few = record | {"n_permutations": 9, "permutation_p": 0.1, "verdict": "not shown to add"}
    assert "9 shuffles made, at least 19 are needed" in primary_text(pd.DataFrame([few]))
    assert primary_text(pd.DataFrame([record | {"primary": False}])) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.01, 0.09, "-0.01 to +0.09, approximate"),
        (-0.25, 0.24, "-0.25 to +0.24, approximate"),
        (-0.25, 0.25, "-0.25 to +0.25, approximate, too wide to say anything of the size"),
        (
            -1.0,
            1.0,
            "-1.00 to +1.00, approximate, cut at the largest difference possible, too wide to say anything of the size",
        ),
        (0.3, 1.0, "+0.30 to +1.00, approximate, cut at the largest difference possible"),
        (np.nan, np.nan, "no interval: too few folds"),
    ],
)
def test_an_interval_that_says_nothing_says_so(low, high, said):
    assert interval_text({"low": low, "high": high}) == said


def test_the_interval_of_a_difference_does_not_leave_what_a_difference_can_be():
    # two folds, differences .9 and -.5: mean .2, s^2 = .98, sqrt((1/2 + 1) * .98) * 12.7 reaches -15.2 and 15.6
    folds = {"combined|a|b": [0.95, 0.45], "clinical|a|b": [0.05, 0.95]}
    collected = by_hand(folds)
    record = make_differences(collected).iloc[0]
    assert (record["difference"], record["low"], record["high"]) == (pytest.approx(0.2), -1.0, 1.0)
    assert "cut at the largest difference possible" in primary_text(make_differences(collected))


def by_hand(folds, inner=None, shuffles=None, headline="radiomics|a|b"):
    """Return what a comparison of one repeat collected: value of each fold, one inner value, values of shuffles."""
    rows = [(*row.split("|"), 0, k, value, 0.01) for row, values in folds.items() for k, value in enumerate(values)]
    n_folds = len(next(iter(folds.values())))
    pairs = [(k, j) for k in range(n_folds) for j in range(n_folds) if j != k]
    nested_rows = [(*row.split("|"), 0, k, j, value) for row, value in (inner or {}).items() for k, j in pairs]
    moved = [
        (*row.split("|"), "everything", b, value)
        for row, values in (shuffles or {}).items()
        for b, value in enumerate(values)
    ]
    return Collected(
        data=make_data(n=40, p=4),
        settings=ONE,
        n_folds=n_folds,
        predictions=pd.DataFrame(columns=[*KEY, "repeat", "fold", "case_id", "score"]),
        folds=pd.DataFrame(rows, columns=[*KEY, "repeat", "fold", "value", "variance"]),
        inner=pd.DataFrame(nested_rows, columns=[*KEY, "repeat", "fold", "other", "value"]),
        chosen=pd.DataFrame(columns=KEY),
        shuffles=pd.DataFrame(moved, columns=[*KEY, "moved", "shuffle", "value"]),
        shuffled_cases=pd.DataFrame(columns=KEY),
        headline=RowKey(*headline.split("|")),
    )


def test_the_p_compares_shuffles_with_the_mean_of_the_folds_not_with_the_corrected_estimate():
    """Shuffled values are means of folds too: .63 of each is more than the mean .60, less than the corrected .66."""
    row = "radiomics|a|b"
    collected = by_hand({row: [0.6] * 5}, {row: 0.5}, {row: [0.63] * 19}, row)
    made = make_rows(collected, Extras()).iloc[0]
    assert made["value"] == pytest.approx(0.6 + 3 / 5 * (0.6 - 0.5))
    assert (made["fold_mean"], made["permutation_p"]) == (pytest.approx(0.6), 1.0)


def small(survival=False, **changes):
    return make_data(n=80, p=4, seed=5, clinical=True, survival=survival, **changes)


@pytest.mark.parametrize("primary", ["radiomics", "clinical"])
def test_a_strong_feature_adds_with_the_p_of_the_combined_row_whatever_the_headline_is(primary):
    data, settings = small(signal=2.5), replace(ONE, primary=primary)
    results = [run.run_unit(data, settings, unit) for unit in run.units_of_work(data, settings)]
    made = run.assemble(data, settings, results)
    record = made.differences.iloc[0]
    key = RowKey.of(record)
    shuffled = made.of(key, "shuffles").query("moved == 'radiomics'")["value"]
    assert key.inputs == "combined"
    assert len(shuffled) == 19
    observed = made.of(key, "rows")["fold_mean"].item()
    assert record["permutation_p"] == (1 + np.sum(shuffled >= observed)) / 20
    assert record["verdict"] == "adds"


def test_clinical_columns_and_outcome_stay_when_the_radiomics_rows_move():
    """By hand: the shuffle of the unit equals a real run on data whose feature rows were moved."""
    data = small(signal=2.0)
    unit = nested.Unit(kind="shuffle", repeat=0, shuffle=3, inputs=("combined",))
    source = shuffle_positions(data, ONE.seed, 3)
    features = data.features.iloc[source].set_axis(list(data.case_ids))
    made = run.run_unit(data, ONE, unit).frames["predictions"]
    by_hand = run.run_unit(replace(data, features=features), ONE, replace(unit, kind="real"))
    expected = by_hand.frames["predictions"]
    assert made["case_id"].tolist() == expected["case_id"].tolist()
    assert made["percentile"].to_numpy() == pytest.approx(expected["percentile"].to_numpy(), abs=1e-6)


def test_the_row_that_tests_whether_anything_predicts_moves_clinical_columns_along():
    """By hand: the moved row of a shuffle equals a real run on data whose feature and clinical rows were moved."""
    data = small(signal=2.0)
    unit = nested.Unit(kind="shuffle", repeat=0, shuffle=3, inputs=("combined",))
    source = shuffle_positions(data, ONE.seed, 3)
    features, clinical = (t.iloc[source].set_axis(list(data.case_ids)) for t in (data.features, data.clinical))
    made = run.run_unit(data, ONE, unit, replace(BINARY, shuffles_all=True)).frames["predictions"]
    made = made[made["moved"] == nested.EVERYTHING]
    by_hand = replace(data, features=features, clinical=clinical)
    expected = run.run_unit(by_hand, ONE, replace(unit, kind="real")).frames["predictions"]
    assert made["case_id"].tolist() == expected["case_id"].tolist()
    assert made["percentile"].to_numpy() == pytest.approx(expected["percentile"].to_numpy(), abs=1e-6)


def test_survival_says_adds_by_the_combined_row_with_clinical_columns_in_place():
    data = small(survival=True, signal=2.0)
    settings = AnalysisSettings(folds=3, repeats=1, shuffles=19, inputs=("radiomics", "clinical", "combined"))
    results = [run.run_unit(data, settings, u) for u in run.units_of_work(data, settings)]
    made = run.assemble(data, settings, results)
    record = made.differences.iloc[0]
    assert (record["name"], record["verdict"], record["n_permutations"]) == ("combined - clinical", "adds", 19)
    assert record["permutation_p"] == 0.05
    # the p of the groups of the combined row is another one: there the clinical columns move as well
    shuffles = made.of(RowKey.of(record), "separations")["value"]
    assert len(shuffles) == 19
    assert abs(shuffles.mean() - 0.5) < 0.08
