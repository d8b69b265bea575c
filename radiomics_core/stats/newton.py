"""Newton's method with steps that are cut or halved until they help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Solve = Callable[[Floats, Floats], Floats]
SLACK = 1e-12
"""Rise of the loss that counts as none: rounding."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How far Newton goes and when it has arrived.

    Attributes
    ----------
    most : int
        Steps at the most.
    most_halvings : int
        Halvings of a step that makes the loss larger; 0 takes every step as it is.
    longest : float
        Largest change of a coefficient in one step; a longer step is shortened as a whole.
    least_change : float
        Arrived when no coefficient changes by more.
    least_decrement : float
        Arrived, without the step, when gradient times step is less.
    """

    most: int
    most_halvings: int = 0
    longest: float = float("inf")
    least_change: float = 0.0
    least_decrement: float = -float("inf")


@dataclass(frozen=True)
class Arrival:
    """Where Newton stopped.

    Attributes
    ----------
    at : array, shape (n,)
    gradient : array, shape (n,)
    hessian : array, shape (n, n)
        Both at ``at``, but one step earlier when ``least_change`` ended the way.
    first_hessian : array, shape (n, n)
        At the start.
    """

    at: Floats
    gradient: Floats
    hessian: Floats
    first_hessian: Floats


def solve(hessian: Floats, gradient: Floats) -> Floats:
    """Return the step of a regular problem."""
    return np.asarray(np.linalg.solve(hessian, gradient))


def solve_singular(hessian: Floats, gradient: Floats) -> Floats:
    """Return the shortest step of a problem whose columns may depend on each other."""
    return np.asarray(np.linalg.lstsq(hessian, gradient, rcond=1e-12)[0], dtype=np.float64)


def newton(
    start: Floats,
    derivatives: Callable[[Floats], tuple[Floats, Floats]],
    steps: Steps,
    *,
    loss: Callable[[Floats], float] | None = None,
    solver: Solve = solve,
) -> Arrival:
    """Go down from ``start``.

    Parameters
    ----------
    start : array, shape (n,)
    derivatives : function (point) -> (gradient, hessian)
        Downhill gradient (minus that of the loss) and the Hessian of the loss, shapes (n,) and (n, n).
    steps : Steps
    loss : function (point) -> float, optional
        What must not rise; needed for halvings.
    solver : function (hessian, gradient) -> step
    """
    at = start
    first = None
    for _step in range(steps.most):
        gradient, hessian = derivatives(at)
        first = hessian if first is None else first
        change = solver(hessian, gradient)
        if float(gradient @ change) < steps.least_decrement:
            break
        if steps.longest < np.inf:
            change = change * min(1.0, steps.longest / max(float(np.abs(change).max()), 1e-12))
        helped = change if loss is None else _halved(loss, at, change, steps.most_halvings)
        if helped is None:
            break
        at = at + helped
        if float(np.abs(helped).max()) < steps.least_change:
            break
    else:
        gradient, hessian = derivatives(at)
    return Arrival(at, gradient, hessian, hessian if first is None else first)


def _halved(loss: Callable[[Floats], float], at: Floats, change: Floats, most: int) -> Floats | None:
    before = loss(at)
    for _halving in range(most):
        if loss(at + change) <= before + SLACK:
            return change
        change = change / 2
    return None
