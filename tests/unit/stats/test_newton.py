import numpy as np
import pytest

from radiomics_core.stats.newton import Steps, newton, solve_singular


def cubic_bowl(at):
    # loss |x|^3 / 3 + x^2 / 2 - x: minimum where x^2 + x = 1
    return -(np.abs(at) * at + at - 1), np.diag(2 * np.abs(at) + 1)


def test_newton_arrives_where_the_gradient_is_nothing():
    end = newton(np.array([5.0]), cubic_bowl, Steps(most=50, least_change=1e-10))
    assert end.at[0] == pytest.approx((np.sqrt(5) - 1) / 2, abs=1e-12)
    assert end.first_hessian[0, 0] == 11.0


def test_a_step_is_shortened_as_a_whole():
    end = newton(np.zeros(2), lambda at: (np.array([10.0, 5.0]) - at, np.eye(2)), Steps(most=1, longest=2.0))
    assert end.at.tolist() == [2.0, 1.0]


def test_a_step_that_makes_it_worse_is_halved_until_it_helps():
    # Newton on sqrt(1 + x^2) leaps from 1.2 to -1.728 and then away; one half of the first step helps
    def loss(at):
        return float(np.sqrt(1 + at[0] ** 2))

    def derivatives(at):
        return -at / loss(at), np.array([[loss(at) ** -3]])

    assert newton(np.array([1.2]), derivatives, Steps(most=1)).at[0] == pytest.approx(-1.728)
    halved = newton(np.array([1.2]), derivatives, Steps(most=1, most_halvings=5), loss=loss)
    assert halved.at[0] == pytest.approx((1.2 - 1.728) / 2)
    assert newton(np.array([1.2]), derivatives, Steps(most=30, most_halvings=5), loss=loss).at[0] == pytest.approx(0)


def test_newton_stays_where_no_half_helps():
    end = newton(np.zeros(1), lambda at: (np.ones(1), np.eye(1)), Steps(most=9, most_halvings=3), loss=np.linalg.norm)
    assert end.at.tolist() == [0.0]


def test_columns_that_depend_on_each_other_share_the_step():
    twice = np.ones((2, 2))
    end = newton(np.zeros(2), lambda at: (np.full(2, 4.0) - twice @ at, twice), Steps(most=3), solver=solve_singular)
    assert end.at == pytest.approx([2.0, 2.0])
