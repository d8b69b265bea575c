import numpy as np
import pytest
from scipy import stats

from radiomics_core.evaluation.intervals import logit_interval, nadeau_bengio, nested_cv_interval


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


def test_nested_interval_is_no_narrower_than_the_naive_and_grows_with_disagreement():
    outer, variance = np.full((2, 5), 0.7), np.full((2, 5), 0.01)
    agreeing = np.full((2, 5, 5), 0.7)
    apart = agreeing + np.linspace(-0.3, 0.3, 5)[None, :, None]
    for tensor in (agreeing, apart):
        tensor[:, np.arange(5), np.arange(5)] = np.nan
    narrow, wide = (nested_cv_interval(outer, variance, t) for t in (agreeing, apart))
    naive = logit_interval(0.7, np.sqrt(0.01 / 5), level=0.95, method="x")
    assert narrow.high - narrow.low >= naive.high - naive.low - 1e-9
    assert wide.high - wide.low > narrow.high - narrow.low
