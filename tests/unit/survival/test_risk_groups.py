import numpy as np
import pandas as pd
import pytest

from radiomics_core.errors import SettingsError
from radiomics_core.survival.kaplan_meier import kaplan_meier
from radiomics_core.survival.risk_groups import risk_groups, separation


def long(rows):
    return pd.DataFrame(
        [(c, r, p) for c, ps in rows.items() for r, p in enumerate(ps)], columns=["case_id", "repeat", "percentile"]
    )


def test_group_comes_from_the_mean_over_repeats_and_switchers_are_counted():
    result = risk_groups(long({"a": [0.1] * 5, "b": [0.9] * 5, "c": [0.6, 0.6, 0.6, 0.4, 0.4], "d": [0.9] * 4 + [0.2]}))
    table = result.frame().set_index("case_id")
    # means .1, .9, .52, .76; by repeat c is below d four times of five
    assert table["group"].to_dict() == {"a": "low", "b": "high", "c": "low", "d": "high"}
    assert table["other_share"].to_dict() == pytest.approx({"a": 0, "b": 0, "c": 0.2, "d": 0.2})
    assert result.n_switchers == 0  # exactly 20 % is not more than 20 %
    moved = long({"a": [0.1] * 5, "b": [0.9] * 5, "c": [0.5] * 5, "d": [0.4, 0.4, 0.8, 0.9, 0.9]})
    assert risk_groups(moved).frame().set_index("case_id")["other_share"].to_dict() == pytest.approx(
        {"a": 0, "b": 0, "c": 0.4, "d": 0.4}
    )
    assert risk_groups(moved).n_switchers == 2


@pytest.mark.parametrize("n", [90, 91, 92])
@pytest.mark.parametrize("grouping", ["median", "tertiles"])
def test_groups_are_halves_or_thirds_although_averages_are_drawn_to_the_middle(n, grouping):
    """Percentiles of ten repeats with much noise: cut at 1/3 and 2/3 the middle would hold more than half."""
    rng = np.random.default_rng(n)
    each = np.clip(np.linspace(0.3, 0.7, n)[:, None] + rng.normal(0, 0.3, (n, 10)), 0, 1)
    assert np.mean((each.mean(axis=1) > 1 / 3) & (each.mean(axis=1) < 2 / 3)) > 0.5
    table = risk_groups(long({f"c{i:02d}": row for i, row in enumerate(each)}), grouping).frame()
    sizes = table["group"].value_counts()
    assert sizes.max() - sizes.min() <= 1
    order = table.sort_values("percentile")["group"].map(["low", "middle", "high"].index)
    assert order.is_monotonic_increasing


def test_equal_scores_are_never_parted_and_the_cut_itself_counts_as_higher():
    table = risk_groups(
        long({c: [p] for c, p in zip("abcdef", [0.1, 0.1, 0.1, 0.1, 0.6, 0.9], strict=True)}), "tertiles"
    )
    # the four equal ones stand in the middle of places 0 to 4 of 6: exactly at 1/3
    assert list(table.frame()["group"]) == ["middle"] * 4 + ["high"] * 2


def test_a_case_without_a_score_in_one_repeat_is_grouped_by_the_others():
    rows = long({"a": [0.1, 0.2], "b": [0.4, 0.3], "c": [0.6, 0.7], "d": [0.9, 0.8]})
    table = risk_groups(rows[~((rows["case_id"] == "a") & (rows["repeat"] == 1))]).frame()
    assert list(table["group"]) == ["low", "low", "high", "high"]


def test_a_case_twice_in_a_repeat_is_refused():
    with pytest.raises(ValueError, match="duplicate"):
        risk_groups(pd.concat([long({"a": [0.2]}), long({"a": [0.3]})]))
    with pytest.raises(SettingsError, match="'quartiles'"):
        risk_groups(long({"a": [0.2]}), "quartiles")


def test_separation_of_tertiles_leaves_out_the_middle():
    time, event = np.array([1.0, 2, 3, 4, 5, 6]), np.ones(6)
    percentile = np.array([0.9, 0.8, 0.5, 0.5, 0.1, 0.2])
    ends = [0, 1, 4, 5]
    assert separation(time, event, percentile, "tertiles") == pytest.approx(
        separation(time[ends], event[ends], percentile[ends])
    )


def test_separation_is_negative_when_the_order_is_reversed():
    time, event = np.arange(1.0, 11), np.ones(10)
    assert separation(time, event, np.linspace(1, 0, 10)) > 2
    assert separation(time, event, np.linspace(0, 1, 10)) < -2
    assert separation(time, event, np.ones(10)) == 0


def test_the_median_of_an_even_number_of_deaths_is_the_time_at_which_half_have_died():
    """Survival is then one half exactly, which a running product in floating point may miss."""
    for n in range(2, 100, 2):
        times = np.arange(1.0, n + 1)
        assert kaplan_meier(times, np.ones(n)).counts["median"].item() == n / 2
