from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiomics_core.analysis import run
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds
from radiomics_core.evaluation.discrimination import auc, harrell_c
from tests.simulated_analysis import make_data

scores = st.lists(st.integers(-1000, 1000), min_size=12, max_size=40)


@given(scores)
def test_auc_is_unchanged_by_an_increasing_transform(values):
    score = np.array(values, float)
    y = np.arange(len(score)) % 2
    assert auc(y, score) == auc(y, np.arctan(score / 500))
    assert auc(y, score) == pytest.approx(1 - auc(y, -score))


@given(scores)
def test_c_index_is_unchanged_by_an_increasing_transform_of_score_or_time(values):
    score = np.array(values, float)
    time = np.arange(1.0, len(score) + 1)
    event = np.arange(len(score)) % 3 > 0
    assert harrell_c(time, event, score) == harrell_c(time**2, event, score**3)


@settings(deadline=None)
@given(st.integers(30, 90), st.integers(1, 3), st.integers(0, 10_000))
def test_folds_partition_cases_keep_patients_whole_and_follow_the_seed(n, cases_per_patient, seed):
    data = make_data(n=n, p=2, cases_per_patient=cases_per_patient, seed=1)
    folds = assign_folds(data, 3, seed, 0)
    assert folds.tolist() == assign_folds(data, 3, seed, 0).tolist()
    assert set(folds.tolist()) == {0, 1, 2}
    pairs = {(p, f) for p, f in zip(data.patient_ids, folds.tolist(), strict=True)}
    assert len(pairs) == len(set(data.patient_ids))


def test_order_of_cases_leaves_every_auc_unchanged():
    """Seeds and folds are keyed on sorted patient ids, so only rounding may differ."""
    data = make_data(n=50, p=12, signal=1.0, seed=4)
    order = np.random.default_rng(0).permutation(50)
    moved = replace(
        data,
        case_ids=tuple(data.case_ids[i] for i in order),
        patient_ids=tuple(data.patient_ids[i] for i in order),
        features=data.features.iloc[order],
        clinical=data.clinical.iloc[order],
        values=data.values.take(order),
    )
    chosen = AnalysisSettings(repeats=1, shuffles=0, selectors=("anova",), models=("logistic_ridge",))
    values = []
    for one in (data, moved):
        results = [run.run_unit(one, chosen, unit) for unit in run.units_of_work(one, chosen)]
        values.append(run.assemble(one, chosen, results).rows["value"].to_numpy(float))
    assert values[0] == pytest.approx(values[1], abs=1e-9, nan_ok=True)
