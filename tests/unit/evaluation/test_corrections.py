import numpy as np
import pytest
from scipy import stats

from radiomics_core.evaluation.bias_corrected import bbc_cv
from radiomics_core.evaluation.delong import delong_difference, delong_interval
from radiomics_core.evaluation.discrimination import AUC, auc
from radiomics_core.evaluation.multiplicity import holm, permutation_p


def test_holm_matches_hand_count():
    # sorted .01 .03 .04 times 3, 2, 1, then made increasing
    assert holm([0.04, 0.01, 0.03]).tolist() == pytest.approx([0.06, 0.03, 0.06])


def test_holm_does_not_count_missing_p_values():
    assert holm([0.02, np.nan, 0.03]).tolist() == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)


def test_permutation_p_counts_ties_and_the_observed_value():
    assert permutation_p(0.7, [0.5, 0.7, 0.8]) == pytest.approx(3 / 4)
    assert permutation_p(0.9, [0.5] * 19) == pytest.approx(1 / 20)


def test_bias_correction_brings_the_best_of_many_noise_scores_back_to_one_half():
    generator = np.random.default_rng(0)
    best, corrected = [], []
    for draw in range(30):
        y = np.tile([0.0, 1.0], 30)
        scores = generator.normal(size=(50, 60))
        pairs = AUC.pairs(y)
        best.append(max(auc(y, row) for row in scores))
        corrected.append(bbc_cv([scores], [pairs], np.arange(60), np.random.SeedSequence(draw), n_bootstrap=100))
    assert np.mean(best) > 0.62
    assert abs(np.mean(corrected) - 0.5) < 0.03


def test_delong_interval_covers_by_bootstrap_width():
    generator = np.random.default_rng(4)
    y = np.tile([0, 1], 150)
    score = generator.normal(size=300) + y
    made = delong_interval(y, score)
    draws = [auc(y[i], score[i]) for i in (generator.integers(0, 300, 300) for _ in range(400))]
    assert (made.high - made.low) / 3.92 == pytest.approx(np.std(draws), rel=0.15)


def test_obuchowski_is_delong_when_each_patient_has_one_case():
    generator = np.random.default_rng(6)
    y, score = generator.integers(0, 2, 60), generator.normal(size=60)
    plain, clustered = delong_interval(y, score), delong_interval(y, score, patients=np.arange(60))
    assert (clustered.low, clustered.high) == pytest.approx((plain.low, plain.high), abs=2e-3)


def test_repeating_every_case_does_not_narrow_the_clustered_interval():
    generator = np.random.default_rng(7)
    y, score = np.tile([0, 1], 40), generator.normal(size=80)
    once = delong_interval(y, score)
    twice = delong_interval(np.repeat(y, 2), np.repeat(score, 2), patients=np.repeat(np.arange(80), 2))
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.02)


def test_difference_of_a_score_with_itself_is_zero_with_p_one():
    made = delong_difference([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4])
    assert (made.estimate, made.p) == (0.0, 1.0)


def test_the_winner_is_never_judged_on_a_patient_it_was_picked_on():
    """Two cases each: a pipeline that knows every patient by heart wins, and loses its lead on the patients left out."""
    generator = np.random.default_rng(3)
    n, patient_of = 40, np.repeat(np.arange(20), 2)
    events = np.repeat(generator.permutation(np.repeat([0.0, 1.0], 10)), 2)
    noise = np.repeat(generator.normal(size=(60, 20)), 2, axis=1)
    pairs = AUC.pairs(events)
    by_patient = bbc_cv([noise], [pairs], patient_of, np.random.SeedSequence(1), n_bootstrap=200)
    by_case = bbc_cv([noise], [pairs], np.arange(n), np.random.SeedSequence(1), n_bootstrap=200)
    assert by_case > by_patient + 0.03


def test_difference_of_two_aucs_by_hand():
    # events at 3 and 4 of the first score beat both others (AUC 1); the second puts 2 of 4 pairs right. Placements of the
    # events differ by (.5, .5), of the others by (0, 1): variance 0 / 2 + .5 / 2 = .25, standard error .5
    made = delong_difference([0, 0, 1, 1], [1, 2, 3, 4], [1, 4, 2, 3])
    assert made.estimate == pytest.approx(0.5)
    assert (made.low, made.high) == pytest.approx((0.5 - 1.959964 * 0.5, 0.5 + 1.959964 * 0.5))
    assert made.p == pytest.approx(0.3173105)  # two-sided at one standard error
    wider = delong_difference([0, 0, 1, 1], [1, 2, 3, 4], [1, 4, 2, 3], level=0.99)
    assert wider.high == pytest.approx(0.5 + 2.575829 * 0.5)


def test_the_error_of_a_difference_is_that_of_the_components_of_both_scores_by_hand():
    generator = np.random.default_rng(6)
    events = np.r_[np.ones(9), np.zeros(12)]
    first, second = generator.normal(size=(2, 21)) + [[1.0], [0.5]] * events
    # each case's share of pairs it wins under the first score, less that under the second
    wins = [(s[:9, None] > s[None, 9:]).astype(float) for s in (first, second)]
    apart = wins[0] - wins[1]
    error = np.sqrt(apart.mean(axis=1).var(ddof=1) / 9 + apart.mean(axis=0).var(ddof=1) / 12)
    found = delong_difference(events, first, second, level=0.9)
    assert found.estimate == pytest.approx(apart.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.6448536269514722 * error)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(apart.mean()) / error))


def test_holm_never_exceeds_one():
    assert holm([0.6, 0.7, 0.01]).tolist() == pytest.approx([1.0, 1.0, 0.03])
