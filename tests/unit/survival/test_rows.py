"""The p of a separation is one-sided: groups the wrong way round are no evidence, however far apart."""

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis import run
from radiomics_core.analysis.settings import AnalysisSettings
from tests.simulated_analysis import make_data

SETTINGS = AnalysisSettings(folds=3, repeats=1, shuffles=6, inputs=("radiomics",))


def evaluated(turned):
    """Evaluate a strong signal; ``turned`` scores every held-out case the wrong way round, shuffles as they are."""
    data = make_data(n=80, p=2, signal=2.0, survival=True)
    results = []
    for unit in run.units_of_work(data, SETTINGS):
        result = run.run_unit(data, SETTINGS, unit)
        if turned and unit.kind == "real":
            predictions = result.frames["predictions"].assign(percentile=lambda f: 1 - f["percentile"])
            result = replace(result, frames={**result.frames, "predictions": predictions})
        results.append(result)
    return run.assemble(data, SETTINGS, results)


@pytest.mark.parametrize(("turned", "p"), [(False, 1 / 7), (True, 1.0)])
def test_the_p_of_a_strong_separation_is_least_and_of_one_the_wrong_way_round_it_is_one(turned, p):
    made = evaluated(turned)
    z, shuffled = float(made.headline["separation_z"]), made.of(made.headline_key, "separations")["separation_z"]
    assert abs(z) > np.abs(shuffled).max()
    assert bool(made.headline["separates"]) is not turned
    assert made.headline["permutation_p"] == pytest.approx(p)
