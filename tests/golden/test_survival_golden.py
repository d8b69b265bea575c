"""Survival numbers against lifelines 0.30.3."""

import numpy as np
import pandas as pd
import pytest

from radiomics_core.evaluation.discrimination import harrell_c
from radiomics_core.stats.cox import fit_cox
from radiomics_core.survival.kaplan_meier import kaplan_meier
from radiomics_core.survival.log_rank import log_rank, signed_log_rank_z


@pytest.fixture(scope="module")
def cases():
    """Ninety cases with three covariates, ties in time and 40 % censoring."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(90, 3))
    time = np.ceil(rng.exponential(20 * np.exp(-x @ [0.8, -0.4, 0.0])))
    return pd.DataFrame(x, columns=["a", "b", "c"]).assign(time=time, event=(rng.random(90) < 0.6).astype(int))


@pytest.fixture(scope="module")
def lifelines_cox(cases):
    from lifelines import CoxPHFitter

    return CoxPHFitter().fit(cases, "time", "event", fit_options={"precision": 1e-10})


def test_cox_with_ties_equals_coxphfitter(cases, lifelines_cox):
    fit = fit_cox(cases[["a", "b", "c"]], cases["time"], cases["event"])
    assert fit.converged
    assert fit.beta == pytest.approx(lifelines_cox.params_.to_numpy(), rel=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(lifelines_cox.standard_errors_.to_numpy(), rel=1e-6)
    assert fit.log_likelihood == pytest.approx(lifelines_cox.log_likelihood_, rel=1e-9)
    ratio = 2 * (fit.log_likelihood - fit.null_log_likelihood)
    assert ratio == pytest.approx(lifelines_cox.log_likelihood_ratio_test().test_statistic, rel=1e-8)


def test_ridge_cox_equals_coxphfitter_with_penalizer(cases):
    from lifelines import CoxPHFitter

    scaled = cases.assign(**{c: (cases[c] - cases[c].mean()) / cases[c].std() for c in "abc"})
    reference = CoxPHFitter(penalizer=0.1, l1_ratio=0).fit(scaled, "time", "event", fit_options={"precision": 1e-10})
    fit = fit_cox(scaled[["a", "b", "c"]], cases["time"], cases["event"], penalty=0.1 * len(cases))
    assert fit.beta == pytest.approx(reference.params_.to_numpy(), rel=1e-4)


def test_concordance_equals_concordance_index(cases):
    from lifelines.utils import concordance_index

    risk = (cases["a"] - cases["b"] / 2).round(1)  # rounded: tied scores
    expected = concordance_index(cases["time"], -risk, cases["event"])
    assert harrell_c(cases["time"], cases["event"], risk) == pytest.approx(expected, abs=1e-12)


def test_kaplan_meier_and_band_equal_kaplanmeierfitter(cases):
    from lifelines import KaplanMeierFitter

    reference = KaplanMeierFitter().fit(cases["time"], cases["event"])
    table = kaplan_meier(cases["time"], cases["event"]).frame().set_index("time")
    assert table["survival"].to_numpy() == pytest.approx(reference.survival_function_["KM_estimate"].to_numpy())
    band = reference.confidence_interval_
    seen = (table["survival"] > 0).to_numpy()
    assert table["low"].to_numpy()[seen] == pytest.approx(band.iloc[:, 0].to_numpy()[seen], rel=1e-6)
    assert table["high"].to_numpy()[seen] == pytest.approx(band.iloc[:, 1].to_numpy()[seen], rel=1e-6)
    assert kaplan_meier(cases["time"], cases["event"]).counts["median"][0] == reference.median_survival_time_


def test_log_rank_of_three_groups_equals_multivariate_logrank_test(cases):
    from lifelines.statistics import multivariate_logrank_test

    group = np.array(["x", "y", "z"])[np.digitize(cases["a"], [-0.5, 0.5])]
    reference = multivariate_logrank_test(cases["time"], group, cases["event"])
    ours = log_rank(cases["time"], cases["event"], group)
    assert ours.statistic == pytest.approx(reference.test_statistic, rel=1e-9)
    assert ours.p == pytest.approx(reference.p_value, rel=1e-6)


def test_signed_z_squared_equals_logrank_test(cases):
    from lifelines.statistics import logrank_test

    high = cases["a"] > 0
    reference = logrank_test(cases["time"][high], cases["time"][~high], cases["event"][high], cases["event"][~high])
    z = signed_log_rank_z(cases["time"], cases["event"], high)
    assert z > 0
    assert z**2 == pytest.approx(reference.test_statistic, rel=1e-9)
