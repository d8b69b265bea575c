import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from radiomics_core.evaluation.discrimination import auc
from radiomics_core.models import CLASSIFIERS
from radiomics_core.models.family import model_score
from radiomics_core.models.ridge_logistic import RidgeLogistic


@pytest.fixture
def sample():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(80, 6))
    return features, (generator.random(80) < 1 / (1 + np.exp(-2 * features[:, 0]))).astype(float)


@pytest.mark.parametrize("inverse_penalty", [0.01, 1.0, 1000.0])
def test_ridge_logistic_is_the_optimum_sklearn_finds(inverse_penalty, sample):
    features, y = sample
    ours = RidgeLogistic(inverse_penalty).fit(features, y)
    reference = LogisticRegression(C=inverse_penalty, tol=1e-10, max_iter=5000).fit(features, y)
    assert ours.coef_[0] == pytest.approx(reference.coef_[0], abs=1e-5)
    assert ours.intercept_[0] == pytest.approx(reference.intercept_[0], abs=1e-5)


def test_ridge_logistic_stays_finite_on_separated_data(sample):
    features, _y = sample
    weights = RidgeLogistic(1000.0).fit(features, (features[:, 0] > 0).astype(float)).coef_
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() < 100


@pytest.mark.parametrize("name", CLASSIFIERS.names())
def test_every_classifier_scores_events_higher_in_fresh_cases(name, sample):
    features, y = sample
    generator = np.random.default_rng(1)
    fresh = generator.normal(size=(300, 6))
    fresh_y = (generator.random(300) < 1 / (1 + np.exp(-2 * fresh[:, 0]))).astype(float)
    for candidate in CLASSIFIERS.build(name).candidates:
        assert auc(fresh_y, model_score(candidate.make(3).fit(features, y), fresh)) > 0.65


@pytest.mark.parametrize("name", CLASSIFIERS.names())
def test_every_classifier_repeats_itself_with_the_same_seed(name, sample):
    features, y = sample
    candidate = CLASSIFIERS.build(name).candidates[0]
    first, second = (model_score(candidate.make(3).fit(features, y), features) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_linear_shortcut_is_the_decision_function(sample):
    features, y = sample
    model = CLASSIFIERS.build("svm_linear").candidates[0].make(0).fit(features, y)
    assert model_score(model, features) == pytest.approx(model.decision_function(features), abs=1e-10)
