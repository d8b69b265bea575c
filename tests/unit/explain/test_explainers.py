import itertools
from math import factorial

import numpy as np
import pytest

from radiomics_core.explain.explainers import explain_model


def exact_shapley(score, case, background):
    """Interventional Shapley values by counting every coalition."""
    n = len(case)

    def worth(coalition):
        rows = background.copy()
        rows[:, list(coalition)] = case[list(coalition)]
        return score(rows).mean()

    shap = np.zeros(n)
    for feature in range(n):
        others = [j for j in range(n) if j != feature]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for coalition in itertools.combinations(others, size):
                shap[feature] += weight * (worth((*coalition, feature)) - worth(coalition))
    return shap


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 3))
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(size=80) > 0).astype(float)


def test_linear_contributions_equal_exact_shapley_values(cases):
    from sklearn.linear_model import LogisticRegression

    x, y = cases
    model = LogisticRegression().fit(x, y)
    made = explain_model(model, x[:3], x[10:40], tags={"linear"})
    for i in range(3):
        assert made.shap[i] == pytest.approx(exact_shapley(model.decision_function, x[i], x[10:40]))
    assert made.explainer == "linear"


def test_boosted_trees_equal_exact_shapley_values_of_the_log_odds(cases):
    from sklearn.ensemble import GradientBoostingClassifier

    x, y = cases
    model = GradientBoostingClassifier(n_estimators=20, max_depth=2, random_state=0).fit(x, y)
    made = explain_model(model, x[:3], x[10:40], tags={"trees"})
    for i in range(3):
        assert made.shap[i] == pytest.approx(exact_shapley(model.decision_function, x[i], x[10:40]), abs=1e-5)
    assert made.explainer == "trees"


def test_forest_contributions_are_exact_shares_of_the_probability_on_the_log_odds_scale(cases):
    from sklearn.ensemble import RandomForestClassifier

    x, y = cases
    model = RandomForestClassifier(30, min_samples_leaf=5, random_state=0).fit(x, y)
    made = explain_model(model, x[:3], x[10:40], tags={"trees"})
    for i in range(3):
        exact = exact_shapley(lambda rows: model.predict_proba(rows)[:, 1], x[i], x[10:40])
        assert made.shap[i] / made.shap[i].sum() == pytest.approx(exact / exact.sum(), abs=1e-4)
    probability = model.predict_proba(x[:3])[:, 1]
    assert made.base + made.shap.sum(axis=1) == pytest.approx(np.log(probability / (1 - probability)), abs=1e-6)


def test_sampled_permutations_add_up_exactly_and_come_near_the_exact_values(cases):
    from sklearn.svm import SVC

    x, y = cases
    model = SVC(kernel="rbf").fit(x, y)
    shares = []
    made = explain_model(model, x[:3], x[10:40], progress=shares.append)
    assert made.base + made.shap.sum(axis=1) == pytest.approx(model.decision_function(x[:3]))
    assert made.shap[0] == pytest.approx(exact_shapley(model.decision_function, x[0], x[10:40]), abs=0.1)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_same_seed_gives_the_same_sampled_values(cases):
    from sklearn.svm import SVC

    x, y = cases
    model = SVC(kernel="rbf").fit(x, y)
    first, again = (explain_model(model, x[:2], x[10:40], seed=3).shap for _ in range(2))
    assert np.array_equal(first, again)
