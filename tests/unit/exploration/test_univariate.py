import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, MulticlassEndpoint, TimeToEventEndpoint
from radiomics_core.errors import NotApplicableError
from radiomics_core.features.exploration import benjamini_hochberg, univariate_table

BINARY = BinaryEndpoint(name="response", column="response", positive="1")
SURVIVAL = TimeToEventEndpoint(name="os", event_column="dead", time_column="days")


def features(n_cases=40, n_features=6, seed=1, missing=0.0):
    rng = np.random.default_rng(seed)
    array = np.round(rng.normal(size=(n_cases, n_features)), 1)  # rounded, so that there are ties
    array[rng.random(array.shape) < missing] = np.nan
    return pd.DataFrame(array, index=[f"c{i}" for i in range(n_cases)], columns=[f"f{j}" for j in range(n_features)])


def outcome(endpoint, event, time=None):
    ids = tuple(f"c{i}" for i in range(len(event)))
    return EndpointValues(endpoint, ids, np.asarray(event, float), None if time is None else np.asarray(time, float))


def test_auc_of_hand_counted_pairs():
    # events 3, 1; others 2, 1, 0: pairs won 1+1+1 and 0+.5+1 of 6
    values = pd.DataFrame({"a": [3.0, 1, 2, 1, 0]}, index=[f"c{i}" for i in range(5)])
    row = univariate_table(values, outcome(BINARY, [1, 1, 0, 0, 0])).frame().iloc[0]
    assert row["auc"] == pytest.approx(4.5 / 6)
    assert row["statistic"] == pytest.approx(4.5)


def test_mann_whitney_agrees_with_scipy_per_feature_with_ties_and_missing_values():
    values = features(missing=0.1)
    event = np.arange(40) % 3 == 0
    table = univariate_table(values, outcome(BINARY, event)).frame().set_index("feature")
    for name in values:
        column = values[name].to_numpy()
        seen = np.isfinite(column)
        expected = stats.mannwhitneyu(column[event & seen], column[~event & seen], method="asymptotic")
        assert table.loc[name, "p"] == pytest.approx(expected.pvalue, rel=1e-9)
        assert table.loc[name, "statistic"] == pytest.approx(expected.statistic)
        assert table.loc[name, "n_missing"] == np.sum(~seen)


def test_auc_interval_is_delong_with_variance_counted_by_hand():
    # events 3, 1 won 1, .5 of others 2, 1, 0: S10 = var(1, .5); others lost to (.5, .75, 1): S01
    values = pd.DataFrame({"a": [3.0, 1, 2, 1, 0]}, index=[f"c{i}" for i in range(5)])
    row = univariate_table(values, outcome(BINARY, [1, 1, 0, 0, 0])).frame().iloc[0]
    variance = np.var([1, 0.5], ddof=1) / 2 + np.var([0.5, 0.75, 1.0], ddof=1) / 3
    half = 1.959964 * np.sqrt(variance) / (0.75 * 0.25)
    centre = np.log(0.75 / 0.25)
    assert row["low"] == pytest.approx(1 / (1 + np.exp(-(centre - half))), rel=1e-6)
    assert row["high"] == pytest.approx(1 / (1 + np.exp(-(centre + half))), rel=1e-6)


def test_perfect_feature_has_no_interval():
    values = pd.DataFrame({"a": np.arange(6.0)}, index=[f"c{i}" for i in range(6)])
    row = univariate_table(values, outcome(BINARY, [0, 0, 0, 1, 1, 1])).frame().iloc[0]
    assert row["auc"] == 1.0
    assert np.isnan(row["low"])


def test_kruskal_agrees_with_scipy_per_feature():
    values = features(missing=0.1)
    group = np.arange(40) % 3
    endpoint = MulticlassEndpoint(name="grade", column="grade", classes=("1", "2", "3"))
    table = univariate_table(values, outcome(endpoint, group)).frame().set_index("feature")
    for name in values:
        expected = stats.kruskal(*[values[name].to_numpy()[group == g] for g in range(3)], nan_policy="omit")
        assert table.loc[name, "p"] == pytest.approx(expected.pvalue, rel=1e-9)


