"""Recalibration lines by hand, where the answer needs no program."""

import numpy as np
import pytest

from radiomics_core.evaluation.thresholds import decision_counts, logistic_line, youden_threshold


def test_a_score_without_spread_gives_the_log_odds_of_the_event_rate():
    assert logistic_line(np.array([1.0, 0, 0, 0]), np.zeros(4)) == pytest.approx((0.0, np.log(1 / 3)))
    slope, intercept = logistic_line(np.ones(4), np.zeros(4))
    assert (slope, intercept) == pytest.approx((0.0, np.log((1 - 1e-6) / 1e-6)))


def test_two_values_of_a_score_give_the_line_through_their_log_odds():
    # 1 of 4 events at 0, 3 of 4 at 2: log-odds -log 3 and log 3
    x, events = np.repeat([0.0, 2.0], 4), np.array([1.0, 0, 0, 0, 1, 1, 1, 0])
    assert logistic_line(events, x) == pytest.approx((np.log(3), -np.log(3)), abs=1e-6)
    assert logistic_line(events, x - 1, offset_only=True)[0] == 1.0
    assert logistic_line(events, x - 1, offset_only=True)[1] == pytest.approx(0.0, abs=1e-6)


def test_the_lowest_of_equal_thresholds_is_taken_and_a_score_at_it_is_counted():
    events, scores = [0, 1, 0, 1], [1.0, 2.0, 3.0, 4.0]
    assert youden_threshold(events, scores) == 2.0  # 1 + 1/2 - 1, as at 4
    counts = decision_counts(events, np.asarray(scores) >= 2)
    assert (counts.true_positive, counts.false_positive, counts.true_negative, counts.false_negative) == (2, 1, 1, 0)
    assert counts.shares == pytest.approx(
        {"sensitivity": 1.0, "specificity": 0.5, "ppv": 2 / 3, "npv": 1.0, "balanced_accuracy": 0.75}
    )


def test_one_event_or_one_other_alone_counts_whole():
    assert (
        youden_threshold([1, 0, 0, 0], [0.0, 1, 2, 3]) == 0.0
    )  # all are called: 1 + 0 - 1; above it 1/3 less and less
    assert youden_threshold([1, 1, 0, 1], [1.0, 2, 3, 4]) == 4.0  # 1/3 + 1 - 1
    assert youden_threshold([0, 0, 1], [5.0, 5, 5]) == 5.0


def test_no_event_at_all_gives_odds_of_one_in_a_million():
    assert logistic_line(np.zeros(4), np.zeros(4)) == pytest.approx((0.0, np.log(1e-6 / (1 - 1e-6))))
