"""Every row is an estimator by scikit-learn's own checks, and the same method as in the dashboard's analyses."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from radiomics_core.errors import SettingsError
from radiomics_core.features.screens import SCREENS
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.models.family import model_score
from radiomics_core.selection import SELECTORS
from radiomics_core.sklearn import RowClassifier, RowScreen, RowSelector, RowSurvivalModel, RowSurvivalSelector

EVERY_ROW = [
    *(RowSelector(name) for name in SELECTORS.names("binary")),
    *(RowSurvivalSelector(name) for name in SELECTORS.names("time_to_event")),
    *(RowScreen(name) for name in SCREENS.names()),
    *(RowClassifier(name) for name in CLASSIFIERS.names()),
    *(RowSurvivalModel(name) for name in SURVIVAL_MODELS.names()),
]


NOT_FOR_SURVIVAL = {"check_pipeline_consistency"}
"""Its target, 0 and 1, holds no two times that can be compared, so there is no C."""
CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{estimator.method}-{number}")
    for estimator in EVERY_ROW
    for number, (_one, check) in enumerate(estimator_checks_generator(estimator, mark=None))
    if not (isinstance(estimator, RowSurvivalModel) and check.func.__name__ in NOT_FOR_SURVIVAL)
]


@pytest.mark.covering(most=200)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_every_row_passes_scikit_learns_checks(estimator, check):
    check(clone(estimator))


@pytest.fixture
def cases():
    generator = np.random.default_rng(1)
    features = pd.DataFrame(generator.normal(size=(90, 8)), columns=[f"feature_{i}" for i in range(8)])
    return features, np.where(features["feature_3"] + 0.5 * generator.normal(size=90) > 0, "event", "none")


@pytest.mark.parametrize("name", SELECTORS.names("binary"))
def test_a_selector_keeps_what_the_dashboards_selector_ranks(name, cases):
    features, outcome = cases
    made = RowSelector(name, n_features=3, random_state=5).fit(features, outcome)
    # classes in order: "event", "none"
    ranked = SELECTORS.build(name).rank(features.to_numpy(), (outcome == "none").astype(float), 3, 5)
    assert made.ranking_.tolist() == ranked.tolist()
    assert made.get_feature_names_out().tolist() == [f"feature_{i}" for i in sorted(ranked)]


@pytest.mark.parametrize("name", CLASSIFIERS.names())
def test_a_classifier_scores_as_the_dashboards_model(name, cases):
    features, outcome = cases
    x, y = features.to_numpy(), (outcome == "none").astype(float)
    candidate = CLASSIFIERS.build(name).candidates[-1]
    made = RowClassifier(name, candidate=candidate.label or 0, random_state=5).fit(features, outcome)
    assert made.decision_function(features).tolist() == model_score(candidate.make(5).fit(x, y), x).tolist()
    assert set(made.predict(features)) == {"event", "none"}


@pytest.mark.parametrize("name", SURVIVAL_MODELS.names())
def test_a_survival_model_takes_times_as_columns_by_sign_and_as_a_structured_array(name, cases):
    features, _outcome = cases
    generator = np.random.default_rng(2)
    time = generator.exponential(np.exp(-features["feature_1"]))
    event = generator.random(90) < 0.7
    structured = np.array(list(zip(event, time, strict=True)), dtype=[("event", bool), ("time", float)])
    ways = [np.column_stack([time, event]), np.where(event, time, -time), structured]
    fitted = [RowSurvivalModel(name).fit(features, way) for way in ways]
    first, *others = (one.predict(features).tolist() for one in fitted)
    assert all(other == first for other in others)
    assert fitted[0].score(features, structured) > 0.7


def test_rows_work_in_a_pipeline_in_cross_validation_and_in_a_search_over_their_tuning_values(cases):
    features, outcome = cases
    features.iloc[::5, 0] = np.nan
    features["constant"] = 1.0
    pipeline = make_pipeline(
        RowScreen("near_constant", settings={"max_missing_share": 0.01}), StandardScaler(),
        RowSelector("anova", n_features=2), RowClassifier("svm_linear"),
    )  # fmt: skip
    assert cross_val_score(pipeline, features, outcome, cv=3, scoring="roc_auc").mean() > 0.8
    grid = {"rowclassifier__candidate": RowClassifier("svm_linear").candidates()}
    found = GridSearchCV(pipeline, grid, cv=3).fit(features, outcome)
    assert found.best_params_["rowclassifier__candidate"] in ("C=0.01", "C=0.1", "C=1")
    kept = found.best_estimator_["rowscreen"].get_feature_names_out().tolist()
    assert kept == [f"feature_{i}" for i in range(1, 8)]


def test_settings_and_tuning_values_that_do_not_exist_are_refused_with_those_that_do(cases):
    with pytest.raises(SettingsError, match=r"unknown setting size.*Known settings: .*sizes"):
        RowSelector("anova", settings={"size": (3,)}).fit(*cases)
    with pytest.raises(SettingsError, match=r"no tuning value 'C=7'.*C=0.01, C=0.1, C=1"):
        RowClassifier("logistic_ridge", candidate="C=7").fit(*cases)


def test_the_example_of_the_page_runs():
    page = Path(__file__).resolve().parents[3] / "docs" / "scikit-learn.md"
    example = page.read_text("utf-8").split("```python\n")[1].split("```")[0].replace("cv=5", "cv=3")
    made: dict[str, float] = {}
    exec(example, made)
    assert made["auc"] > 0.97
