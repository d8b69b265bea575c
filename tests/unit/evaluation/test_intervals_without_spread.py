"""An interval has a width: also when every fold is perfect, or when nothing was ever selected."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.evaluation.intervals import nested_cv_interval, wilson_auc_interval


def folds(value, variance=0.0):
    outer = np.full((2, 5), value)
    inner = np.full((2, 5, 5), value)
    for k in range(5):
        inner[:, k, k] = np.nan
    return outer, np.full((2, 5), variance), inner


def test_perfect_folds_get_a_lower_limit_below_one_and_an_upper_limit_at_one():
    made = nested_cv_interval(*folds(1.0), n_events=30, n_others=30)
    assert made.estimate == 1.0
    assert made.high == 1.0
    assert 0.90 < made.low < 0.97


def test_nothing_selected_in_any_fold_is_no_certainty_about_one_half():
    made = nested_cv_interval(*folds(0.5), n_events=20, n_others=20)
    assert made.low < 0.35
    assert made.high > 0.65
    assert made.method == "wilson"


def test_without_counts_an_interval_that_cannot_be_made_is_missing():
    made = nested_cv_interval(*folds(1.0))
    assert np.isnan([made.low, made.high]).all()


@pytest.mark.parametrize("auc", [0.5, 0.8, 0.95, 1.0])
def test_the_limits_are_where_the_hanley_mcneil_score_test_stops_rejecting(auc):
    m, n = 25, 40
    made = wilson_auc_interval(auc, m, n)
    for limit in (made.low, made.high):
        if 0 < limit < 1:
            middle = (m + n) / 2 - 1
            variance = limit * (1 - limit) * (1 + middle * ((1 - limit) / (2 - limit) + limit / (1 + limit))) / (m * n)
            assert abs(auc - limit) == pytest.approx(1.959963985 * np.sqrt(variance), rel=1e-6)
    assert made.low < auc <= made.high
