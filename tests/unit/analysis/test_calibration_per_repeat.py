"""The smoothed calibration curve is drawn for each repeat and then averaged; pooling would weigh dense repeats more."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.details import calibration
from radiomics_core.analysis.row_key import RowKey

ROW = RowKey("radiomics", "anova", "logistic")


def observed_at(risks, events, probability):
    """Observed risk near some predicted risks: Gaussian kernel, Silverman's width, written out."""
    width = 1.06 * probability.std() * len(probability) ** -0.2
    weight = np.exp(-0.5 * ((risks[:, None] - probability[None, :]) / width) ** 2)
    return (weight * events).sum(axis=1) / weight.sum(axis=1)


def test_smooth_calibration_is_the_mean_of_the_curves_of_the_repeats():
    n = 240
    events = (np.arange(n) % 2).astype(float)
    spread, crowded = np.linspace(0.1, 0.9, n), np.linspace(0.1, 0.9, n) ** 3 + 0.05
    ids = [f"c{i}" for i in range(n)]
    repeats = [(0, np.sort(spread)), (1, np.random.default_rng(1).permutation(crowded))]
    predictions = pd.concat(
        pd.DataFrame({**ROW.to_dict(), "case_id": ids, "repeat": repeat, "fold": 0, "probability": probability})
        for repeat, probability in repeats
    )
    cases = pd.DataFrame({"case_id": ids, "event": events.astype(int)})
    made = calibration(
        SimpleNamespace(meta={"metric": "auc"}, headline_key=ROW, predictions=predictions, cases=cases)
    ).smooth
    risks = made["predicted"].to_numpy()
    wanted = np.mean([observed_at(risks, events, probability) for _repeat, probability in repeats], axis=0)
    assert made["observed"].to_numpy() == pytest.approx(wanted, abs=1e-9)
    assert len(made) == 50
