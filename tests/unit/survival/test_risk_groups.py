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
    assert table["group"].to_dict() == {"a": "low", "b": "high", "c": "high", "d": "high"}
    assert table.loc["c", "other_share"] == pytest.approx(0.4)
    assert result.n_switchers == 1  # d switches in exactly 20 %, which is not more than 20 %


def test_tertiles_make_three_groups_with_the_cut_itself_counted_as_higher():
    table = risk_groups(long({"a": [0.2], "b": [1 / 3], "c": [0.7]}), "tertiles").frame()
    assert list(table["group"]) == ["low", "middle", "high"]


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
