"""What each model is, written down a second time: scikit-learn's parameters, penalties and their optimum."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from radiomics_core.errors import SettingsError
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.models.cox import CoxModel
from radiomics_core.models.family import model_score
from radiomics_core.models.ridge_logistic import RidgeLogistic

SAME_MODELS = {
    "svm_linear": ({"costs": (0.02, 2.0)}, lambda c: SVC(C=c, kernel="linear")),
    "svm_rbf": ({"costs": (0.5, 4.0)}, lambda c: SVC(C=c, kernel="rbf", gamma="scale")),
    "logistic_lasso": (
        {"inverse_penalties": (0.2, 2.0)},
        lambda c: LogisticRegression(C=c, l1_ratio=1.0, solver="liblinear", random_state=3),
    ),
    "lda": ({"shrinkages": (0.9, 0.2)}, lambda s: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=s)),
    "random_forest": (
        {"n_trees": 7, "min_leaf_sizes": (9, 2)},
        lambda n: RandomForestClassifier(7, min_samples_leaf=n, random_state=3),
    ),
    "boosting": (
        {"n_trees": 9, "learning_rates": (0.1, 0.3)},
        lambda r: GradientBoostingClassifier(
            n_estimators=9, learning_rate=r, max_depth=2, subsample=0.8, random_state=3
        ),
    ),
    "logistic": ({"inverse_penalty": 5.0}, lambda c: LogisticRegression(C=c, tol=1e-10, max_iter=5000)),
    "logistic_ridge": (
        {"inverse_penalties": (0.1, 5.0)},
        lambda c: LogisticRegression(C=c, tol=1e-10, max_iter=5000),
    ),
    "naive_bayes": ({"smoothing": 0.3}, lambda s: GaussianNB(var_smoothing=s)),
}


@pytest.fixture
def sample():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(90, 6)) * [1, 2, 1, 1, 0.5, 1] + [0, 1, 0, 0, 0, 3]
    return features, (generator.random(90) < expit(1.5 * features[:, 0] - features[:, 1])).astype(float)


def reference_score(model, features):
    if hasattr(model, "decision_function"):
        return model.decision_function(features)
    return logit(np.clip(model.predict_proba(features)[:, 1], 1e-6, 1 - 1e-6))


@pytest.mark.parametrize("name", SAME_MODELS)
def test_each_tuning_value_is_scikit_learns_model_with_these_parameters(name, sample):
    features, events = sample
    values, make = SAME_MODELS[name]
    tuned = list(values.values())[-1]
    family = CLASSIFIERS.build(name, CLASSIFIERS[name].settings(**values))
    several = tuned if isinstance(tuned, tuple) else (tuned,)
    for candidate, value in zip(family.candidates, several, strict=True):
        expected = reference_score(make(value).fit(features, events), features)
        assert model_score(candidate.make(3).fit(features, events), features) == pytest.approx(expected, abs=1e-4)
        assert candidate.label.endswith(f"={value:g}") == isinstance(tuned, tuple)


def test_only_scores_that_are_log_odds_or_log_hazards_are_tuned_by_deviance():
    families = {row.name: registry.build(row.name) for registry in (CLASSIFIERS, SURVIVAL_MODELS) for row in registry}
    assert {name for name, one in families.items() if one.tuned_by == "deviance"} == {"logistic_ridge", "ridge_cox"}


@pytest.mark.parametrize(("n", "asked", "used"), [(90, 7, 7), (20, 15, 10), (3, 15, 1)])
def test_neighbours_are_at_most_half_of_the_cases_and_their_share_is_shrunken(n, asked, used, sample):
    features, events = sample[0][:n], np.arange(n) % 2.0
    family = CLASSIFIERS.build("knn", CLASSIFIERS["knn"].settings(neighbours=(asked,)))
    found = family.candidates[0].make(0).fit(features, events).predict_proba(sample[0])[:, 1]
    votes = KNeighborsClassifier(used).fit(features, events).predict_proba(sample[0])[:, 1] * used
    assert found == pytest.approx((votes + 1) / (used + 2))


def test_probabilities_and_classes_of_ridge_logistic_go_with_its_log_odds(sample):
    features, events = sample
    model = RidgeLogistic(0.5).fit(features, events)
    log_odds = features @ model.coef_[0] + model.intercept_[0]
    assert model.predict_proba(features) == pytest.approx(np.column_stack([expit(-log_odds), expit(log_odds)]))
    assert model.predict(features).tolist() == (log_odds > 0).astype(float).tolist()
    assert model.get_params() == {"inverse_penalty": 0.5}


@pytest.mark.parametrize(("size", "share"), [(1.0, 0.02), (40.0, 0.5)])
def test_ridge_logistic_arrives_where_the_gradient_is_nothing(size, share):
    generator = np.random.default_rng(7)
    features = generator.normal(size=(60, 4)) * size + 2 * size  # the first Newton step overshoots when size is 40
    events = (features[:, 0] > np.quantile(features[:, 0], 1 - share)).astype(float)
    model = RidgeLogistic(50.0).fit(features, events)
    rest = events - expit(model.decision_function(features))
    assert 50 * features.T @ rest == pytest.approx(model.coef_[0], abs=1e-5)
    assert rest.sum() == pytest.approx(0, abs=1e-6)


def test_a_score_is_the_log_odds_of_the_probability_bounded_or_else_the_prediction():
    class Sure:
        def predict_proba(self, features):
            return np.column_stack([1 - features[:, 0], features[:, 0]])

    class Plain:
        def predict(self, features):
            return features[:, :1]

    given = np.array([[0.0], [0.25], [1.0]])
    edge = np.log((1 - 1e-6) / 1e-6)
    assert model_score(Sure(), given) == pytest.approx([-edge, np.log(1 / 3), edge])
    assert model_score(Plain(), given).tolist() == [0, 0.25, 1]


@pytest.mark.parametrize("n_patients", [10_000, 25])
def test_the_ridge_of_a_cox_model_is_its_penalty_times_the_events_and_a_trace(n_patients):
    generator = np.random.default_rng(2)
    features = generator.normal(size=(50, 3))
    times = generator.exponential(np.exp(-features[:, 0])) + 0.01
    target = np.column_stack([times, np.arange(50) % 3 > 0, generator.integers(0, n_patients, 50)])
    weights = np.array([1 / np.sum(target[:, 2] == patient) for patient in target[:, 2]])
    family = SURVIVAL_MODELS.build("ridge_cox", SURVIVAL_MODELS["ridge_cox"].settings(penalties=(2.0, 0.2)))
    candidates = (*family.candidates, *SURVIVAL_MODELS.build("cox").candidates)
    for candidate, per_event in zip(candidates, (2, 0.2, 0), strict=True):
        model = candidate.make(1).fit(features, target)
        gradient = np.zeros(3)
        for at in np.flatnonzero(target[:, 1]):
            there = times >= times[at]
            risk = weights[there] * np.exp(features[there] @ model.coefficients)
            gradient += weights[at] * (features[at] - np.average(features[there], axis=0, weights=risk))
        ridge = per_event * weights[target[:, 1] == 1].sum() + 0.01
        assert gradient == pytest.approx(ridge * model.coefficients, abs=1e-6)
        assert model.decision_function(features) == pytest.approx(features @ model.coefficients)


def test_a_cox_model_that_is_not_fitted_has_no_coefficients():
    with pytest.raises(SettingsError, match="not fitted"):
        _ = CoxModel(1.0).coefficients
