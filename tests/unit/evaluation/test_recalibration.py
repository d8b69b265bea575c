"""Scores become predictions: scale does not matter, order is never turned, and the deviance is the likelihood's."""

import numpy as np
import pytest

from radiomics_core.evaluation.calibration import calibration_line
from radiomics_core.evaluation.hazard_recalibration import cox_deviance, cox_recalibration
from radiomics_core.evaluation.recalibration import as_probability, binomial_deviance, logistic_recalibration
from radiomics_core.stats.cox import fit_cox


@pytest.fixture
def outcomes():
    rng = np.random.default_rng(5)
    score = rng.normal(size=200)
    event = (rng.random(200) < 1 / (1 + np.exp(0.3 - score))).astype(float)
    time = np.ceil(10 * rng.exponential(np.exp(-score)))
    return score, event, np.column_stack([time, rng.random(200) < 0.7]).astype(float)


def test_over_confident_log_odds_come_out_with_slope_one_and_the_event_rate(outcomes):
    score, event, _survival = outcomes
    probability = as_probability(logistic_recalibration(event, 4 * score - 2)(4 * score - 2))
    assert calibration_line(event, probability).slope == pytest.approx(1, abs=1e-3)
    assert probability.mean() == pytest.approx(event.mean(), abs=1e-6)
    plain = as_probability(logistic_recalibration(event, score)(score))
    assert probability == pytest.approx(plain, abs=1e-6)


def test_scores_that_are_the_wrong_way_round_give_the_event_rate_to_all_and_never_turn_the_order(outcomes):
    score, event, survival = outcomes
    line = logistic_recalibration(event, -score)
    assert line.slope == 0
    assert as_probability(line(score)) == pytest.approx(np.full(200, event.mean()))
    assert cox_recalibration(survival, -score).slope == 0


def test_cox_recalibration_is_the_slope_of_a_cox_model_whatever_the_scale(outcomes):
    score, _event, survival = outcomes
    expected = fit_cox(score[:, None], survival[:, 0], survival[:, 1]).beta[0]
    assert cox_recalibration(survival, score).slope == pytest.approx(expected, rel=1e-4)
    assert cox_recalibration(survival, score / 7).slope == pytest.approx(7 * expected, rel=1e-4)


def test_deviances_are_minus_twice_the_log_likelihood(outcomes):
    score, event, survival = outcomes
    fit = fit_cox(score[:, None], survival[:, 0], survival[:, 1])
    rows = np.array([score * fit.beta[0], np.zeros(200)])
    assert cox_deviance(survival, rows) == pytest.approx([-2 * fit.log_likelihood, -2 * fit.null_log_likelihood])
    p = as_probability(score)
    by_hand = -2 * np.sum(np.log(np.where(event == 1, p, 1 - p)))
    assert binomial_deviance(event, score[None, :])[0] == pytest.approx(by_hand)


def test_a_patient_weighs_the_same_in_recalibration_whatever_the_number_of_cases():
    rng = np.random.default_rng(7)
    score = rng.normal(size=60)
    # in the patients with six cases a high score means a late event: counted by cases they would turn the slope
    time = rng.exponential(np.exp(np.where(np.arange(60) < 20, score, -score)))
    target = np.column_stack([time, np.ones(60), np.arange(60)])
    again = np.repeat(np.arange(60), np.where(np.arange(60) < 20, 6, 1))
    once, copied = cox_recalibration(target, score), cox_recalibration(target[again], score[again])
    by_case = cox_recalibration(target[again, :2], score[again])
    assert copied.slope == pytest.approx(once.slope, abs=1e-3)
    assert abs(by_case.slope - once.slope) > 0.1


def test_the_deviance_of_a_row_is_the_same_alone_and_beside_rows_of_another_level(outcomes):
    score, _event, survival = outcomes
    rows = np.stack([score, score + 900, 3 * score - 2000])
    alone = [cox_deviance(survival, row[None, :])[0] for row in (score, score, 3 * score)]
    assert cox_deviance(survival, rows) == pytest.approx(alone)
