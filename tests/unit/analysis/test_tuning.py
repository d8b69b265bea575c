"""Tuning values are compared by deviance where the model says so, pipelines always by the metric."""

import numpy as np
import pytest

from radiomics_core.analysis.lattice import Candidate, Lattice
from radiomics_core.analysis.procedure import tune
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.evaluation.discrimination import AUC
from radiomics_core.evaluation.recalibration import LOG_ODDS
from radiomics_core.models.family import ModelCandidate

FOLD_OF = np.repeat([0, 1, 2], 8)
EVENTS = np.tile([0.0, 1.0], 12)
GOOD = EVENTS - 0.5
BETTER_ORDER_BUT_WILD = np.where(EVENTS == 1, 9.0, 8.0)  # AUC 1, and every case is called an event
ONE_PAIR_WRONG = GOOD.copy()
ONE_PAIR_WRONG[::8] = 2.0  # a case without the event on top of each fold


def lattice(rows, tuned_by="deviance", models=None):
    models = models or ["a"] * len(rows)
    candidates = [Candidate(Recipe(inputs="x", model=m), 5, ModelCandidate("", None), tuned_by) for m in models]
    made = Lattice(candidates, FOLD_OF, EVENTS, LOG_ODDS)
    for left_out in (frozenset({0, 1}), frozenset({0, 2}), frozenset({1, 2})):
        for fold in left_out:
            made.scores[left_out, fold] = np.array(rows)[:, fold == FOLD_OF]
            made.values[left_out, fold] = AUC.values(EVENTS[fold == FOLD_OF], made.scores[left_out, fold])
    return made


@pytest.mark.parametrize(("tuned_by", "chosen"), [("deviance", 1), ("metric", 0)])
def test_a_wild_candidate_loses_by_deviance_where_the_model_is_tuned_by_it(tuned_by, chosen):
    made = lattice([BETTER_ORDER_BUT_WILD, ONE_PAIR_WRONG], tuned_by)
    assert tune(made, frozenset({0}), np.arange(2)) == chosen


def test_pipelines_are_compared_by_the_metric_after_each_was_tuned_by_deviance():
    made = lattice([BETTER_ORDER_BUT_WILD, ONE_PAIR_WRONG, 20 * BETTER_ORDER_BUT_WILD], models=["a", "a", "b"])
    # pipeline a is tuned to its second candidate, whose AUC is below that of the only candidate of pipeline b
    assert tune(made, frozenset({0}), np.arange(3)) == 2
    assert tune(made, frozenset({0}), np.arange(2)) == 1


def test_equal_candidates_are_a_tie_for_the_simplest():
    assert tune(lattice([GOOD, GOOD]), frozenset({0}), np.arange(2)) == 0


def test_outcomes_and_scores_of_the_folds_left_out_play_no_part():
    made, turned = lattice([BETTER_ORDER_BUT_WILD, GOOD]), lattice([BETTER_ORDER_BUT_WILD, GOOD])
    turned.target = np.where(FOLD_OF == 0, 1 - EVENTS, EVENTS)
    assert made.inner_deviance(frozenset({0})) == pytest.approx(turned.inner_deviance(frozenset({0})))


def test_the_deviance_joins_each_fold_s_scores_with_its_own_outcomes():
    """Folds of 4, 8 and 12 cases, so that scores and outcomes of folds in another order do not meet."""
    fold_of = np.repeat([0, 1, 2], [4, 8, 12])
    events = (np.arange(24) % 3 == 0).astype(float)
    scores = np.where(events == 1, 1.0, -1.0) + np.linspace(-2.0, 2.0, 24)
    made = lattice([np.zeros(24)])
    made.fold_of, made.target = fold_of, events
    for left_out in ({0, 1}, {0, 2}, {1, 2}):
        for fold in left_out:
            made.scores[frozenset(left_out), fold] = scores[None, fold_of == fold]
    inside = fold_of != 0
    wanted = LOG_ODDS.deviance(events[inside], scores[None, inside])
    assert made.inner_deviance(frozenset({0})) == pytest.approx(wanted)
    elsewhere = LOG_ODDS.deviance(np.roll(events[inside], 8), scores[None, inside])
    assert elsewhere != pytest.approx(wanted, abs=0.01)
