"""Nothing that learns sees a held-out row, or a row of a patient who is held out: spies record what they were given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis import nested
from radiomics_core.analysis.lattice import fit_lattice, fold_sets
from radiomics_core.analysis.matrix import EncodedBlock
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds
from radiomics_core.analysis.tasks import BINARY, TIME_TO_EVENT
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C
from radiomics_core.evaluation.recalibration import Line, PredictionScale
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice, Registry
from tests.simulated_analysis import make_data

SEEN: dict[str, list[frozenset[int]]] = {}


def note(who, rows):
    """Column 0 of the features is the position of the case, and nothing rescales it here."""
    SEEN.setdefault(who, []).append(frozenset(round(v) for v in np.asarray(rows)[:, 0]))


class SpyScreen:
    def keep(self, features):
        note("screen", features)
        return np.arange(features.shape[1])


class SpySelector:
    sizes = (2, 4)

    def rank(self, features, target, n_wanted, seed):
        note("selector", features)
        assert len(features) == len(target)
        return np.arange(n_wanted)


class SpyPreparer:
    def __init__(self, indicator_sets=()):
        pass

    def fit(self, features):
        note("preparer", features)
        return self

    def transform(self, features):
        return features


class SpyModel:
    """Its score is the position of the case, so that whatever is learnt from scores is seen as well."""

    def fit(self, features, target):
        note("model", features)
        assert len(features) == len(target)
        return self

    def predict(self, features):
        return features[:, 0]


def spy_line(target, score):
    note("recalibration", score[:, None])
    assert len(score) == len(target)
    return Line(1.0, 0.0)


def spy_deviance(target, scores):
    note("tuning", scores[0][:, None])
    assert scores.shape[1] == len(target)
    return np.zeros(len(scores))


def spy_tools(metric):
    family = ModelFamily((ModelCandidate("", lambda seed: SpyModel()),), tuned_by="deviance")
    kinds = {"binary", "time_to_event"}

    def rows(what, build):
        return Registry(what, *(Choice(name=n, label=lazy_(n), build=build, tags=kinds) for n in ("spy", "none")))

    return replace(
        BINARY if metric is AUC else TIME_TO_EVENT,
        rule=None,
        models=rows("model", lambda: family),
        metric=metric,
        scale=PredictionScale("log_odds" if metric is AUC else "log_hazard", spy_line, spy_deviance),
        plain_model="spy",
        quick_models=("spy",),
        quick_selectors=("spy",),
        selectors=rows("selector", SpySelector),
        screens=rows("screen", SpyScreen),
        make_preparer=SpyPreparer,
    )


@pytest.mark.parametrize("survival", [False, True])
def test_every_learner_sees_exactly_the_complement_of_the_folds_left_out(survival):
    data = make_data(n=72, p=6, cases_per_patient=2, index_feature=True, survival=survival)
    fold_of = assign_folds(data, 4, seed=1, repeat=0)
    SEEN.clear()
    block = EncodedBlock(data.features.to_numpy(float), data.blocks["radiomics"].columns)
    recipes = [Recipe(inputs="radiomics", screen="spy", selector="spy", model="spy")]
    tools = spy_tools(HARRELL_C if survival else AUC)
    fit_lattice(block, data.target, fold_of, recipes, tools, depth=3, seed=1, key=(0,))
    allowed = [frozenset(np.flatnonzero(~np.isin(fold_of, list(s))).tolist()) for s in fold_sets(4, 3)]
    assert set(SEEN) == {"screen", "preparer", "selector", "model"}
    for who, seen in SEEN.items():
        per_set = len(seen) // len(allowed)
        assert seen == [rows for rows in allowed for _ in range(per_set)], who


@pytest.mark.parametrize("inputs", ["radiomics", "combined"])
def test_the_whole_procedure_never_learns_from_a_patient_of_the_fold_it_scores(inputs):
    """Every learner's rows, and the rows of their patients, miss at least one whole fold: the one it is scored on."""
    data = make_data(n=60, p=5, cases_per_patient=2, index_feature=True, clinical=True)
    clinical = data.clinical.assign(position=np.arange(60.0))[["position", "age", "grade"]]
    data = replace(data, clinical=clinical)
    settings = AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics", "clinical", "combined"), screen="spy")
    unit = nested.Unit(kind="real", repeat=0, inputs=(inputs,))
    SEEN.clear()
    nested.run_unit(data, settings, unit, spy_tools(AUC))
    assert {"screen", "preparer", "selector", "model", "tuning", "recalibration"} == set(SEEN)
    folds = assign_folds(data, 5, settings.seed, 0)
    held_sets = [frozenset(np.flatnonzero(folds == k).tolist()) for k in range(5)]
    patients = np.array(data.patient_ids)
    for who, seen in SEEN.items():
        for rows in seen:
            untouched = [held for held in held_sets if not held & rows]
            assert untouched, who
            for held in untouched:
                assert not set(patients[list(held)]) & set(patients[list(rows)]), who


@pytest.mark.parametrize("survival", [False, True])
@pytest.mark.parametrize("inputs", ["radiomics", "combined"])
def test_predictions_of_a_fold_are_recalibrated_on_exactly_the_other_folds(inputs, survival):
    data = make_data(n=90, p=5, cases_per_patient=2, index_feature=True, clinical=True, survival=survival)
    clinical = data.clinical.assign(position=np.arange(90.0))[["position", "age", "grade"]]
    data = replace(data, clinical=clinical)
    settings = AnalysisSettings(repeats=1, folds=4, shuffles=0, selectors=("spy",), models=("spy",), screen="spy")
    unit = nested.Unit(kind="real", repeat=0, inputs=(inputs,))
    SEEN.clear()
    nested.run_unit(data, settings, unit, spy_tools(HARRELL_C if survival else AUC))
    folds = assign_folds(data, 4, settings.seed, 0)
    assert SEEN["recalibration"] == [frozenset(np.flatnonzero(folds != k).tolist()) for k in range(4)]


def test_changing_held_out_rows_changes_no_model():
    """The other side of the spies: replace a fold's rows by rubbish and its model's weights stay the same."""
    from radiomics_core.analysis.lattice import fit_candidates

    data = make_data(n=60, p=8, signal=1.0)
    training = assign_folds(data, 5, seed=1, repeat=0) != 0
    rubbish, y = data.features.to_numpy(float).copy(), data.target.copy()
    rubbish[~training], y[~training] = 1e6, 1 - y[~training]
    recipe = Recipe(inputs="radiomics", screen="near_constant", selector="mrmr", model="logistic_ridge")
    weights = []
    for values, target in ((data.features.to_numpy(float), data.target), (rubbish, y)):
        block = EncodedBlock(values, data.blocks["radiomics"].columns)
        fitted = list(fit_candidates(block, target, training, [recipe], BINARY, seed=1, key=(0,)))
        weights.append([f.model.coef_.tolist() for f in fitted])
    assert weights[0] == weights[1]
