import warnings

import numpy as np
import pytest
from sklearn.feature_selection import f_classif

from radiomics_core.selection import SELECTORS, anova, lasso, mann_whitney, mutual_information, ranking


@pytest.fixture
def sample():
    generator = np.random.default_rng(3)
    y = np.tile([0.0, 1.0], 30)
    features = generator.normal(size=(60, 40))
    features[:, 7] += 2 * y
    features[:, 8] = features[:, 7] + 0.01 * generator.normal(size=60)
    features[:, 9] -= 1.5 * y
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    features[:, 10] = 0.0
    return features, y


@pytest.mark.parametrize("name", SELECTORS.names("binary"))
def test_every_binary_selector_ranks_without_repeats_or_constant_columns(name, sample):
    features, y = sample
    ranked = SELECTORS.build(name).rank(features, y, 40, seed=1)
    assert len(set(ranked.tolist())) == len(ranked)
    assert 10 not in ranked


@pytest.mark.parametrize("name", [n for n in SELECTORS.names("binary") if n != "none"])
def test_every_binary_selector_puts_a_strong_feature_first(name, sample):
    features, y = sample
    assert SELECTORS.build(name).rank(features, y, 5, seed=1)[0] in (7, 8)


@pytest.mark.parametrize("name", SELECTORS.names("binary"))
def test_every_binary_selector_repeats_itself_with_the_same_seed(name, sample):
    features, y = sample
    first, second = (SELECTORS.build(name).rank(features, y, 10, seed=4) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_mann_whitney_strength_is_the_distance_of_the_auc_from_one_half(sample):
    from sklearn.metrics import roc_auc_score

    features, y = sample
    expected = [abs(roc_auc_score(y, column) - 0.5) for column in features.T]
    assert mann_whitney.rank_auc_strength(features, y) == pytest.approx(expected)


def test_f_statistic_agrees_with_sklearn(sample):
    features, y = sample
    varying = [i for i in range(40) if i != 10]
    assert anova.f_statistic(features, y)[varying] == pytest.approx(f_classif(features[:, varying], y)[0])


def test_mrmr_does_not_take_a_copy_second(sample):
    features, y = sample
    ranked = SELECTORS.build("mrmr").rank(features, y, 2, seed=0)
    assert len({7, 8} & set(ranked.tolist())) == 1


def test_mutual_information_of_identical_halves_is_log_two():
    y = np.repeat([0.0, 1.0], 20)
    assert mutual_information.binned_mutual_information(y[:, None] * 1.0, y, 2)[0] == pytest.approx(np.log(2))


def test_lasso_may_find_nothing():
    generator = np.random.default_rng(0)
    assert (
        ranking.best_first(
            lasso.l1_coefficients(generator.normal(size=(40, 5)), np.tile([0.0, 1], 20), 1e-4, 0), 5
        ).size
        == 0
    )


def test_cox_score_agrees_with_lifelines_log_rank_for_a_binary_feature():
    from lifelines.statistics import logrank_test

    generator = np.random.default_rng(2)
    group = generator.integers(0, 2, 80).astype(float)
    time = generator.exponential(1 + group) + np.arange(80) * 1e-9  # untied: Breslow equals the exact log-rank
    event = generator.integers(0, 2, 80).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = logrank_test(time[group == 1], time[group == 0], event[group == 1], event[group == 0])
    z = ranking.cox_score_strength(group[:, None], np.column_stack([time, event]))[0]
    assert z**2 == pytest.approx(reference.test_statistic, rel=1e-6)


@pytest.mark.parametrize("name", ["cox_score", "cox_mrmr"])
def test_survival_selectors_find_the_feature_that_drives_the_hazard(name):
    generator = np.random.default_rng(1)
    features = generator.normal(size=(100, 30))
    target = np.column_stack([generator.exponential(np.exp(-1.5 * features[:, 4])), np.ones(100)])
    assert SELECTORS.build(name).rank(features, target, 3, seed=0)[0] == 4


def test_correlation_of_columns_of_different_size_is_numpys_and_a_constant_has_none():
    generator = np.random.default_rng(3)
    values = generator.normal(size=30)
    features = np.column_stack(
        [values + generator.normal(size=30), 1000 + 50 * generator.normal(size=30), np.full(30, 7.0)]
    )
    by_numpy = [abs(np.corrcoef(features[:, at], values)[0, 1]) for at in (0, 1)]
    assert ranking.absolute_correlation(features, values).tolist() == pytest.approx([*by_numpy, 0.0])


def test_mrmr_takes_the_best_then_the_one_that_adds_most_and_never_one_without_relevance():
    generator = np.random.default_rng(4)
    first, other = generator.normal(size=(2, 200))
    features = np.column_stack([first, first + 0.01 * generator.normal(size=200), other, generator.normal(size=200)])
    # column 1 repeats column 0: .85 - 1 of redundancy stands behind .3 - almost 0; column 3 says nothing
    assert ranking.minimum_redundancy(features, np.array([0.9, 0.85, 0.3, 0.0]), 4).tolist() == [0, 2, 1]
