"""Groups that do not separate are shown without a p and without a hazard ratio, whatever those numbers are."""

from types import SimpleNamespace

import pandas as pd
import pytest

from pages.modelling.panels import survival_groups

COUNTS = pd.DataFrame({"group": ["low", "high"], "n": [20, 20], "events": [9, 5], "median": [300.0, float("nan")]})


def row(separates):
    return pd.Series(
        {
            "inputs": "radiomics",
            "separates": separates,
            "permutation_p": 0.02,
            "n": 40,
            "events": 14,
            "hr_high_low": 2.5,
        }
    )


@pytest.fixture
def evaluation():
    frames = {"curves": pd.DataFrame({"time": [0.0]}), "at_risk": pd.DataFrame({"time": [0.0]}), "group_counts": COUNTS}
    return SimpleNamespace(meta={"unit": "days"}, endpoint=None, of=lambda inputs, name: frames[name])


@pytest.mark.parametrize(("separates", "p"), [(True, 0.02), (False, None)])
def test_the_chart_has_a_p_only_where_the_groups_separate(monkeypatch, evaluation, separates, p):
    given = {}
    monkeypatch.setattr(survival_groups, "survival_chart", lambda *args, **options: given.update(options))
    survival_groups._chart(evaluation, "radiomics", row(separates))
    assert given["p"] == p


def test_the_headline_says_no_separation_before_any_p():
    assert "no separation" in survival_groups._headline("radiomics", row(False))
    assert "p = 0.02" in survival_groups._headline("radiomics", row(True))


@pytest.mark.parametrize("separates", [True, False])
def test_the_hazard_ratio_of_the_groups_is_said_only_where_they_separate(monkeypatch, evaluation, separates):
    given = {}
    monkeypatch.setattr(survival_groups.cards, "table_card", lambda *args, **options: given.update(options))
    survival_groups._counts(evaluation, "radiomics", row(separates))
    assert ("Hazard ratio of high against low risk 2.5" in given["caption"]) is separates
