"""The value of a held-out fold: who counts, and from how many pairs on."""

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis.procedure import held_out_value, one_per_patient
from radiomics_core.evaluation.discrimination import AUC


def test_a_patient_has_the_first_outcome_and_the_mean_score_of_its_cases():
    target = np.array([[1.0, 30.0], [0.0, 20.0], [1.0, 30.0], [0.0, 20.0], [0.0, 20.0]])
    outcome, score = one_per_patient(np.array([7, 3, 7, 3, 3]), target, np.array([1.0, 3.0, 2.0, 6.0, 9.0]))
    assert outcome.tolist() == [[0.0, 20.0], [1.0, 30.0]]
    assert score.tolist() == [6.0, 1.5]


def test_a_fold_has_a_value_from_the_fewest_pairs_on_and_none_below():
    target, score = np.array([0.0, 0, 1, 1]), np.array([1.0, 3, 2, 4])  # 4 pairs, 3 of them right
    value, _variance, n_pairs = held_out_value(replace(AUC, min_pairs=4), target, score)
    assert (value, n_pairs) == (pytest.approx(0.75), 4)
    nothing, variance, n_pairs = held_out_value(replace(AUC, min_pairs=5), target, score)
    assert np.isnan([nothing, variance]).all()
    assert n_pairs == 4
