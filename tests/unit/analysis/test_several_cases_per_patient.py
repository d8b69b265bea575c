"""Copies of a case tell nothing new: an analysis of three lesions that are the same is one of their patients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis import run
from radiomics_core.analysis.details import decisions
from radiomics_core.analysis.settings import AnalysisSettings
from tests.simulated_analysis import make_data

PIPELINE = AnalysisSettings(repeats=2, shuffles=0, inputs=("radiomics",), selectors=("anova",), models=("lda",))
COPIES = 3


def copied(data):
    """Return the data with each case three times, under three ids of the same patient."""
    at = np.repeat(np.arange(data.n), COPIES)
    ids = tuple(f"{data.case_ids[i]}-{k % COPIES}" for k, i in enumerate(at))
    return replace(
        data,
        case_ids=ids,
        patient_ids=tuple(data.case_ids[i] for i in at),
        features=data.features.iloc[at].set_axis(list(ids)),
        clinical=data.clinical.iloc[at].set_axis(list(ids)),
        values=replace(data.values.take(at), case_ids=ids),
    )


def compared(data):
    results = [run.run_unit(data, PIPELINE, unit) for unit in run.units_of_work(data, PIPELINE)]
    return run.assemble(data, PIPELINE, results)


@pytest.fixture(scope="module")
def both():
    once = make_data(n=60, p=8, signal=1.0, seed=3)
    return compared(once), compared(copied(once))


def test_copies_leave_the_estimate_and_do_not_narrow_its_interval(both):
    once, again = (evaluation.headline for evaluation in both)
    assert again["value"] == pytest.approx(once["value"], abs=0.02)
    assert again["high"] - again["low"] == pytest.approx(once["high"] - once["low"], rel=0.05)


def test_copies_leave_the_variance_of_a_fold(both):
    once, again = (evaluation.folds["variance"].mean() for evaluation in both)
    assert again == pytest.approx(once, rel=0.1)


def test_copies_leave_sensitivity_and_the_rest_with_their_intervals(both):
    once, again = (decisions(evaluation)[["value", "low", "high"]].to_numpy() for evaluation in both)
    assert again == pytest.approx(once, abs=1e-9)


def test_copies_leave_a_survival_analysis_as_it_is():
    settings = AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics",))
    heads = []
    for data in (make_data(n=60, p=8, signal=1.0, seed=3, survival=True),) * 2:
        subject = copied(data) if heads else data
        results = [run.run_unit(subject, settings, u) for u in run.units_of_work(subject, settings)]
        heads.append(run.assemble(subject, settings, results).headline)
    wanted, made = ([head[name] for name in ("value", "low", "high")] for head in heads)
    assert made == pytest.approx(wanted, abs=1e-9)
