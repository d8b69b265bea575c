import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.errors import NotApplicableError, SettingsError
from radiomics_core.features.exploration import cluster_correlation
from radiomics_core.features.exploration.correlation import spearman_matrix


def two_groups(n=60, seed=2):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n))
    noise = rng.normal(size=(n, 5)) * 0.1
    columns = {"a1": a + noise[:, 0], "b1": b + noise[:, 1], "a2": -a + noise[:, 2], "b2": b + noise[:, 3], "a0": a}
    return pd.DataFrame(columns, index=[f"c{i}" for i in range(n)])


def test_correlated_features_share_a_cluster_whatever_the_sign():
    frame = cluster_correlation(two_groups(), threshold=0.8).frame().set_index("feature")
    assert frame.loc["a0", "cluster"] == frame.loc["a1", "cluster"] == frame.loc["a2", "cluster"]
    assert frame.loc["b1", "cluster"] == frame.loc["b2", "cluster"] != frame.loc["a0", "cluster"]
    assert list(frame["cluster_size"].loc[["a0", "b1"]]) == [3, 2]


def test_representative_is_the_medoid():
    result = cluster_correlation(two_groups(), threshold=0.8)
    assert "a0" in result.representatives  # a1 and a2 are a0 plus noise
    assert list(result.overview().columns) == list(result.representatives)


def test_zoom_shows_the_pairs_of_one_cluster():
    values = two_groups()
    result = cluster_correlation(values, threshold=0.8)
    cluster = int(result.frame().set_index("feature").loc["b1", "cluster"])
    zoomed = result.zoom(cluster)
    assert set(zoomed.columns) == {"b1", "b2"}
    assert zoomed.loc["b1", "b2"] == pytest.approx(stats.spearmanr(values["b1"], values["b2"]).statistic)
    with pytest.raises(KeyError):
        result.zoom(99)


def test_missing_values_are_left_out_pair_by_pair_as_pandas_does():
    rng = np.random.default_rng(5)
    array = rng.normal(size=(40, 6)).round(1)
    array[:7, 0] = array[5:12, 3] = array[5:12, 4] = np.nan
    expected = pd.DataFrame(array).corr(method="spearman").to_numpy()
    assert spearman_matrix(array) == pytest.approx(expected)


def test_pair_without_shared_cases_has_no_correlation_and_no_common_cluster():
    values = pd.DataFrame({"a": [1.0, 2, 3, 4, np.nan, np.nan], "b": [np.nan, np.nan, np.nan, np.nan, 1, 2]})
    result = cluster_correlation(values)
    assert np.isnan(result.matrix[0, 1])
    assert result.n_clusters == 2


def test_constant_columns_are_named_not_clustered():
    result = cluster_correlation(two_groups().assign(same=1.0, none=np.nan))
    assert (result.constant, result.all_missing) == (("same",), ("none",))


def test_wrong_threshold_and_too_few_columns_are_refused():
    with pytest.raises(SettingsError, match=r"threshold must lie in \(0, 1\), got 1"):
        cluster_correlation(two_groups(), threshold=1)
    with pytest.raises(NotApplicableError, match="two columns"):
        cluster_correlation(two_groups()[["a0"]])


def test_1500_features_take_less_than_three_seconds():
    from time import process_time

    values = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 1500)))
    start = process_time()
    cluster_correlation(values).frame()
    assert process_time() - start < 3
