import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis import run
from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint
from radiomics_core.errors import NotApplicableError
from radiomics_core.explain import shap_values
from radiomics_core.explain.explanation import ShapExplanation
from radiomics_core.explain.shap_values import ExplanationSettings
from radiomics_core.explain.subject import refit
from radiomics_core.models import CLASSIFIERS

N = 60
NAMES = [f"f{j}" for j in range(8)]


def cohort(kind="binary"):
    rng = np.random.default_rng(2)
    features = rng.normal(size=(N, len(NAMES)))
    features[::17, 1] = np.nan
    ids = tuple(f"c{i:02d}" for i in range(N))
    risk = 2 * features[:, 3]
    if kind == "binary":
        endpoint = BinaryEndpoint(name="r", column="r", positive="1")
        values = EndpointValues(endpoint, ids, (risk + rng.logistic(size=N) > 0).astype(float))
    else:
        endpoint = TimeToEventEndpoint(name="os", event_column="e", time_column="t")
        values = EndpointValues(endpoint, ids, (rng.random(N) < 0.8) * 1.0, rng.exponential(np.exp(-risk)))
    blocks = {
        "radiomics": Block("radiomics", tuple(NAMES), "radiomics"),
        "clinical": Block("clinical", ("age",), "clinical"),
        "combined": Block("combined", (*NAMES, "age"), "combined"),
    }
    clinical = pd.DataFrame({"age": rng.normal(60, 8, N)}, index=list(ids))
    return AnalysisData(
        ids, ids, None, pd.DataFrame(features, index=list(ids), columns=NAMES), blocks, clinical, values
    )


def evaluate(data, classifiers, inputs=("radiomics",), repeats=2):
    settings = AnalysisSettings(
        folds=3, repeats=repeats, shuffles=0, selectors=("mann_whitney",), models=classifiers, inputs=inputs,
        interval=False,
    )  # fmt: skip
    units = run.units_of_work(data, settings)
    return run.assemble(data, settings, [run.run_unit(data, settings, u) for u in units])


def explain(subject, settings=None):
    settings = settings or ExplanationSettings()
    results = [shap_values.run_unit(subject, settings, u) for u in shap_values.units_of_work(subject, settings)]
    return shap_values.assemble(subject, settings, results)


def assert_adds_up(explanation):
    sums = explanation.values.groupby(["case_id", "repeat"])["shap"].sum()
    cases = explanation.cases.set_index(["case_id", "repeat"])
    total = cases["base"] + sums.reindex(cases.index, fill_value=0.0)
    assert total.to_numpy() == pytest.approx(cases["score"].to_numpy(), abs=1e-6)


@pytest.fixture(scope="module")
def ridge():
    data = cohort()
    evaluation = evaluate(data, ("logistic_ridge",))
    return data, evaluation, explain(shap_values.subject_of(data, evaluation))


@pytest.mark.parametrize("classifier", CLASSIFIERS.names())
def test_base_and_contributions_add_up_to_the_held_out_log_odds(classifier):
    data = cohort()
    evaluation = evaluate(data, (classifier,), repeats=1)
    row = evaluation.headline_key
    explanation = explain(shap_values.subject_of(data, evaluation, row), ExplanationSettings(repeats=1))
    assert_adds_up(explanation)
    stored = evaluation.of(row, "predictions").query("repeat == 0").set_index("case_id")["probability"]
    if stored.between(1e-6, 1 - 1e-6).all():
        logit = np.log(stored / (1 - stored))
        scores = explanation.cases.set_index("case_id")["score"]
        assert scores.to_numpy() == pytest.approx(logit.loc[scores.index].to_numpy(), abs=1e-4)


def test_survival_model_is_explained_on_the_log_hazard_scale():
    data = cohort("time_to_event")
    settings = AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics", "clinical"))
    units = run.units_of_work(data, settings)
    evaluation = run.assemble(data, settings, [run.run_unit(data, settings, u) for u in units])
    explanation = explain(shap_values.subject_of(data, evaluation))
    assert explanation.scale == "log_hazard"
    assert_adds_up(explanation)
    assert explanation.features["feature"][0] == "f3"


def test_percentile_of_a_held_out_case_is_its_place_among_the_training_cases_scores():
    data = cohort("time_to_event")
    settings = AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics",))
    units = run.units_of_work(data, settings)
    evaluation = run.assemble(data, settings, [run.run_unit(data, settings, u) for u in units])
    fold = refit(shap_values.subject_of(data, evaluation), 0, 1)
    training = fold.fitted.score(fold.block.values[fold.training])
    for row in fold.stored.itertuples():
        expected = np.mean(training < row.score - 1e-12) + np.mean(np.abs(training - row.score) <= 1e-12) / 2
        assert row.percentile == pytest.approx(expected)


