"""Simulated cohorts whose truth is known: correlated features, two centres, few events, several lesions a patient."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.analysis.lattice import fit_candidates, fit_lattice
from radiomics_core.analysis.matrix import encode_block
from radiomics_core.analysis.nested import recipes_of
from radiomics_core.analysis.procedure import positions_of, run_procedure
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, usable_folds
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint
from radiomics_core.evaluation.discrimination import HARRELL_C
from radiomics_core.evaluation.thresholds import decision_counts, youden_threshold

N_TEST = 3000
N_TEST_PAIRS = 1000
FEATURES_PER_FACTOR = 8
NO_FOLD = frozenset[int]()


@dataclass(frozen=True)
class Law:
    """What cohorts are drawn from.

    Attributes
    ----------
    patients, lesions, events : int
        Patients, cases of each, and patients with the event (binary: exactly; 0 leaves it to chance at about 40 %).
    p : int
        Features; each belongs to one factor, two centres shift them.
    signal : float
        Log-odds (or log-hazard) per standard deviation of the mean of three factors; 0 is noise.
    endpoint : {"binary", "survival"}
        The outcome is the patient's.
    icc : float
        Share of the features' variance that cases of a patient have in common; 1 with one case per patient.
    """

    patients: int
    lesions: int
    events: int
    p: int
    signal: float
    endpoint: str
    icc: float
    loadings: np.ndarray
    centre_shift: np.ndarray

    def draw(self, generator: np.random.Generator, patients: int | None = None) -> AnalysisData:
        """Return an independent cohort; its share of events is the law's whatever its size."""
        n = patients or self.patients
        n_factors = self.loadings.shape[0]
        factors = generator.normal(size=(n, n_factors))
        factors, values = self._outcomes(generator, factors, n)
        patient = np.repeat(np.arange(n), self.lesions)
        centre = generator.integers(0, 2, n)[patient]
        noise = generator.normal(size=(n, self.p))
        features = 0.75 * self._of_cases(generator, factors, patient) @ self.loadings
        features += 0.66 * self._of_cases(generator, noise, patient) + centre[:, None] * self.centre_shift
        return _as_data(features, patient, centre, values)

    def _of_cases(self, generator: np.random.Generator, of_patients: np.ndarray, patient: np.ndarray) -> np.ndarray:
        if self.icc == 1:
            return of_patients
        own = generator.normal(size=(len(patient), of_patients.shape[1]))
        shared: np.ndarray = math.sqrt(self.icc) * of_patients[patient]
        return shared + math.sqrt(1 - self.icc) * own

    def _risk(self, factors: np.ndarray) -> np.ndarray:
        return np.asarray(self.signal * factors[:, :3].mean(axis=1) * math.sqrt(3))

    def _outcomes(
        self, generator: np.random.Generator, factors: np.ndarray, n: int
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Return factors and outcome of n patients."""
        if self.endpoint == "survival":
            time = generator.weibull(1.2, n) * 1000 * np.exp(-self._risk(factors) / 1.2)
            share = self.events / self.patients if self.events else 0.6
            limit = generator.exponential(1000 * share / (1 - share), n)
            return factors, ((time <= limit).astype(float), np.minimum(time, limit))
        if not self.events:
            return factors, ((generator.random(n) < _chance(self._risk(factors) - 0.4)).astype(float),)
        wanted = round(n * self.events / self.patients)
        kept: dict[bool, list[np.ndarray]] = {True: [], False: []}
        offset = np.log(self.events / (self.patients - self.events))
        while True:
            event = generator.random(n) < _chance(self._risk(factors) + offset)
            for kind in (True, False):
                kept[kind].append(factors[event == kind])
            ill, well = (np.concatenate(kept[kind]) for kind in (True, False))
            if len(ill) >= wanted and len(well) >= n - wanted:
                both = np.concatenate([ill[:wanted], well[: n - wanted]])
                return both, (np.repeat([1.0, 0.0], [wanted, n - wanted]),)
            factors = generator.normal(size=factors.shape)


def _chance(log_odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def _as_data(
    features: np.ndarray, patient: np.ndarray, centre: np.ndarray, values: tuple[np.ndarray, ...]
) -> AnalysisData:
    names = tuple(f"f{i}" for i in range(features.shape[1]))
    ids = tuple(f"c{i:05d}" for i in range(len(patient)))
    columns = [part[patient] for part in values]
    if len(columns) == 2:
        endpoint = TimeToEventEndpoint(name="os", event_column="event", time_column="time")
        of_cases = EndpointValues(endpoint, ids, columns[0], columns[1])
    else:
        of_cases = EndpointValues(BinaryEndpoint(name="event", column="event", positive="1"), ids, columns[0])
    return AnalysisData(
        case_ids=ids,
        patient_ids=tuple(f"p{i:05d}" for i in patient),
        centres=tuple("AB"[c] for c in centre),
        features=pd.DataFrame(features, index=list(ids), columns=list(names)),
        blocks={"radiomics": Block("radiomics", names, "radiomics")},
        clinical=pd.DataFrame(index=list(ids)),
        values=of_cases,
    )


@dataclass(frozen=True)
class Cell:
    """A kind of cohort: ranges from which each cohort's law is drawn.

    ``events`` and ``lesions`` are (fewest, most); events (0, 0) leaves them to chance. At most half of the
    patients have the event, 80 % in a survival analysis.
    """

    endpoint: str = "binary"
    signal: tuple[float, float] = (0.0, 0.0)
    patients: tuple[int, int] = (40, 200)
    events: tuple[int, int] = (0, 0)
    lesions: tuple[int, int] = (1, 1)
    features: tuple[int, int] = (5, 1500)
    icc: float = 0.5


def draw_law(seed: int, cell: Cell) -> tuple[Law, np.random.Generator]:
    """Return the law of one cohort and the generator to draw from it."""
    generator = np.random.default_rng([20, seed])
    patients = int(generator.integers(cell.patients[0], cell.patients[1] + 1))
    p = int(np.exp(generator.uniform(*np.log(cell.features))))
    n_factors = max(3, p // FEATURES_PER_FACTOR)
    loadings = np.zeros((n_factors, p))
    loadings[generator.integers(0, n_factors, p), np.arange(p)] = generator.choice([-1.0, 1.0], p)
    loadings[:3, :3] = np.eye(3)  # the factors that may matter are always seen by some feature
    shift = generator.normal(0, 0.5, p)
    lesions = int(generator.integers(cell.lesions[0], cell.lesions[1] + 1))
    events = 0
    if cell.events[1]:
        most = min(cell.events[1], int(patients * (0.8 if cell.endpoint == "survival" else 0.5)))
        events = round(float(np.exp(generator.uniform(np.log(min(cell.events[0], most)), np.log(most)))))
    signal = float(generator.uniform(*cell.signal))
    icc = cell.icc if lesions > 1 else 1.0
    return Law(patients, lesions, events, p, signal, cell.endpoint, icc, loadings, shift), generator


def usable(law: Law, generator: np.random.Generator, settings: AnalysisSettings) -> AnalysisData:
    """Return a cohort with enough events for the folds; one that has not is drawn again, with ten patients more."""
    smallest = 15 if law.endpoint == "survival" else settings.folds
    while True:
        data = law.draw(generator)
        with_event = len({p for p, e in zip(data.patient_ids, data.events, strict=True) if e})
        others = len(set(data.patient_ids)) - with_event
        if with_event >= smallest and (law.endpoint == "survival" or others >= smallest):
            return data
        law = replace(law, patients=law.patients + 10)


def truths(law: Law, settings: AnalysisSettings, generator: np.random.Generator, draws: int) -> dict[str, float]:
    """Return what the procedure achieves on many new cases, trained on all cases of a cohort: mean over cohorts.

    Returns
    -------
    dict
        ``value`` (AUC or C), ``selector|model`` of each pipeline, and for a binary endpoint the shares at the
        threshold chosen in training. Under noise everything about order is 0.5 and needs no cohorts.
    """
    test = replace(law, lesions=1).draw(generator, N_TEST)
    found = [_one_truth(law, settings, generator, test) for _draw in range(draws)]
    return {name: float(np.nanmean([one[name] for one in found])) for name in found[0]}


def _value(test: AnalysisData, score: np.ndarray) -> float:
    """Return AUC or C on the test cases; the AUC from ranks, since pairs of thousands of cases take too long."""
    if test.target.ndim == 2:
        return HARRELL_C.value(test.target[:N_TEST_PAIRS], score[:N_TEST_PAIRS])
    events = test.target == 1
    n_events = int(events.sum())
    above = float(rankdata(score)[events].sum()) - n_events * (n_events + 1) / 2
    return above / (n_events * (len(score) - n_events))


def _one_truth(
    law: Law, settings: AnalysisSettings, generator: np.random.Generator, test: AnalysisData
) -> dict[str, float]:
    data = usable(law, generator, settings)
    block = encode_block(data, data.blocks["radiomics"])
    recipes = recipes_of(data, settings, "radiomics", data.task)
    fold_of = assign_folds(data, usable_folds(data, settings.folds), 1, 0)
    lattice = fit_lattice(block, data.target, fold_of, recipes, data.task, depth=1, seed=1, key=("truth",))
    everybody = np.ones(data.n, bool)
    fitted = list(fit_candidates(block, data.target, everybody, recipes, data.task, seed=1, key=("truth",)))
    new = test.features.to_numpy(float)
    found = {}
    named: dict[str, Recipe | None] = {"value": None} | {f"{r.selector}|{r.model}": r for r in recipes}
    for name, recipe in named.items():
        held = run_procedure(lattice, NO_FOLD, positions_of(lattice.candidates, recipe.name if recipe else None))
        score = fitted[held.candidate].score(new)
        found[name] = 0.5 if law.signal == 0 else _value(test, score)
        if name == "value" and law.endpoint == "binary":
            events = np.concatenate([data.target[fold_of == fold] for fold in held.inner])
            threshold = youden_threshold(events, np.concatenate(list(held.inner.values())))
            found |= decision_counts(test.target, score >= threshold).shares
    return found
