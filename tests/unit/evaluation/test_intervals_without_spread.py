"""An interval has a width: also when every fold is perfect, or when nothing was ever selected."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.evaluation.all_cases import AllCases
from radiomics_core.evaluation.intervals import cross_validated_interval, wilson_auc_interval


def interval(value, m, n):
    inner = np.full((2, 5, 5), value)
    for k in range(5):
        inner[:, k, k] = np.nan
    return cross_validated_interval(np.full((2, 5), value), np.zeros((2, 5)), inner, AllCases(m * n, m * n * (m + n)))


def test_perfect_folds_get_a_lower_limit_below_one_and_an_upper_limit_at_one():
    made = interval(1.0, 30, 30)
    assert made.estimate == 1.0
    assert made.high == 1.0
    assert 0.85 < made.low < 0.97


def test_nothing_selected_in_any_fold_is_no_certainty_about_one_half():
    made = interval(0.5, 20, 20)
    assert made.low < 0.35
    assert made.high > 0.65


def test_limits_of_an_auc_without_cases_of_both_kinds_are_missing():
    made = wilson_auc_interval(0.7, 0, 20)
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
