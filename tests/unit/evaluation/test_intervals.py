import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from radiomics_core.evaluation.all_cases import AllCases
from radiomics_core.evaluation.intervals import (
    LARGEST_FACTOR,
    SMALLEST_FACTOR,
    WITHOUT_INNER,
    cross_validated_interval,
    logit_interval,
    nadeau_bengio,
    nested_cv_error,
    score_limits,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "r"
SIXTY = AllCases(n_pairs=30 * 30, spread=30 * 30 * 60)


def test_nadeau_bengio_is_the_hand_computed_corrected_t():
    # mean 0.7, s^2 = 0.02/3; five-fold: (1/4 + 0.25) * s^2; t with 3 degrees of freedom
    values = [0.6, 0.7, 0.7, 0.8]
    variance = (1 / 4 + 0.25) * (0.02 / 3)
    half = stats.t.ppf(0.975, 3) * np.sqrt(variance)
    made = nadeau_bengio(values, 1 / 5)
    assert made.estimate == pytest.approx(0.7)
    assert (made.low, made.high) == pytest.approx((0.7 - half, 0.7 + half))
    assert made.p == pytest.approx(2 * stats.t.sf(0.7 / np.sqrt(variance), 3))


def test_nadeau_bengio_leaves_out_folds_without_a_value():
    assert nadeau_bengio([0.6, np.nan, 0.8], 0.2).estimate == pytest.approx(0.7)


def test_nadeau_bengio_of_one_value_has_no_limits():
    assert np.isnan(nadeau_bengio([0.6], 0.2).low)


def test_logit_interval_is_inside_zero_and_one_and_symmetric_in_log_odds():
    made = logit_interval(0.9, 0.08, level=0.95, method="x")
    logit = lambda value: np.log(value / (1 - value))  # noqa: E731
    assert 0 < made.low < 0.9 < made.high < 1
    assert logit(0.9) - logit(made.low) == pytest.approx(logit(made.high) - logit(0.9))


def folds(outer, inner, variance=0.01):
    tensor = np.full((2, 5, 5), float(inner))
    tensor[:, np.arange(5), np.arange(5)] = np.nan
    return np.full((2, 5), float(outer)), np.full((2, 5), variance), tensor


def test_the_centre_moves_on_by_three_fifths_of_the_way_from_inner_to_outer_values():
    # five folds: models of 4/5 of the cases reach .70, of 3/5 .65; all cases are expected to reach .70 + .6 * .05
    made = cross_validated_interval(*folds(0.70, 0.65), SIXTY)
    assert made.estimate == pytest.approx(0.73)
    assert made.method == "nested_cv"
    assert cross_validated_interval(*folds(0.98, 0.8), SIXTY).estimate == 1.0


def test_nested_error_is_the_hand_counted_mean_squared_difference_less_the_variance_of_folds():
    outer, variance, inner = folds(0.7, 0.7)
    inner += np.linspace(-0.3, 0.3, 5)[None, :, None]
    # mean of .09, .0225, 0, .0225, .09 is .045; (4/5) * (.045 - .01)
    assert nested_cv_error(outer, variance, inner) == pytest.approx(np.sqrt(0.8 * 0.035))
    assert nested_cv_error(*folds(0.7, 0.7)) == 0.0


@pytest.mark.parametrize(("spread", "factor"), [(0.0, SMALLEST_FACTOR), (0.9, LARGEST_FACTOR)])
def test_the_error_is_kept_near_that_of_one_auc_on_all_cases(spread, factor):
    outer, variance, inner = folds(0.7, 0.7)
    inner += np.linspace(-spread, spread, 5)[None, :, None]
    made = cross_validated_interval(outer, variance, inner, SIXTY)
    assert (made.low, made.high) == pytest.approx(score_limits(0.7, factor, SIXTY))
    for limit in (made.low, made.high):
        assert abs(0.7 - limit) == pytest.approx(1.959964 * factor * np.sqrt(SIXTY.variance(limit)), rel=1e-5)


def test_between_the_two_bounds_the_error_is_its_own_at_the_mean_value():
    outer, variance, inner = folds(0.8, 0.8, variance=0.0)
    wanted = 1.45 * np.sqrt(SIXTY.variance(0.8))
    # (4/5) * spread^2 * mean of 1, 1/4, 0, 1/4, 1 is the square of the error
    inner += np.linspace(-1, 1, 5)[None, :, None] * wanted / np.sqrt(0.8 * 0.5)
    made = cross_validated_interval(outer, variance, inner, SIXTY)
    assert (made.low, made.high) == pytest.approx(score_limits(0.8, 1.45, SIXTY))


def test_without_inner_values_the_mean_stands_with_its_own_name():
    outer, variance, _inner = folds(0.7, 0.65)
    made = cross_validated_interval(outer, variance, None, SIXTY)
    assert (made.estimate, made.method) == (pytest.approx(0.7), "all_cases")
    assert (made.low, made.high) == pytest.approx(score_limits(0.7, WITHOUT_INNER, SIXTY))


def test_limits_are_those_of_a_second_program_with_its_own_constants():
    """R 4, uniroot; tests/golden/r/score_limits.R has the formula and the constants 1.3, 1.6 and 1.5 written out."""
    wide = folds(0.7, 0.7)
    wide[2][...] += np.linspace(-0.9, 0.9, 5)[None, :, None]
    made = {
        (0.70, 1.3): cross_validated_interval(*folds(0.70, 0.70), SIXTY),
        (0.73, 1.3): cross_validated_interval(*folds(0.70, 0.65), SIXTY),
        (0.70, 1.6): cross_validated_interval(*wide, SIXTY),
        (0.70, 1.5): cross_validated_interval(*folds(0.70, 0.65)[:2], None, SIXTY),
    }
    golden = json.loads((GOLDEN / "score_limits.json").read_text(encoding="utf-8"))
    assert len(golden) == len(made)
    for wanted in golden:
        interval = made[wanted["centre"], wanted["factor"]]
        assert interval.estimate == pytest.approx(wanted["centre"])
        assert (interval.low, interval.high) == pytest.approx((wanted["low"], wanted["high"]), abs=1e-7)


def test_a_limit_by_hand():
    """30 events and 30 others, value .70, factor 1.3: the lower limit .5085 lies 1.96 * 1.3 errors below.

    V(.5085) = .5085 * .4915 / 900 * (1 + 29 * (.4915 / 1.4915 + .5085 / 1.5085)) = .00027770 * 20.3321 = .0056462,
    its root .075141; 1.959964 * 1.3 * .075141 = .19146 = .70 - .50854.
    """
    made = cross_validated_interval(*folds(0.70, 0.70), SIXTY)
    assert made.low == pytest.approx(0.5085, abs=2e-4)
    assert made.high == pytest.approx(0.8349, abs=2e-4)
