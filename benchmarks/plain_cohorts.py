"""Plain simulated cohorts: one case a patient, correlated features, two centres, events left to chance.

``benchmarks/cohorts.py`` has the richer ones; docs/benchmarks/probabilities.md was measured on these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint

FEATURES_PER_FACTOR = 8


@dataclass(frozen=True)
class Law:
    """What cohorts are drawn from: size, correlated features, two centres, effect of three factors."""

    n: int
    p: int
    signal: float
    endpoint: str
    loadings: np.ndarray
    centre_shift: np.ndarray

    def draw(self, generator: np.random.Generator, n: int) -> AnalysisData:
        """Return an independent cohort of n cases."""
        n_factors = self.loadings.shape[0]
        factors = generator.normal(size=(n, n_factors))
        centre = generator.integers(0, 2, n)
        noise = generator.normal(size=(n, self.p))
        features = 0.75 * factors @ self.loadings + 0.66 * noise + centre[:, None] * self.centre_shift
        risk = self.signal * factors[:, :3].mean(axis=1) * np.sqrt(min(3, n_factors))
        return _as_data(features, centre, self._values(generator, risk))

    def _values(self, generator: np.random.Generator, risk: np.ndarray) -> EndpointValues:
        ids = tuple(f"c{i:05d}" for i in range(len(risk)))
        if self.endpoint == "survival":
            time_to_event = generator.weibull(1.2, len(risk)) * 1000 * np.exp(-risk / 1.2)
            censored = generator.exponential(1800, len(risk))
            observed = (time_to_event <= censored).astype(float)
            endpoint = TimeToEventEndpoint(name="os", event_column="event", time_column="time")
            return EndpointValues(endpoint, ids, observed, np.minimum(time_to_event, censored))
        event = (generator.random(len(risk)) < 1 / (1 + np.exp(0.4 - risk))).astype(float)
        return EndpointValues(BinaryEndpoint(name="event", column="event", positive="1"), ids, event)


def draw_law(seed: int, signal: float, endpoint: str) -> tuple[Law, np.random.Generator]:
    generator = np.random.default_rng([20, seed])
    n = int(generator.integers(40, 201))
    p = int(np.exp(generator.uniform(np.log(5), np.log(1500))))
    n_factors = max(3, p // FEATURES_PER_FACTOR)
    loadings = np.zeros((n_factors, p))
    loadings[generator.integers(0, n_factors, p), np.arange(p)] = generator.choice([-1.0, 1.0], p)
    loadings[:3, :3] = np.eye(3)  # the factors that may matter are always seen by some feature
    return Law(n, p, signal, endpoint, loadings, generator.normal(0, 0.5, p)), generator


def _as_data(features: np.ndarray, centre: np.ndarray, values: EndpointValues) -> AnalysisData:
    names = tuple(f"f{i}" for i in range(features.shape[1]))
    ids = list(values.case_ids)
    return AnalysisData(
        case_ids=values.case_ids,
        patient_ids=values.case_ids,
        centres=tuple("AB"[c] for c in centre),
        features=pd.DataFrame(features, index=ids, columns=list(names)),
        blocks={"radiomics": Block("radiomics", names, "radiomics")},
        clinical=pd.DataFrame(index=ids),
        values=values,
    )


def usable(law: Law, generator: np.random.Generator, settings: AnalysisSettings) -> AnalysisData:
    smallest = 5 * settings.folds if law.endpoint == "survival" else 8
    while True:
        data = law.draw(generator, law.n)
        events = data.values.n_events
        if events >= smallest and (law.endpoint == "survival" or data.n - events >= smallest):
            return data
        law = Law(law.n + 10, law.p, law.signal, law.endpoint, law.loadings, law.centre_shift)
