import numpy as np
import pytest

from radiomics_core.stats.concordance import concordance_covariance, concordance_variance, event_pairs


def test_covariance_of_two_aucs_is_delongs_by_hand():
    # events 1-3, others 4-6; placements of score a: events 1, 1, 2/3, others 2/3... counted on paper
    events = np.array([1.0, 1, 1, 0, 0, 0])
    scores = np.array([[6.0, 5, 2, 4, 3, 1], [6.0, 2, 4, 5, 3, 1]])
    pairs = event_pairs(events)
    covariance = concordance_covariance(scores, pairs)
    upper = np.array([[3, 3, 1], [3, 1, 2]]) / 3  # share of others below each event
    lower = np.array([[2, 2, 3], [1, 2, 3]]) / 3  # share of events above each other case
    expected = np.cov(upper) / 3 + np.cov(lower) / 3
    assert covariance == pytest.approx(expected, abs=1e-15)
    assert concordance_variance(scores[0], pairs) == covariance[0, 0]


def test_a_score_against_itself_has_a_difference_without_variance():
    rng = np.random.default_rng(3)
    score, events = rng.normal(size=40), (np.arange(40) < 15).astype(float)
    patients = np.arange(40) // 2
    covariance = concordance_covariance(np.array([score, score]), event_pairs(events), patients)
    assert np.array([1.0, -1.0]) @ covariance @ np.array([1.0, -1.0]) == 0.0
