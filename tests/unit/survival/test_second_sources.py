"""Curves and log-rank tests of several groups against lifelines, with ties, gaps and groups that die out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from radiomics_core.survival.kaplan_meier import default_ticks, kaplan_meier
from radiomics_core.survival.log_rank import log_rank, signed_log_rank_z
from radiomics_core.survival.risk_groups import risk_groups, separation


@pytest.fixture(scope="module")
def groups():
    generator = np.random.default_rng(4)
    # fifteen die out: where exactly one half is left lifelines rounds to a later median
    group = np.repeat(["late", "dies out", "early"], [30, 15, 25])
    mean = np.select([group == "late", group == "early"], [20.0, 4.0], 8.0)
    time = np.ceil(generator.exponential(mean))
    event = (generator.random(70) < 0.6) | (group == "dies out")
    time[0], event[0] = 0.0, False
    return time, event.astype(float), group


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_curves_bands_and_numbers_at_risk_are_those_of_lifelines(groups, level):
    time, event, group = groups
    ours = kaplan_meier(time, event, group, level)
    assert ours.counts["group"].tolist() == ["late", "dies out", "early"]
    for name, curve in ours.frame().groupby("group"):
        inside = group == name
        theirs = KaplanMeierFitter(alpha=1 - level)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.fit(time[inside], event[inside])
        at = theirs.event_table.loc[curve["time"]]
        columns = curve[["at_risk", "events", "censored"]].to_numpy()
        assert columns.tolist() == at[["at_risk", "observed", "censored"]].to_numpy().tolist()
        assert curve["survival"].to_numpy() == pytest.approx(theirs.survival_function_.iloc[:, 0].to_numpy())
        inner = curve["survival"].between(0, 1, inclusive="neither").to_numpy()
        band = theirs.confidence_interval_.to_numpy()[inner]
        assert curve.loc[inner, ["low", "high"]].to_numpy() == pytest.approx(band)
        counts = ours.counts.set_index("group").loc[name]
        assert (counts["n"], counts["events"]) == (inside.sum(), event[inside].sum())
        assert counts["median"] == theirs.median_survival_time_


def test_the_band_has_no_width_before_the_first_event_and_is_missing_once_all_have_died():
    curve = kaplan_meier([1, 2, 3], [0, 1, 1]).frame()
    assert curve["time"].tolist() == [0, 1, 2, 3]
    assert curve[["survival", "low", "high"]].to_numpy()[:2].tolist() == [[1, 1, 1], [1, 1, 1]]
    assert curve["survival"].iloc[-1] == 0
    assert curve[["low", "high"]].iloc[-1].isna().all()
    assert kaplan_meier([1, 2, 3], [0, 0, 1]).counts["median"][0] == 3
    assert np.isnan(kaplan_meier([1, 2, 3], [1, 0, 0]).counts["median"][0])


def test_survival_at_a_time_is_the_step_before_it_and_nothing_beyond_the_last_time(groups):
    curves = kaplan_meier([2, 4, 6], [1, 1, 0])
    assert curves.survival_at(4)["survival"].tolist() == pytest.approx([1 / 3])
    assert curves.survival_at(3.9)["survival"].tolist() == pytest.approx([2 / 3])
    assert curves.survival_at(6)[["survival", "low"]].notna().all(axis=None)
    assert curves.survival_at(6.1)[["survival", "low", "high"]].isna().all(axis=None)
    assert curves.at_risk([2, 2.1, 6])["at_risk"].tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    ("longest", "n", "step"),
    [(5, 6, 1), (10, 6, 2), (12.5, 6, 2.5), (0.25, 6, 0.05), (30, 6, 10), (45, 6, 10), (3, 2, 5)],
)
def test_ticks_are_steps_of_one_two_two_and_a_half_or_five(longest, n, step):
    ticks = default_ticks([0.1, longest], n)
    assert ticks == pytest.approx(step * np.arange(len(ticks)))
    assert ticks[-1] <= longest < ticks[-1] + step * (1 + 1e-9)


def test_log_rank_of_three_groups_is_that_of_lifelines(groups):
    time, event, group = groups
    ours, theirs = log_rank(time, event, group), multivariate_logrank_test(time, group, event)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.test_statistic, theirs.p_value), rel=1e-9)
    assert ours.groups == ("dies out", "early", "late")
    assert ours.observed.tolist() == [event[group == name].sum() for name in ours.groups]
    assert ours.expected.sum() == pytest.approx(event.sum())
    two = group != "late"
    z = signed_log_rank_z(time[two], event[two], group[two] == "early")
    pair = log_rank(time[two], event[two], group[two])
    assert z**2 == pytest.approx(pair.statistic)
    assert np.sign(z) == np.sign(pair.observed[1] - pair.expected[1])


def test_one_group_has_nothing_to_be_compared_with():
    alone = log_rank([1, 2], [1, 1], ["a", "a"])
    assert alone.statistic == 0
    assert np.isnan(alone.p)
    assert signed_log_rank_z([1, 2, 3], [0, 0, 0], [True, False, True]) == 0


def test_a_case_is_a_switcher_above_a_fifth_of_the_repeats_it_has_a_score_in():
    rows = {"a": [0.1] * 10, "b": [0.8] * 2 + [0.2] * 8, "c": [0.15] * 2 + [0.6] * 8, "d": [0.9] * 10}
    wide = pd.DataFrame(rows).rename_axis("repeat").reset_index()
    long = wide.melt("repeat", var_name="case_id", value_name="percentile")
    for first, share in ((0, 2 / 10), (1, 1 / 9)):
        found = risk_groups(long[long["repeat"] >= first])
        assert found.table["group"].tolist() == ["low", "low", "high", "high"]
        assert found.table["other_share"].tolist() == pytest.approx([0, share, share, 0])
        assert found.n_switchers == 0
    gone = long[(long["repeat"] < 9) | long["case_id"].isin(["a", "d"])]
    assert risk_groups(gone).table["other_share"].tolist() == pytest.approx([0, 2 / 9, 2 / 9, 0])
    assert risk_groups(gone).table["switcher"].tolist() == [False, True, True, False]
    assert risk_groups(gone).n_switchers == 2


def test_separation_of_halves_takes_the_upper_half_as_high():
    time, event = np.arange(1.0, 9), np.ones(8)
    falling = np.linspace(0.9, 0.1, 8)
    expected = signed_log_rank_z(time, event, falling > 0.5)
    assert separation(time, event, falling) == pytest.approx(expected)
    assert expected > 2


def test_tables_of_a_time_keep_the_order_in_which_groups_appear(groups):
    curves = kaplan_meier(*groups)
    names = ["late", "dies out", "early"]
    assert curves.survival_at(3)["group"].tolist() == curves.at_risk(3)["group"].tolist() == names
