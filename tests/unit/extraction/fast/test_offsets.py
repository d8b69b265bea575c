"""Directions: number, order and limits of the steps to neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.matrices.offsets import offsets


def test_thirteen_directions_at_distance_one_start_with_the_diagonal_and_end_with_the_row():
    steps = offsets((5, 5, 5), (1,), None)
    assert steps.shape == (13, 3)
    assert steps[0].tolist() == [1, 1, 1]
    assert steps[-1].tolist() == [0, 0, 1]


def test_both_senses_of_each_direction_are_the_26_neighbours():
    steps = offsets((5, 5, 5), (1,), None, bidirectional=True)
    assert len({tuple(step) for step in steps.tolist()}) == 26
    assert np.array_equal(steps, -steps[::-1])


def test_no_step_leaves_the_slice_in_2d():
    assert offsets((5, 5, 5), (1,), 0).tolist() == [[0, 1, 1], [0, 1, 0], [0, 1, -1], [0, 0, 1]]


def test_a_step_as_long_as_the_box_is_left_out():
    assert offsets((1, 5, 5), (1,), None).tolist() == offsets((5, 5, 5), (1,), 0).tolist()
    assert offsets((2, 1, 3), (2,), None).tolist() == [[1, 0, 2], [1, 0, -2], [0, 0, 2]]
    assert offsets((1, 1, 1), (1,), None).shape == (0, 3)


def test_distance_two_is_the_shell_of_the_cube_of_five():
    assert len(offsets((9, 9, 9), (2,), None)) == (5**3 - 3**3) // 2
    assert len(offsets((9, 9, 9), (1, 2), None)) == 13 + 49


def test_distances_below_one_are_refused():
    with pytest.raises(ValueError, match="distances must be at least 1, got \\[0\\]"):
        offsets((3, 3, 3), (0,), None)


def test_changing_the_answer_does_not_change_the_next_one():
    offsets((3, 3, 3), (1,), None)[:] = 0
    assert offsets((3, 3, 3), (1,), None).any()
