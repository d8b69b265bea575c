import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint
from radiomics_core.features.exploration import benjamini_hochberg, cluster_correlation, pca_map, univariate_table

generators = st.integers(0, 10_000).map(np.random.default_rng)


def table(generator, n=30, p=5):
    values = generator.normal(size=(n, p)).round(1)
    values[generator.random((n, p)) < 0.05] = np.nan
    return pd.DataFrame(values, index=[f"c{i}" for i in range(n)], columns=[f"f{j}" for j in range(p)])


def binary(generator, n=30):
    event = generator.permutation(np.arange(n) % 2).astype(float)
    return EndpointValues(BinaryEndpoint(name="r", column="r", positive="1"), tuple(f"c{i}" for i in range(n)), event)


def survival(generator, n=30):
    endpoint = TimeToEventEndpoint(name="os", event_column="e", time_column="t")
    event = generator.permutation(np.arange(n) % 2).astype(float)
    return EndpointValues(endpoint, tuple(f"c{i}" for i in range(n)), event, np.ceil(generator.exponential(9, n)))


@settings(max_examples=25, deadline=None)
@given(generators)
def test_auc_and_p_are_unchanged_by_an_increasing_transform_and_mirrored_by_sign(generator):
    values, outcome = table(generator), binary(generator)
    plain = univariate_table(values, outcome).frame().set_index("feature").sort_index()
    bent = univariate_table(np.exp(values), outcome).frame().set_index("feature").sort_index()
    mirrored = univariate_table(-values, outcome).frame().set_index("feature").sort_index()
    assert bent[["auc", "p", "low"]].to_numpy() == pytest.approx(plain[["auc", "p", "low"]].to_numpy(), nan_ok=True)
    assert mirrored["auc"].to_numpy() == pytest.approx(1 - plain["auc"].to_numpy())
    assert mirrored["p"].to_numpy() == pytest.approx(plain["p"].to_numpy())


@settings(max_examples=25, deadline=None)
@given(generators)
def test_vectorised_cox_is_the_cox_of_each_feature_alone(generator):
    from radiomics_core.stats.cox import fit_cox

    values, outcome = table(generator, p=3), survival(generator)
    frame = univariate_table(values, outcome).frame().set_index("feature")
    for name in values:
        column = values[name].to_numpy()
        seen = np.isfinite(column)
        scaled = (column[seen] - column[seen].mean()) / column[seen].std(ddof=1)
        fit = fit_cox(scaled[:, None], outcome.time[seen], outcome.event[seen])
        assert np.log(frame.loc[name, "hr"]) == pytest.approx(fit.beta[0], abs=1e-5)
        half = 1.959964 * np.sqrt(fit.covariance[0, 0])
        assert np.log(frame.loc[name, "high"]) == pytest.approx(fit.beta[0] + half, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_is_never_below_p_and_keeps_its_order(p):
    q = benjamini_hochberg(p)
    assert np.all(q >= np.array(p) - 1e-12)
    assert np.all(np.diff(q[np.argsort(p)]) >= -1e-12)


@settings(max_examples=15, deadline=None)
@given(generators)
def test_every_feature_is_in_one_cluster_with_one_representative(generator):
    result = cluster_correlation(table(generator, p=8), threshold=0.4)
    frame = result.frame()
    assert sorted(frame["feature"]) == [f"f{j}" for j in range(8)]
    assert frame.groupby("cluster")["representative"].nunique().eq(1).all()
    assert frame.set_index("feature").loc[list(result.representatives), "rho"].to_numpy() == pytest.approx(1.0)
    assert result.matrix == pytest.approx(result.matrix.T, nan_ok=True)


@settings(max_examples=15, deadline=None)
@given(generators)
def test_map_does_not_depend_on_units_of_the_features(generator):
    values = table(generator)
    scaled = pca_map(values * [1, 10, 100, 1000, 0.1] + 5)
    assert scaled.coordinates.to_numpy() == pytest.approx(pca_map(values).coordinates.to_numpy(), abs=1e-6)
