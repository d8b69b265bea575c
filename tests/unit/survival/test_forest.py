import numpy as np
import pandas as pd
import pytest

from radiomics_core.errors import NotApplicableError
from radiomics_core.stats.cox import fit_cox, robust_covariance
from radiomics_core.survival.forest import cox_forest


def cohort(n=120, seed=3):
    rng = np.random.default_rng(seed)
    age, stage = rng.normal(60, 10, n), rng.choice(["I", "II", "III"], n, p=[0.5, 0.3, 0.2])
    risk = 0.05 * (age - 60) + 0.9 * (stage == "III")
    time, event = rng.exponential(np.exp(-risk)), rng.random(n) < 0.8
    return pd.DataFrame({"age": age, "stage": pd.Categorical(stage)}), time, event


def test_hazard_ratios_equal_coxphfitter_on_the_same_design():
    from lifelines import CoxPHFitter  # 0.30.3

    covariates, time, event = cohort()
    forest = cox_forest(covariates, time, event)
    design = pd.DataFrame(
        {
            "age": (covariates["age"] - covariates["age"].mean()) / covariates["age"].std(),
            "II": (covariates["stage"] == "II") * 1.0,
            "III": (covariates["stage"] == "III") * 1.0,
        }
    )
    reference = CoxPHFitter().fit(design.assign(time=time, event=event), "time", "event").summary
    table = forest.frame()
    assert table["hr"].to_numpy() == pytest.approx(reference["exp(coef)"].to_numpy(), rel=1e-5)
    assert table["low"].to_numpy() == pytest.approx(reference["exp(coef) lower 95%"].to_numpy(), rel=1e-5)
    assert table["p"].to_numpy() == pytest.approx(reference["p"].to_numpy(), rel=1e-3)
    assert list(table["scale"]) == ["per SD", "level", "level"]
    assert list(table["reference"]) == ["", "I", "I"]
    assert forest.in_sample


def test_cases_with_gaps_are_left_out_and_counted():
    covariates, time, event = cohort()
    covariates.loc[:4, "age"] = np.nan
    forest = cox_forest(covariates, time, event)
    assert (forest.n, forest.n_dropped) == (115, 5)
    assert "RX607" in [finding.code for finding in forest.findings]


def test_more_parameters_than_half_the_events_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(NotApplicableError, match="6 parameters for 10 events"):
        cox_forest(pd.DataFrame(rng.normal(size=(30, 6))), rng.random(30), np.arange(30) < 10)


def test_factor_that_separates_perfectly_is_refused_not_shown_as_infinite():
    time = np.arange(1.0, 31)
    covariates = pd.DataFrame({"late": (time > 15) * 1.0})
    with pytest.raises(NotApplicableError, match="separates"):
        cox_forest(covariates, time, time <= 15)


def test_copies_of_a_patient_change_neither_ratio_nor_error():
    rng = np.random.default_rng(8)
    x = pd.DataFrame({"a": rng.normal(size=80)})
    time, event = rng.exponential(10 * np.exp(-0.7 * x["a"])), rng.random(80) < 0.7
    again = np.repeat(np.arange(80), np.where(np.arange(80) % 4 == 0, 5, 2))
    once = cox_forest(x.iloc[again].drop_duplicates(), time, event).frame().iloc[0]
    copied = cox_forest(x.iloc[again], time[again], event[again], patients=again).frame().iloc[0]
    # numbers are per standard deviation of the rows, which copies shift
    scale = np.std(x["a"].to_numpy()[again], ddof=1) / np.std(x["a"], ddof=1)
    assert np.log(copied["hr"]) == pytest.approx(np.log(once["hr"]) * scale, rel=1e-6)
    assert np.log(copied["high"] / copied["low"]) == pytest.approx(np.log(once["high"] / once["low"]) * scale, rel=0.2)
    assert copied["ph_p"] == pytest.approx(once["ph_p"], rel=1e-6)


def test_limits_of_patients_with_several_cases_come_from_whole_patients():
    rng = np.random.default_rng(5)
    patient = np.repeat(np.arange(60), 4)
    x = (rng.normal(size=60)[patient] + 0.3 * rng.normal(size=240))[:, None]
    time, event = rng.exponential(10, 60)[patient], (rng.random(60) < 0.7)[patient]
    row = cox_forest(pd.DataFrame(x, columns=["a"]), time, event, patients=patient).frame().iloc[0]
    scaled = x / np.std(x, ddof=1)
    fit = fit_cox(scaled, time, event, patients=patient)
    robust = robust_covariance(fit, scaled, time, event, patient)[0, 0]
    assert abs(robust / fit.covariance[0, 0] - 1) > 0.02
    assert np.log(row["high"] / row["low"]) == pytest.approx(2 * 1.959964 * np.sqrt(robust), rel=1e-4)
