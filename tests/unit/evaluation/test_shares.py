import numpy as np
import pytest

from radiomics_core.evaluation.shares import OF_SAMPLING, OF_THRESHOLDS, share_interval


def is_wilson(made, p, n):
    """Whether both limits are where a score test of n cases stops rejecting."""
    low, high = made
    assert low < p < high
    return all(abs(p - limit) == pytest.approx(1.959964 * np.sqrt(limit * (1 - limit) / n), rel=1e-5) for limit in made)


def test_folds_that_differ_by_sampling_alone_give_wilsons_interval_for_all_cases():
    # 5 folds of 20: a variance of 0 between folds is below what sampling makes, so nothing is left for thresholds
    assert is_wilson(share_interval(np.full(10, 0.7), np.full(10, 20), n_repeats=2), 0.7, 100 / OF_SAMPLING)


def test_thresholds_that_differ_between_folds_widen_the_interval_by_what_sampling_leaves():
    shares = np.array([0.3, 0.9, 0.3, 0.9, 0.3, 0.9, 0.3, 0.9])
    p, n = 0.6, 80
    thresholds = shares.var(ddof=1) - p * (1 - p) / 20
    worth = p * (1 - p) / (OF_SAMPLING * p * (1 - p) / n + OF_THRESHOLDS * thresholds)
    assert is_wilson(share_interval(shares, np.full(8, 20), n_repeats=2), p, worth)


def test_a_fold_of_few_cases_explains_more_of_the_variance_between_folds():
    shares, cases = np.array([0.2, 1.0, 0.2, 1.0]), np.array([4, 36, 4, 36])
    p, n = 0.6, 40
    thresholds = shares.var(ddof=1) - p * (1 - p) * (1 / 4 + 1 / 36) / 2
    worth = p * (1 - p) / (OF_SAMPLING * p * (1 - p) / n + OF_THRESHOLDS * thresholds)
    assert is_wilson(share_interval(shares, cases, n_repeats=2), p, worth)


def test_patients_with_several_cases_count_for_fewer():
    made = share_interval(np.full(10, 0.7), np.full(10, 20), n_repeats=2, design_effect=4.0)
    assert is_wilson(made, 0.7, 25 / OF_SAMPLING)


def test_folds_without_a_denominator_are_left_out_and_a_share_of_one_keeps_a_width():
    low, high = share_interval([1.0, np.nan, 1.0, 1.0], [5, 0, 5, 5], n_repeats=1)
    assert high == pytest.approx(1.0)
    assert 0.6 < low < 0.9
    assert np.isnan(share_interval([0.5, np.nan], [4, 0], n_repeats=1)).all()


def test_the_weights_are_those_of_the_design_note_and_a_fold_of_one_case_counts():
    assert (OF_SAMPLING, OF_THRESHOLDS) == (1.2, 0.4)  # docs/design/0022-all-cases-interval.md
    with_one, without = (share_interval([0.5, 0.5, 1.0], [8, 8, last], n_repeats=1) for last in (1, 0))
    assert with_one != without
    assert all(np.isnan(share_interval([0.5, np.nan, 0.5], [8, 8, 0], n_repeats=1)))


def test_two_folds_that_are_always_right_give_wilsons_interval_with_the_variance_of_one_case_more_on_either_side():
    low, high = share_interval([1.0, 1.0], [9, 9], n_repeats=1)
    # 18 cases: the variance is that of 19 of 20, so the mean is worth 18 / 1.2 cases; Wilson's lower limit of 1 is n / (n + z^2)
    worth = 18 / OF_SAMPLING
    assert (low, high) == pytest.approx((worth / (worth + 1.959964**2), 1.0))
    mixed = np.array([1.0, 1.0, 0.8])
    value = mixed.mean()
    spread = mixed.var(ddof=1) - value * (1 - value) / 9
    worth = value * (1 - value) / (OF_SAMPLING * value * (1 - value) / 27 + OF_THRESHOLDS * max(spread, 0))
    assert is_wilson(share_interval(mixed, [9, 9, 9], n_repeats=1), value, worth)
    sure = share_interval([1.0, 1.0, 1.0, 0.0], [2, 2, 2, 2], n_repeats=4)
    inside = 0.75  # two cases: kept between 1/4 and 3/4, which it just is
    left = np.array([1, 1, 1, 0.0]).var(ddof=1) - inside * (1 - inside) / 2
    assert is_wilson(
        sure, 0.75, inside * (1 - inside) / (OF_SAMPLING * inside * (1 - inside) / 2 + OF_THRESHOLDS * left)
    )
