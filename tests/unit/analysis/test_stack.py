"""The model that joins clinical columns and rad-score: what it decides by was never seen by what it decides on."""

import numpy as np
import pytest

from radiomics_core.analysis.matrix import EncodedBlock
from radiomics_core.analysis.procedure import HeldOut, Stack
from radiomics_core.analysis.tasks import BINARY

N_FOLDS = 4


@pytest.fixture
def stack_and_base():
    generator = np.random.default_rng(3)
    fold_of = np.arange(80) % N_FOLDS
    clinical = EncodedBlock(generator.normal(size=(80, 2)), ("age", "size"))
    target = (generator.random(80) < 0.5).astype(float)
    scores = {fold: generator.normal(size=20) for fold in range(N_FOLDS)}
    base = HeldOut(0, {0: scores[0]}, {fold: scores[fold] for fold in range(1, N_FOLDS)})
    return Stack(clinical, target, fold_of, BINARY), base


def run(stack, base, target):
    return Stack(stack.clinical, target, stack.fold_of, stack.task).run(base, frozenset({0}), 7)


def test_inner_scores_of_a_fold_do_not_depend_on_its_outcomes(stack_and_base):
    stack, base = stack_and_base
    before = run(stack, base, stack.target)
    assert sorted(before.inner) == [1, 2, 3]
    for fold in before.inner:
        turned = np.where(stack.fold_of == fold, 1 - stack.target, stack.target)
        after = run(stack, base, turned)
        assert after.inner[fold] == pytest.approx(before.inner[fold], abs=1e-12)
        # the same change moves what is learnt from that fold
        assert np.abs(after.scores[0] - before.scores[0]).max() > 1e-3