def test_spearman_for_continuous_endpoint_agrees_with_scipy():
    from radiomics_core.cohort.endpoints import ContinuousEndpoint

    values = features()
    target = values["f0"].to_numpy() + np.random.default_rng(3).normal(size=40)
    endpoint = ContinuousEndpoint(name="ki67", column="ki67")
    table = univariate_table(values, outcome(endpoint, target)).frame().set_index("feature")
    expected = stats.spearmanr(values["f0"], target)
    assert table.loc["f0", "rho"] == pytest.approx(expected.statistic)
    assert table.loc["f0", "p"] == pytest.approx(expected.pvalue)


def test_hazard_ratio_counted_by_hand_on_three_cases():
    # times 1, 2 are events with x = 1, 0; time 3 censored with x = 1. Partial likelihood
    # e^b/(2e^b+1) * 1/(1+e^b) has its maximum at e^(2b) = 1/2, and U(0) = 1 - 2/3 - 1/2 = -1/6.
    values = pd.DataFrame({"a": [1.0, 0, 1]}, index=["c0", "c1", "c2"])
    row = univariate_table(values, outcome(SURVIVAL, [1, 1, 0], [1, 2, 3])).frame().iloc[0]
    sd = np.std([1, 0, 1], ddof=1)
    assert np.log(row["hr"]) == pytest.approx(np.log(0.5) / 2 * sd, rel=1e-5)
    assert row["statistic"] == pytest.approx((1 / 6) ** 2 / (2 / 9 + 1 / 4))


def test_feature_that_separates_events_perfectly_has_no_hazard_ratio_but_a_p():
    values = pd.DataFrame({"a": -np.arange(12.0)}, index=[f"c{i}" for i in range(12)])
    row = univariate_table(values, outcome(SURVIVAL, np.ones(12), np.arange(12) + 1.0)).frame().iloc[0]
    assert np.isnan(row["hr"])
    assert row["p"] < 0.01


def test_q_values_of_hand_example():
    # m = 4: .01*4/1, .02*4/2, .03*4/3, .5 and the running minimum from the right
    assert benjamini_hochberg([0.5, 0.01, 0.03, 0.02, np.nan])[:4] == pytest.approx([0.5, 0.04, 0.04, 0.04])
    assert benjamini_hochberg([0.02, 0.9]) == pytest.approx([0.04, 0.9])


def test_q_values_agree_with_scipy():
    p = np.random.default_rng(0).random(50) ** 2
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))


def test_constant_and_empty_columns_are_left_out_and_counted():
    values = features(20, 3).assign(same=1.0, none=np.nan)
    result = univariate_table(values, outcome(BINARY, np.arange(20) % 2))
    assert (result.constant, result.all_missing) == (("same",), ("none",))
    assert len(result.frame()) == 3


def test_cases_without_an_outcome_do_not_count():
    values = features(20, 2)
    half = EndpointValues(BINARY, tuple(values.index[:10]), np.arange(10) % 2 * 1.0)
    assert univariate_table(values, half).n_cases == 10


def test_endpoint_that_does_not_vary_is_refused_with_words():
    with pytest.raises(NotApplicableError, match="same value in all 20 cases"):
        univariate_table(features(20, 2), outcome(BINARY, np.zeros(20)))


def test_1500_features_of_500_cases_take_less_than_two_seconds():
    from time import process_time

    values = features(500, 1500)
    rng = np.random.default_rng(0)
    start = process_time()
    univariate_table(values, outcome(BINARY, rng.random(500) < 0.3))
    univariate_table(values, outcome(SURVIVAL, rng.random(500) < 0.5, rng.exponential(size=500)))
    assert process_time() - start < 4
