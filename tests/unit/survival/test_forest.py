import numpy as np
import pandas as pd
import pytest

from radiomics_core.errors import NotApplicableError
from radiomics_core.stats.cox import fit_cox, robust_covariance
from radiomics_core.survival import kinds
from radiomics_core.survival.forest import cox_forest
from radiomics_core.survival.proportional_hazards import proportional_hazards


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


def test_each_kind_of_factor_enters_on_its_own_scale_whatever_the_index_and_the_unused_levels():
    rng = np.random.default_rng(4)
    stage = pd.Categorical(rng.choice(["I", "II", "III"], 150), categories=["I", "II", "III", "IV"], ordered=True)
    site = pd.Categorical(rng.choice(["arm", "leg", "head"], 150, p=[0.2, 0.5, 0.3]), ["arm", "head", "leg", "neck"])
    mixed = {
        "stage": stage,
        "drug": rng.integers(0, 2, 150) * 1.0,
        "same": 4.0,
        "age": rng.normal(60, 9, 150),
        "site": site,
    }
    covariates = pd.DataFrame(mixed, index=[f"P{i}" for i in range(150)])
    time, event = rng.exponential(10 * np.exp(-0.5 * stage.codes)), rng.random(150) < 0.8
    forest = cox_forest(covariates, time, event)
    age = covariates["age"].to_numpy()
    design = np.column_stack([stage.codes, mixed["drug"], age / age.std(ddof=1), site == "arm", site == "head"]) * 1.0
    table = forest.frame()
    assert np.log(table["hr"].to_numpy()) == pytest.approx(fit_cox(design, time, event).beta, abs=1e-6)
    assert table[["name", "level", "reference", "scale", "n"]].to_numpy().tolist() == [
        ["stage", "", "", "per unit", 150], ["drug", "", "", "per unit", 150], ["age", "", "", "per SD", 150],
        ["site", "arm", "leg", "level", int((site == "arm").sum())],
        ["site", "head", "leg", "level", int((site == "head").sum())],
    ]  # fmt: skip
    assert table["ph_p"].iloc[3] == table["ph_p"].iloc[4]
    assert (forest.n, forest.n_events, forest.n_dropped) == (150, event.sum(), 0)


@pytest.mark.parametrize(("n_events", "is_few"), [(19, True), (20, False)])
def test_fewer_than_ten_events_a_parameter_are_said_and_half_as_many_are_refused(n_events, is_few):
    rng = np.random.default_rng(6)
    covariates, time = pd.DataFrame(rng.normal(size=(60, 2)), columns=["a", "b"]), rng.permutation(60) + 1.0
    covariates.iloc[0, 0] = np.nan
    event = np.isin(np.arange(60), np.arange(1, n_events + 1))
    said = {f.kind: f.params for f in cox_forest(covariates, time, event).findings}
    assert (kinds.FEW_EVENTS in said) == is_few
    assert not is_few or said[kinds.FEW_EVENTS] == {"n_events": 19, "n_parameters": 2}
    assert said[kinds.INCOMPLETE_ROWS] == {"n_dropped": 1, "n": 60}
    assert cox_forest(covariates, time, np.isin(np.arange(60), np.arange(1, 5))).n_events == 4
    with pytest.raises(NotApplicableError, match="at most 1 parameters"):
        cox_forest(covariates, time, np.isin(np.arange(60), np.arange(1, 4)))


def test_a_ratio_that_changes_with_time_is_said_for_its_factor_only():
    rng = np.random.default_rng(9)
    early, steady = rng.integers(0, 2, (2, 400)) * 1.0
    # the factor trebles the hazard up to time 1 and divides it by three from there
    first = rng.exponential(1 / (1.0 * 3**early * 1.5**steady))
    time = np.where(first < 0.5, first, 0.5 + rng.exponential(1 / (3**-early * 1.5**steady)))
    covariates = pd.DataFrame({"early": early, "steady": steady})
    forest = cox_forest(covariates, time, np.ones(400))
    said = [(f.column, f.params) for f in forest.findings if f.kind is kinds.HAZARDS_NOT_PROPORTIONAL]
    reference = proportional_hazards(covariates, time, np.ones(400)).frame()
    assert [column for column, _params in said] == ["early"]
    assert said[0][1] == pytest.approx({"p": reference["p"].iloc[0], "overall": reference["p"].iloc[-1]})
    assert reference["violated"].tolist() == [True, False, True]
    assert reference["df"].tolist() == [1, 1, 2]


def test_factors_that_do_not_vary_are_no_factors():
    with pytest.raises(NotApplicableError, match="no factor varies"):
        cox_forest(pd.DataFrame({"same": [1.0] * 9}), np.arange(9) + 1.0, np.ones(9))
