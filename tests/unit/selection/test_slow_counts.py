"""Each selector against a slow second count of what it says it does."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import mutual_info_score

from radiomics_core.errors import SettingsError
from radiomics_core.selection import SELECTORS, ranking
from radiomics_core.selection.lasso import l1_coefficients
from radiomics_core.selection.mutual_information import binned_mutual_information


def settings_of(name, **values):
    return SELECTORS[name].settings(**values)


def built(name, **values):
    return SELECTORS.build(name, settings_of(name, **values))


@pytest.fixture
def sample():
    generator = np.random.default_rng(5)
    events = (generator.random(61) < 0.4).astype(float)
    features = generator.normal(size=(61, 30))
    features[:, :12] += np.linspace(1.5, 0.2, 12) * events[:, None]
    # cases far out in columns 12 to 19: strong where these cases are left out, nothing where they are drawn
    features[:, 12:20] = events[:, None] + 0.2 * generator.normal(size=(61, 8))
    features[np.arange(8), np.arange(12, 20)] = 25.0 * (1 - 2 * events[:8])
    return features, events


def target_of(features, n_patients):
    generator = np.random.default_rng(8)
    hazard = np.exp(features[:, 1] - 0.8 * features[:, 2])
    times = np.ceil(6 * generator.exponential(1 / hazard)) + 1
    return np.column_stack([times, generator.random(len(times)) < 0.7, generator.integers(0, n_patients, len(times))])


def score_by_loops(features, target, weights):
    """Return abs(z) of the Cox score test, an event and its risk set after the other."""
    numerator, information = np.zeros(features.shape[1]), np.zeros(features.shape[1])
    for time, event, values, weight in zip(target[:, 0], target[:, 1], features, weights, strict=True):
        if event:
            there = target[:, 0] >= time
            mean = np.average(features[there], axis=0, weights=weights[there])
            numerator += weight * (values - mean)
            information += weight * np.average((features[there] - mean) ** 2, axis=0, weights=weights[there])
    return np.abs(numerator) / np.sqrt(information)


def greedy(features, relevance, n_wanted):
    """Return the mRMR order with numpy's correlations, column by column."""
    taken = []
    while len(taken) < n_wanted:
        merits = {}
        for at in set(range(features.shape[1])) - set(taken):
            copies = [abs(np.corrcoef(features[:, at], features[:, one])[0, 1]) for one in taken]
            merits[at] = relevance[at] - (np.mean(copies) if copies else 0.0)
        taken.append(max(merits, key=merits.get))
    return taken


@pytest.mark.parametrize("sizes", [(), (0,), (5, 0, 10)])
def test_a_number_of_features_below_one_is_refused(sizes):
    with pytest.raises(SettingsError, match="at least 1"):
        settings_of("mann_whitney", sizes=sizes)
    assert built("mann_whitney", sizes=(1, 3)).sizes == (1, 3)


def test_only_finite_strengths_above_zero_are_chosen_and_ties_keep_their_order():
    strength = np.full(40, 0.5)
    strength[[3, 9, 20, 30, 33]] = [np.nan, np.inf, 0.0, 2.0, -1.0]
    rest = [at for at in range(40) if at not in (3, 9, 20, 30, 33)]
    assert ranking.best_first(strength, 40).tolist() == [30, *rest]
    assert ranking.best_first(strength, 3).tolist() == [30, 0, 1]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("min_share", [0.2, 0.52])
