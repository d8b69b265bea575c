"""Charts say what the frame says: encodings, captions and rows are data, so they are tested as data."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from radiomics_core.i18n import language
from radiomics_core.plots import (
    comparison,
    correlation,
    distribution,
    explanations,
    parts,
    predictions,
    survival,
    theme,
)
from radiomics_core.plots.export import chart_csv, chart_frame, chart_png, chart_svg
from tests.unit.plots import chart_samples as samples

EVERY = sorted(samples.CHARTS)


def walk(part):
    if isinstance(part, dict):
        yield part
        for key, value in part.items():
            if key not in ("data", "datasets"):
                yield from walk(value)
    elif isinstance(part, list):
        for value in part:
            yield from walk(value)


def titles(spec):
    return [p["title"] for p in walk(spec) if isinstance(p.get("title"), dict) and "text" in p["title"]]


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_exports_as_svg_in_white(name):
    svg = chart_svg(samples.CHARTS[name]()).decode()
    assert svg.startswith("<svg")
    assert theme.BACKGROUND.lower() in svg.lower()
    assert "NaN" not in svg


@pytest.mark.parametrize("name", EVERY)
def test_no_feature_name_is_a_field(name):
    spec = samples.CHARTS[name]().to_dict()
    fields = {p["field"] for p in walk(spec) if isinstance(p.get("field"), str)}
    assert all(field.isidentifier() for field in fields)


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_has_a_title_and_a_caption(name):
    first = titles(samples.CHARTS[name]().to_dict())[0]
    assert first["text"]
    assert any(first["subtitle"])


@pytest.mark.parametrize("name", EVERY)
def test_dark_changes_colours_and_nothing_else(name):
    chart = samples.CHARTS[name]()
    light, dark = (theme.styled(chart, dark=d).to_dict(validate=False) for d in (False, True))
    assert dark["config"]["background"] == theme.DARK_OF[theme.BACKGROUND]
    assert light["datasets"] == dark["datasets"] if "datasets" in light else True
    ours = {
        p["color"] for p in walk({k: v for k, v in dark.items() if k != "config"}) if isinstance(p.get("color"), str)
    }
    assert not ours & (set(theme.DARK_OF) - {theme.GRID})


@pytest.mark.parametrize("name", EVERY)
def test_every_word_goes_through_translation(name):
    with language("qps"):
        spec = samples.CHARTS[name]().to_dict()
    words = [t["text"] for t in titles(spec)]
    words += [p["title"] for p in walk(spec) if isinstance(p.get("title"), str) and p.get("field")]
    plain = {"p", "q", "n", "AUC", "a:b", "Outcome", "group", *samples.FEATURES}
    bare = [
        w
        for w in words
        if "⟦" not in w and w not in plain and not w.startswith(("CT__", "CT tumour", "wavelet", "Joint"))
    ]
    assert bare == []


def test_text_has_a_contrast_of_at_least_four_and_a_half():
    for dark in (False, True):
        background = theme.colour(theme.BACKGROUND, dark)
        for ink in (theme.TEXT, theme.MUTED):
            assert theme.contrast(theme.colour(ink, dark), background) >= 4.5


def test_group_colours_differ_from_the_background_by_three():
    for dark, ink in itertools.product((False, True), (theme.LOW_RISK, theme.HIGH_RISK, theme.ACCENT, theme.NEUTRAL)):
        assert theme.contrast(theme.colour(ink, dark), theme.colour(theme.BACKGROUND, dark)) >= 3


def test_contrast_of_black_and_white_is_twenty_one():
    # WCAG 2.2: (1 + 0.05) / (0 + 0.05); #767676 is the well-known grey of 4.54 on white
    assert theme.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_chart_frame_gives_back_the_rows_that_are_drawn():
    frame = chart_frame(samples.CHARTS["univariate_ranking"]())
    assert list(frame["feature"]) == samples.FEATURES
    assert list(frame["effect"]) == pytest.approx(list(samples.tested()["auc"]))
    assert chart_csv(samples.CHARTS["univariate_ranking"]()).startswith("\ufefffeature,".encode())


def test_png_grows_with_resolution():
    chart = samples.CHARTS["shap_bar"]()
    small, large = (chart_png(chart, pixels_per_inch=ppi) for ppi in (72, 144))
    width = [int.from_bytes(png[16:20], "big") for png in (small, large)]
    assert width[1] == pytest.approx(2 * width[0], abs=2)


def test_forest_separates_rows_band_and_what_does_not_apply():
    chart = comparison.headline_forest(samples.comparison_rows(), folds_text="5 folds")
    rows = chart_frame(chart)
    assert list(rows["label"]) == ["Radiomics", "Clinical", "Volume only"]
    assert rows["text"].iloc[0] == "0.81 (0.71–0.89)"
    caption = titles(chart.to_dict())[0]["subtitle"][0]
    assert "n = 80, 39 events" in caption
    assert "not applicable: Centre only" in caption
    bands = [r for rows in chart.to_dict()["datasets"].values() for r in rows if "band_low" in r]
    assert bands == [{"band_low": pytest.approx(0.4), "band_high": pytest.approx(0.58)}]


def test_forest_names_the_pipeline_where_inputs_repeat():
    rows = samples.comparison_rows().iloc[[0, 0, 1]].assign(selector=["lasso", "mrmr", "x"], model="logistic")
    labels = list(chart_frame(comparison.headline_forest(rows.reset_index(drop=True)))["label"])
    assert labels == ["Radiomics · lasso · logistic", "Radiomics · mrmr · logistic", "Clinical"]


def test_overview_of_fifteen_hundred_features_draws_at_most_sixty_by_sixty_blocks():
    n = 1500
    rows = chart_frame(correlation.cluster_overview(np.eye(n), [f"f{i}" for i in range(n)], np.arange(n) // 50))
    assert len(rows) == 60 * 60
    on_diagonal = rows[rows["i"] == rows["j"]]["value"]
    assert on_diagonal.to_numpy() == pytest.approx(1 / 25)  # 25 features a block: 25 ones among 625


def test_heatmap_keeps_sixty_representatives_and_says_so():
    chart = correlation.correlation_heatmap(np.eye(80), [f"CT__t__f{i}" for i in range(80)])
    assert len(chart_frame(chart)) == 3600
    assert "60 of 80" in titles(chart.to_dict())[0]["subtitle"][0]


@pytest.mark.parametrize("name", ["case_map", "feature_scatter", "score_strip", "shap_beeswarm"])
def test_a_click_on_a_point_selects_its_case(name):
    spec = samples.CHARTS[name]().to_dict()
    picks = [p for p in walk(spec) if p.get("name") == "case" and "select" in p]
    assert picks[0]["select"]["fields"] == ["case"]


def test_score_strip_counts_events_and_marks_the_confidently_wrong():
    rows = chart_frame(predictions.score_strip(samples.scores()))
    assert rows["event"].sum() == samples.EVENT.sum()
    assert set(rows[rows["wrong"]]["case"]) == set(samples.scores().query("wrong")["case_id"])


def test_low_risk_is_blue_and_high_risk_vermilion_whatever_comes_first():
    for order in (["low", "high"], ["high", "low"]):
        scale = parts.group_scale(order).to_dict()
        colours = dict(zip(scale["domain"], scale["range"], strict=True))
        assert colours == {"low": theme.BLUE, "high": theme.VERMILION}


def test_number_at_risk_stands_under_the_curve_at_the_same_times():
    spec = samples.CHARTS["survival_chart"]().to_dict()
    table = next(rows for rows in spec["datasets"].values() if rows and "n" in rows[0])
    at_risk = samples.curves().at_risk([0, 500, 1000, 1500])
    assert sorted(r["n"] for r in table) == sorted(at_risk["at_risk"])
    domains = [p["scale"]["domain"] for p in walk(spec) if p.get("field") == "time" and "scale" in p]
    assert all(domain == [0, 1500] for domain in domains)
    assert "p = 0.005" in titles(spec)[0]["subtitle"][0]


def test_hazard_ratios_stand_on_a_log_axis_with_their_reference():
    chart = survival.hazard_ratio_forest(samples.ratios(), n=80, events=52)
    rows = chart_frame(chart)
    assert list(rows["label"]) == ["Rad-score, per SD", "sex: M against F"]
    assert rows["text"].iloc[0] == "2.00 (1.40–2.90)   p < 0.001"
    assert {p["scale"]["type"] for p in walk(chart.to_dict()) if p.get("field") == "low"} == {"log"}
    assert "in-sample" in titles(chart.to_dict())[0]["subtitle"][0]


def test_waterfall_steps_add_up_to_the_prediction():
    rows = chart_frame(explanations.shap_waterfall(samples.one_case(), -0.2, top=3))
    assert len(rows) == 4  # three features and the rest
    assert rows["start"].iloc[0] == pytest.approx(-0.2)
    assert list(rows["end"].iloc[:-1]) == pytest.approx(list(rows["start"].iloc[1:]))
    assert rows["end"].iloc[-1] == pytest.approx(-0.2 + samples.one_case()["shap"].sum())


def test_beeswarm_orders_features_by_mean_absolute_value_and_keeps_every_case():
    rows = chart_frame(explanations.shap_beeswarm(samples.shap(), top=3))
    assert set(rows["feature"]) == set(samples.FEATURES[:3])
    assert len(rows) == 3 * samples.N
    assert rows["offset"].abs().max() <= 1


def test_more_rows_than_the_usual_limit_are_drawn():
    many = pd.concat([samples.shap().assign(case_id=f"c{i}") for i in range(40)], ignore_index=True)
    assert len(many) > 5000
    assert explanations.shap_beeswarm(many).to_dict()


@pytest.mark.parametrize(("p", "text"), [(0.03, "p = 0.03"), (0.0004, "p < 0.001"), (0.005, "p = 0.005")])
def test_p_has_no_more_digits_than_it_earns(p, text):
    assert parts.p_text(p) == text


def test_short_names_stay_different_and_lose_what_all_share():
    names = pd.Series([f"CT__tumour__{'x' * 60}_{i}_{'y' * 60}" for i in range(5)] + ["CT__tumour__Mean"])
    short = parts.short_names(names)
    assert short.is_unique
    assert short.iloc[-1] == "Mean"


def test_a_feature_without_groups_is_captioned_with_its_n_alone():
    chart = distribution.feature_distribution(samples.cases_by_group().assign(group=""), feature="x")
    assert titles(chart.to_dict())[0]["subtitle"] == [f"n = {samples.N}"]


def test_dependence_takes_the_rows_of_one_feature_or_all_when_there_is_one():
    one = samples.shap().query("feature == @samples.FEATURES[2]")
    from_all = chart_frame(explanations.shap_dependence(samples.shap(), samples.FEATURES[2]))
    from_one = chart_frame(explanations.shap_dependence(one.drop(columns="feature"), samples.FEATURES[2]))
    pd.testing.assert_frame_equal(from_all, from_one)
