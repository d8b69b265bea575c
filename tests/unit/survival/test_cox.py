import numpy as np
import pytest

from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.discrimination import HARRELL_C, harrell_c
from radiomics_core.stats.cox import fit_cox
from radiomics_core.survival.kaplan_meier import default_ticks, kaplan_meier
from radiomics_core.survival.log_rank import signed_log_rank_z


def test_coefficient_of_three_cases_by_hand():
    # e^b/(2e^b+1) * 1/(1+e^b) is largest at e^(2b) = 1/2
    fit = fit_cox([[1.0], [0], [1]], [1, 2, 3], [1, 1, 0])
    assert fit.beta[0] == pytest.approx(np.log(0.5) / 2, rel=1e-6)
    assert fit.null_log_likelihood == pytest.approx(np.log(1 / 3 * 1 / 2))


def test_efron_likelihood_of_tied_events_by_hand():
    # two tied events out of three at risk: 1/3 * 1/(3 - 2/2) at beta 0
    assert fit_cox([[0.0], [1], [2]], [1, 1, 2], [1, 1, 0], penalty=1e9).log_likelihood == pytest.approx(
        np.log(1 / 3 * 1 / 2), abs=1e-6
    )


def test_penalty_shrinks_only_its_own_column():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    time, event = rng.exponential(np.exp(-x.sum(axis=1))), np.ones(80)
    free, bound = fit_cox(x, time, event).beta, fit_cox(x, time, event, penalty=[0.0, 1e6]).beta
    assert abs(bound[1]) < 1e-3
    assert bound[0] > 0.5 * free[0]


def test_separating_column_is_reported_as_not_converged():
    time = np.arange(1.0, 21)
    assert not fit_cox(-time[:, None], time, np.ones(20)).converged


def test_identical_columns_do_not_break_the_fit():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 1))
    fit = fit_cox(np.hstack([x, x]), rng.exponential(np.exp(-x[:, 0])), np.ones(50))
    assert np.all(np.isfinite(fit.log_hazard(np.hstack([x, x]))))


def test_no_event_is_refused():
    with pytest.raises(NotApplicableError, match="got none in 3 cases"):
        fit_cox(np.ones((3, 1)), [1, 2, 3], [0, 0, 0])


def test_pairs_counted_by_hand():
    # events at 1 (score 3) and 2 (score 1), censored at 2 (score 2) and 3 (score 1)
    # event 1 against three later: 3 concordant; event 2 against censored at 2 (discordant) and at 3 (tied)
    time, event, score = np.array([1.0, 2, 2, 3]), np.array([1.0, 1, 0, 0]), [3, 1, 2, 1]
    assert len(HARRELL_C.pairs(np.column_stack([time, event]))) == 5
    assert harrell_c(time, event, score) == pytest.approx(3.5 / 5)


def test_survival_and_numbers_at_risk_by_hand():
    curves = kaplan_meier([1, 2, 2, 4, 5], [1, 1, 0, 1, 0])
    assert curves.frame()["survival"].to_numpy() == pytest.approx([1, 0.8, 0.6, 0.3, 0.3])
    assert list(curves.at_risk([0, 1, 2, 3, 6])["at_risk"]) == [5, 5, 4, 2, 0]
    assert curves.counts["median"][0] == 4
    assert curves.survival_at(3)["survival"][0] == pytest.approx(0.6)
    assert np.isnan(curves.survival_at(9)["survival"][0])


def test_ticks_are_round_and_reach_from_zero():
    assert list(default_ticks([3, 58])) == [0, 20, 40]
    assert list(default_ticks([1825])) == [0, 500, 1000, 1500]


def test_log_rank_z_by_hand():
    # high dies at 1, low at 2: at time 1 expected 1/2, variance 1/4; at time 2 nobody of high is left
    assert signed_log_rank_z([1, 2], [1, 1], [True, False]) == pytest.approx(0.5 / 0.5)
    assert signed_log_rank_z([1, 2], [1, 1], [True, True]) == 0