def test_each_case_is_explained_once_per_repeat_by_the_model_that_left_it_out(ridge):
    _data, evaluation, explanation = ridge
    explained = explanation.cases.set_index(["repeat", "case_id"])["fold"].sort_index()
    stored = evaluation.splits.set_index(["repeat", "case_id"])["fold"].sort_index()
    assert explained.index.is_unique
    pd.testing.assert_series_equal(explained, stored, check_dtype=False)


def test_planted_feature_leads_the_ranking(ridge):
    assert ridge[2].features["feature"][0] == "f3"
    assert ridge[2].features["n_folds"][0] == 6
    assert (ridge[2].features["mean_abs"] <= ridge[2].features["mean_abs_used"] + 1e-12).all()


def test_only_features_chosen_in_a_fold_are_in_it(ridge):
    _data, evaluation, explanation = ridge
    chosen = evaluation.of(evaluation.headline_key, "chosen")
    keys = ["repeat", "fold", "feature"]
    expected = set(chosen[keys].itertuples(index=False, name=None))
    assert set(explanation.values[keys].itertuples(index=False, name=None)) == expected


def test_values_are_those_of_the_feature_table_missing_ones_missing(ridge):
    data, _evaluation, explanation = ridge
    for row in explanation.by_case().itertuples():
        assert row.value == pytest.approx(data.features.loc[row.case_id, row.feature], nan_ok=True)


def test_waterfall_goes_from_base_to_score(ridge):
    waterfall = ridge[2].waterfall("c05")
    assert waterfall.base + waterfall.frame()["shap"].sum() == pytest.approx(waterfall.score)
    assert waterfall.frame()["shap"].abs().is_monotonic_decreasing
    with pytest.raises(KeyError):
        ridge[2].waterfall("nobody")


def test_dependence_of_an_unused_feature_is_refused(ridge):
    assert list(ridge[2].dependence("f3").columns) == ["case_id", "value", "shap"]
    with pytest.raises(NotApplicableError, match="no fold used the feature 'f99'"):
        ridge[2].dependence("f99")


def test_changed_data_are_refused(ridge):
    data, evaluation, _explanation = ridge
    changed = replace(data, features=data.features.assign(f3=data.features["f3"] ** 3))
    with pytest.raises(NotApplicableError, match="does not give the stored predictions"):
        explain(shap_values.subject_of(changed, evaluation))


def test_stored_and_reloaded_comparison_is_explained_alike_in_another_process(ridge, tmp_path):
    data, evaluation, explanation = ridge
    evaluation.save(tmp_path)
    subject = pickle.loads(pickle.dumps(shap_values.subject_of(data, Evaluation.load(tmp_path))))
    pd.testing.assert_frame_equal(explain(subject).frame(), explanation.frame())


def test_nothing_chosen_anywhere_is_said_and_not_drawn(ridge):
    data, evaluation, _explanation = ridge
    subject, settings = shap_values.subject_of(data, evaluation), ExplanationSettings(repeats=1)
    made = shap_values.run_unit(subject, settings, shap_values.units_of_work(subject, settings)[0])
    empty = replace(made, frames={**made.frames, "values": made.frames["values"].iloc[:0]})
    with pytest.raises(NotApplicableError, match="no fold chose a feature"):
        shap_values.assemble(subject, settings, [empty])


def test_combined_model_is_refused_with_the_way_out():
    data = cohort()
    evaluation = evaluate(data, ("logistic_ridge",), inputs=("radiomics", "clinical", "combined"))
    row = next(key for key in evaluation.keys if key.inputs == "combined")
    with pytest.raises(NotApplicableError, match="Explain the radiomics or the clinical inputs"):
        shap_values.subject_of(data, evaluation, row)


def test_saved_explanation_is_the_same_and_units_come_back_from_files(ridge, tmp_path):
    data, evaluation, explanation = ridge
    explanation.save(tmp_path / "all")
    again = ShapExplanation.load(tmp_path / "all")
    pd.testing.assert_frame_equal(again.frame(), explanation.frame())
    assert again.meta == explanation.meta
    subject, settings = shap_values.subject_of(data, evaluation), ExplanationSettings(repeats=1)
    unit = shap_values.units_of_work(subject, settings)[0]
    made = shap_values.run_unit(subject, settings, unit)
    made.save(tmp_path / "unit")
    loaded = shap_values.FoldExplanation.load(tmp_path / "unit")
    assert loaded.unit == unit
    pd.testing.assert_frame_equal(loaded.frames["values"], made.frames["values"])
