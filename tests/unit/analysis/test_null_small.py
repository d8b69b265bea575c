"""The small form of benchmarks/null.py: 20 noise cohorts, one named pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.analysis import run
from radiomics_core.analysis.settings import AnalysisSettings
from tests.simulated_analysis import make_data

PIPELINE = AnalysisSettings(
    repeats=1, shuffles=0, inputs=("radiomics",), selectors=("anova",), models=("logistic_ridge",)
)


def headline(seed: int):
    data = make_data(n=60, p=100, seed=1000 + seed)
    results = [run.run_unit(data, PIPELINE, unit) for unit in run.units_of_work(data, PIPELINE)]
    return run.assemble(data, PIPELINE, results).headline


@pytest.mark.slow
def test_at_least_17_of_20_intervals_cover_one_half_under_noise():
    rows = [headline(seed) for seed in range(20)]
    assert sum(row["low"] <= 0.5 <= row["high"] for row in rows) >= 17
    assert abs(np.mean([row["value"] for row in rows]) - 0.5) < 0.06
    assert all(row["interval"] == "nested_cv" for row in rows)
