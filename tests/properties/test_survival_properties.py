import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiomics_core.evaluation.discrimination import harrell_c
from radiomics_core.stats.cox import fit_cox
from radiomics_core.survival.kaplan_meier import kaplan_meier

cohorts = st.integers(0, 10_000).map(np.random.default_rng)


def draw(generator, n=40):
    x = generator.normal(size=(n, 2))
    return x, np.ceil(generator.exponential(10, n)), (generator.random(n) < 0.7).astype(float)


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_c_is_unchanged_by_increasing_transform_and_mirrored_by_sign(generator):
    x, time, event = draw(generator)
    risk = x[:, 0].round(1)
    c = harrell_c(time, event, risk)
    assert harrell_c(time**2, event, np.exp(risk)) == pytest.approx(c)
    assert harrell_c(time, event, -risk) == pytest.approx(1 - c)


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_cox_is_unchanged_by_shift_and_time_order_and_scales_with_units(generator):
    x, time, event = draw(generator)
    beta = fit_cox(x, time, event).beta
    assert fit_cox(x + 100, time, event).beta == pytest.approx(beta, abs=1e-6)
    assert fit_cox(x * 10, np.sqrt(time), event).beta * 10 == pytest.approx(beta, abs=1e-6)
    order = generator.permutation(len(time))
    assert fit_cox(x[order], time[order], event[order]).beta == pytest.approx(beta, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_survival_falls_and_lies_in_its_band(generator):
    _, time, event = draw(generator)
    curve = kaplan_meier(time, event).frame()
    assert np.all(np.diff(curve["survival"]) <= 1e-12)
    inside = curve.dropna()
    assert np.all(inside["low"] <= inside["survival"] + 1e-12)
    assert np.all(inside["survival"] <= inside["high"] + 1e-12)


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_everybody_leaves_once(generator):
    _, time, event = draw(generator)
    curve = kaplan_meier(time, event).frame()
    assert curve["events"].sum() == event.sum()
    assert curve["events"].sum() + curve["censored"].sum() == len(time)
