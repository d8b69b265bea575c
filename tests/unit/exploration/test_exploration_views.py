import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.errors import NotApplicableError, SettingsError
from radiomics_core.features.exploration import correlation_with_volume, distribution, pca_map
from radiomics_core.features.summary import summarise_features
from radiomics_core.features.table import COLUMN_FIELDS, FeatureTable, make_keys


def cases(n):
    return [f"c{i}" for i in range(n)]


def test_distribution_counts_groups_and_missing_values():
    values = pd.Series([1.0, 2, 3, 4, np.nan, 10], index=cases(6), name="f")
    groups = pd.Series(["A", "A", "B", "B", "B", None], index=cases(6))
    result = distribution(values, groups, n_bins=3)
    summary = result.summary.set_index("group")
    assert list(summary["n"]) == [2, 2]
    assert list(summary["n_missing"]) == [0, 1]
    assert summary.loc["B", "median"] == 3.5
    assert list(result.frame()["case_id"]) == ["c0", "c1", "c2", "c3"]


def test_histogram_shares_bins_between_groups_and_counts_every_case():
    values = pd.Series(np.r_[np.zeros(5), np.arange(1.0, 11)], index=cases(15))
    histogram = distribution(values, pd.Series(["x"] * 5 + ["y"] * 10, index=cases(15))).histogram
    assert histogram.groupby("group")["count"].sum().to_dict() == {"x": 5, "y": 10}
    assert histogram.groupby("group")["share"].sum().to_list() == pytest.approx([1, 1])
    assert len(set(histogram.groupby("group")["start"].apply(tuple))) == 1


def test_distribution_of_nothing_is_refused():
    with pytest.raises(NotApplicableError, match="'f' has no value"):
        distribution(pd.Series([np.nan], index=["c0"], name="f"))


def test_features_that_follow_volume_are_flagged():
    rng = np.random.default_rng(0)
    volume = rng.lognormal(size=50)
    values = pd.DataFrame({"volume": volume, "surface": volume**0.67, "noise": rng.normal(size=50)}, index=cases(50))
    result = correlation_with_volume(values, "volume")
    table = result.frame().set_index("feature")
    assert table.loc["surface", "rho"] == pytest.approx(1.0)
    assert table["flagged"].to_dict() == {"surface": True, "noise": False}
    assert table.loc["noise", "rho"] == pytest.approx(stats.spearmanr(volume, values["noise"]).statistic)
    assert result.n_flagged == 1


def test_without_a_volume_column_nothing_is_guessed():
    with pytest.raises(NotApplicableError, match="no volume column"):
        correlation_with_volume(pd.DataFrame({"original_shape_SurfaceVolumeRatio": [1.0, 2]}), None)


def test_map_agrees_with_sklearn_pca_up_to_sign():
    from sklearn.decomposition import PCA  # scikit-learn 1.9
    from sklearn.preprocessing import StandardScaler

    values = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 6)) @ np.diag([3, 2, 1, 1, 1, 1]), index=cases(20))
    values[1] += values[0]
    result = pca_map(values, n_components=3)
    scaled = StandardScaler().fit_transform(values) * np.sqrt(19 / 20)  # n - 1
    expected = PCA(3).fit(scaled)
    assert result.explained == pytest.approx(expected.explained_variance_ratio_)
    assert np.abs(result.coordinates.to_numpy()) == pytest.approx(np.abs(expected.transform(scaled)))
    assert np.linalg.norm(result.loadings, axis=0) == pytest.approx(np.ones(3))


def test_map_imputes_by_median_and_counts():
    values = pd.DataFrame({"a": [1.0, 2, 3, np.nan], "b": [1.0, 0, 2, 5], "same": 1.0}, index=cases(4))
    filled = values.assign(a=[1.0, 2, 3, 2])
    result = pca_map(values)
    assert result.n_imputed == 1
    assert result.constant == ("same",)
    assert result.coordinates.to_numpy() == pytest.approx(pca_map(filled).coordinates.to_numpy())


def test_map_refuses_what_it_cannot_draw():
    with pytest.raises(SettingsError, match="2 to 5, got 9"):
        pca_map(pd.DataFrame(np.eye(4)), n_components=9)
    with pytest.raises(NotApplicableError, match="got 2 and 2"):
        pca_map(pd.DataFrame({"a": [1.0, 2], "b": [2.0, 1]}))


def test_summary_of_a_feature_table_names_each_state():
    names = ["ok", "same", "none", "gap", "inf"]
    values = pd.DataFrame(
        {"ok": [1.0, 2, 3], "same": 1.0, "none": np.nan, "gap": [1, np.nan, 2], "inf": [1, np.inf, 2]}, index=cases(3)
    )
    described = pd.DataFrame(dict.fromkeys(COLUMN_FIELDS, ""), index=range(5)).assign(column=names, family="glcm")
    summary = summarise_features(FeatureTable(values, make_keys(cases(3)), described[COLUMN_FIELDS]))
    assert summary.frame().set_index("feature")["state"].to_dict() == {
        "ok": "ok", "same": "constant", "none": "all_missing", "gap": "incomplete", "inf": "incomplete",
    }  # fmt: skip
    assert summary.by_family().iloc[0][["features", "constant", "all_missing", "incomplete"]].to_list() == [5, 1, 1, 2]
