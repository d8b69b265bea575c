"""Several cases per patient, against R (tests/golden/r/clustered_patients.R: survival, and Obuchowski by loops)."""

import json
from pathlib import Path

import numpy as np
import pytest

from radiomics_core.evaluation.delong import delong_covariance
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C, auc, harrell_c
from radiomics_core.stats.concordance import concordance_variance
from radiomics_core.stats.cox import fit_cox, robust_covariance


@pytest.fixture(scope="module")
def r():
    stored = json.loads((Path(__file__).parent / "r" / "clustered_patients.json").read_text(encoding="utf-8"))
    return {name: np.array(value) if isinstance(value, list) else value for name, value in stored.items()}


@pytest.fixture(scope="module")
def fitted(r):
    x = np.column_stack([r["a"], r["b"]])
    return x, fit_cox(x, r["time"], r["event"], patients=r["patient"])


def test_cox_with_a_weight_per_patient_equals_coxph(r, fitted):
    _x, fit = fitted
    assert fit.converged
    assert fit.beta == pytest.approx(r["beta"], rel=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(r["naive"], rel=1e-6)
    assert [fit.null_log_likelihood, fit.log_likelihood] == pytest.approx(r["loglik"], rel=1e-9)


def test_robust_standard_errors_over_patients_equal_coxph_cluster(r, fitted):
    x, fit = fitted
    made = robust_covariance(fit, x, r["time"], r["event"], r["patient"])
    assert np.sqrt(np.diag(made)) == pytest.approx(r["robust"], rel=1e-6)


def test_copies_of_patients_whose_events_are_tied_leave_a_cox_fit_as_it_is():
    generator = np.random.default_rng(9)
    x = generator.normal(size=(60, 2))
    time, event = np.ceil(generator.exponential(8, 60)), generator.random(60) < 0.6
    copied = np.repeat(np.arange(60), generator.integers(1, 5, 60))
    once, again = fit_cox(x, time, event), fit_cox(x[copied], time[copied], event[copied], patients=copied)
    assert again.beta == pytest.approx(once.beta, rel=1e-6)
    errors = [
        robust_covariance(once, x, time, event, np.arange(60)),
        robust_covariance(again, x[copied], time[copied], event[copied], copied),
    ]
    assert errors[1] == pytest.approx(errors[0], rel=1e-6)


def test_clustered_variance_of_an_auc_is_obuchowskis(r):
    score, ill = r["a"] + 0.3 * r["b"], r["ill"].astype(float)
    assert auc(ill, score) == pytest.approx(r["auc"], rel=1e-12)
    made = concordance_variance(score, AUC.pairs(ill), r["patient"])
    assert made == pytest.approx(r["obuchowski"][0], rel=1e-12)
    assert delong_covariance(ill, [score], patients=r["patient"])[1][0, 0] == pytest.approx(made, rel=1e-12)


def test_clustered_variance_of_c_is_that_of_concordance_but_for_its_small_sample_factors(r):
    score = r["a"] + 0.3 * r["b"]
    target = np.column_stack([r["time"], r["event"]]).astype(float)
    pairs, patients = HARRELL_C.pairs(target), len(np.unique(r["patient"]))
    assert harrell_c(r["time"], r["event"], score) == pytest.approx(r["concordance"], rel=1e-12)
    ratio = concordance_variance(score, pairs, r["patient"]) / r["concordance_variance"][0]
    with_event = len(np.unique(r["patient"][r["event"] == 1]))
    assert patients / (patients - 1) <= ratio <= with_event / (with_event - 1)