def test_stability_selection_orders_by_share_of_halves_then_by_mean_correlation(seed, min_share, sample):
    features, events = sample
    generator, counts, correlations = np.random.default_rng(seed), np.zeros(30, int), []
    for _half in range(25):
        parts = [generator.permutation(np.flatnonzero(events == value)) for value in (0, 1)]
        half = np.r_[parts[0][: len(parts[0]) // 2], parts[1][: len(parts[1]) // 2]]
        correlations.append([abs(np.corrcoef(features[half, at], events[half])[0, 1]) for at in range(30)])
        counts[np.argsort(correlations[-1])[-8:]] += 1
    strength = np.mean(correlations, axis=0)
    expected = [at for at in np.lexsort((-strength, -counts)) if counts[at] >= min_share * 25]
    by_strength = [at for at in np.argsort(-strength) if at in expected]
    assert by_strength != expected, "the case would not tell shares from correlations"
    stability = built("stability", n_subsamples=25, top=8, min_share=min_share)
    assert stability.rank(features, events, 30, seed).tolist() == expected


def test_a_half_holds_a_case_of_the_rarer_class_even_if_there_is_one_only(sample):
    features, _events = sample
    rare = np.zeros(61)
    rare[40] = 1.0
    features[:, 4] = 9 * rare
    assert built("stability", top=1).rank(features, rare, 1, seed=0).tolist() == [4]


@pytest.mark.parametrize("n_patients", [10_000, 40])
def test_cox_score_counts_tied_times_and_patients_with_several_cases_as_slow_loops_do(n_patients, sample):
    features = np.column_stack([sample[0][:, :6], np.full(61, 3.0)])
    target = target_of(features, n_patients)
    weights = np.array([1 / np.sum(target[:, 2] == patient) for patient in target[:, 2]])
    assert (weights.min() < 1) == (n_patients == 40)
    by_loops = score_by_loops(features[:, :6], target, weights)
    assert ranking.cox_score_strength(features, target).tolist() == pytest.approx([*by_loops, 0.0])
    assert built("cox_score").rank(features, target, 9, seed=0).tolist() == np.argsort(-by_loops).tolist()


@pytest.mark.parametrize("n_patients", [10_000, 40])
def test_cox_mrmr_sets_the_score_over_the_root_of_the_events_against_the_redundancy(n_patients, sample):
    features = np.column_stack([sample[0][:, :12], sample[0][:, 20:]])
    target = target_of(features, n_patients)
    weights = ranking.case_weights(target)
    relevance = score_by_loops(features, target, weights) / np.sqrt(weights[target[:, 1] == 1].sum())
    assert relevance.max() < 1
    assert built("cox_mrmr").rank(features, target, 8, seed=0).tolist() == greedy(features, relevance, 8)


def test_mrmr_sets_the_correlation_with_the_event_against_the_redundancy(sample):
    features, events = sample[0] * 3 + 40, sample[1]
    relevance = [abs(np.corrcoef(column, events)[0, 1]) for column in features.T]
    assert built("mrmr").rank(features, events, 12, seed=0).tolist() == greedy(features, relevance, 12)


@pytest.mark.parametrize("n_bins", [3, 4, 6])
def test_mutual_information_is_that_of_sklearn_on_bins_of_equal_size(n_bins, sample):
    features, events = sample[0][:60], sample[1][:60]
    bins = features.argsort(axis=0).argsort(axis=0) * n_bins // 60
    expected = [mutual_info_score(events, column) for column in bins.T]
    assert binned_mutual_information(features, events, n_bins) == pytest.approx(expected)
    ranked = built("mutual_information", n_bins=n_bins).rank(features, events, 5, seed=0)
    assert np.array(expected)[ranked] == pytest.approx(np.sort(expected)[::-1][:5])


def test_mutual_information_never_takes_a_column_of_one_value(sample):
    features, events = sample[0].copy(), np.sort(sample[1])
    features[:, 29] = 1.0
    assert sorted(built("mutual_information").rank(features, events, 30, seed=0)) == list(range(29))


@pytest.mark.parametrize("inverse_penalty", [0.05, 0.6])
def test_lasso_keeps_what_the_optimum_of_its_penalised_likelihood_keeps(inverse_penalty, sample):
    features, events = sample[0][:, :12], sample[1]
    weights = l1_coefficients(features, events, inverse_penalty, seed=0)
    ranked = built("lasso", inverse_penalty=inverse_penalty).rank(features, events, 30, seed=0)
    assert ranked.tolist() == [at for at in np.argsort(-weights, kind="stable") if weights[at] > 0]
    assert 0 < len(ranked) < 12

    def objective(parts):
        positive, negative, intercept = parts[:12], parts[12:24], parts[24]
        margin = (2 * events - 1) * (features @ (positive - negative) + intercept)
        return inverse_penalty * np.logaddexp(0, -margin).sum() + (positive + negative).sum() + abs(intercept)

    best = minimize(objective, np.full(25, 0.01), bounds=[(0, None)] * 24 + [(None, None)], options={"maxfun": 100_000})
    assert weights == pytest.approx(np.abs(best.x[:12] - best.x[12:24]), abs=0.02)


def test_forest_importance_is_that_of_extra_trees_with_three_cases_in_a_leaf(sample):
    features, events = sample
    for n_trees in (1, 30):
        forest = ExtraTreesClassifier(n_trees, min_samples_leaf=3, random_state=4).fit(features, events)
        expected = np.argsort(-forest.feature_importances_, kind="stable")[: (forest.feature_importances_ > 0).sum()]
        assert (
            built("forest_importance", n_trees=n_trees).rank(features, events, 30, seed=4).tolist() == expected.tolist()
        )


@pytest.mark.parametrize("name", ["anova", "mann_whitney", "mutual_information", "mrmr", "stability"])
def test_a_column_that_separates_the_events_perfectly_comes_first(name, sample):
    features, events = sample[0].copy(), sample[1]
    features[:, 27] = events
    assert built(name).rank(features, events, 3, seed=0)[0] == 27


def test_no_selection_keeps_the_varying_columns_in_table_order(sample):
    features = sample[0] * 0.01
    features[:, 2] = 7.0
    assert built("none").rank(features, sample[1], 4, seed=0).tolist() == [0, 1, 3, 4]
