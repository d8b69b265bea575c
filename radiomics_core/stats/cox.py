"""Cox regression fast enough to be refitted in every fold: Efron's ties, a ridge per coefficient, Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_
from radiomics_core.stats.newton import Steps, newton, solve_singular

METHOD_VERSION = "2"
STEPS = Steps(most=50, most_halvings=12, least_decrement=1e-14)
VANISHED = 1e-5
"""Information left at the solution, relative to zero, below which a coefficient has run off to infinity."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CoxFit:
    r"""A fitted Cox model, :math:`h(t \mid x) = h_0(t) \exp(x \beta)`.

    Attributes
    ----------
    beta : array, shape (n_columns,)
        Log hazard ratio per unit of each column.
    covariance : array, shape (n_columns, n_columns)
        Inverse of the (penalised) information at ``beta``.
    log_likelihood, null_log_likelihood : float
        Partial log-likelihood (without the penalty) at ``beta`` and at zero.
    converged : bool
        False when the likelihood has no maximum (a column separates the events perfectly) or Newton did not arrive.
    n, n_events : int
    """

    beta: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    converged: bool
    n: int
    n_events: int

    def log_hazard(self, x: ArrayLike) -> Floats:
        """Return the log relative hazard of cases, shape (n_cases,)."""
        result: Floats = np.asarray(x, float) @ self.beta
        return result


@dataclass(frozen=True)
class RiskSets:
    """Who is at risk at each event; made once, used at every Newton step.

    Attributes
    ----------
    order : array of int, shape (n,)
        Cases by falling time.
    event : array of bool, shape (n,)
        In that order.
    group : array of int, shape (n,)
        Number of the distinct time, 0 for the latest.
    starts : array of int
        First row of each distinct time.
    fraction : array, shape (n_events,)
        Efron's l/d of each event row: l and d count patients.
    weight : array, shape (n,)
        One over the number of cases of the patient, in ``order``.
    """

    order: NDArray[np.intp]
    event: NDArray[np.bool_]
    group: NDArray[np.intp]
    starts: NDArray[np.intp]
    fraction: Floats
    weight: Floats

    def at_events(self, weighted: Floats) -> Floats:
        """Return Efron's risk-set sum of each row of ``weighted`` (falling time) at each event, first axis events."""
        in_group = np.add.reduceat(weighted, self.starts, axis=0)
        flags = self.event.reshape(-1, *[1] * (weighted.ndim - 1))
        died = np.add.reduceat(weighted * flags, self.starts, axis=0)
        of = self.group[self.event]
        fraction = self.fraction.reshape(-1, *[1] * (weighted.ndim - 1))
        result: Floats = np.cumsum(in_group, axis=0)[of] - fraction * died[of]
        return result


def risk_sets(time: ArrayLike, event: ArrayLike, patients: ArrayLike | None = None) -> RiskSets:
    """Sort cases and count ties.

    Cases of one patient are no ties: at the patient's event all of them are at risk.

    Parameters
    ----------
    time : array, shape (n,)
    event : array, shape (n,)
        1 for the event of interest; anything else is censored.
    patients : array of numbers, shape (n,), optional
        Equal for cases of the same patient; left out, each case is one.
    """
    times = np.asarray(time, float)
    patient = np.arange(len(times)) if patients is None else np.unique(patients, return_inverse=True)[1]
    order = np.lexsort((patient, -times))
    falling, died = times[order], (np.asarray(event) == 1)[order]
    new = np.r_[True, falling[1:] != falling[:-1]]
    group, starts = np.cumsum(new) - 1, np.flatnonzero(new)
    weight = 1.0 / np.bincount(patient)[patient[order]]
    return RiskSets(order, died, group, starts, _efron(group[died], patient[order][died]), weight)


def _efron(group: NDArray[np.intp], patient: NDArray[np.intp]) -> Floats:
    """Return l/d of event rows sorted by time and patient: l patients of the same time come before, of d."""
    if not len(group):
        return np.zeros(0)
    first_of_patient = np.r_[True, (group[1:] != group[:-1]) | (patient[1:] != patient[:-1])]
    number = np.cumsum(first_of_patient) - 1
    n_patients = np.bincount(group, first_of_patient)
    before = np.cumsum(n_patients) - n_patients
    return np.asarray((number - before[group]) / n_patients[group], dtype=np.float64)


def patients_of(target: Floats) -> Floats | None:
    """Return the third column of a target of times, events and numbers of patients, None where there is none."""
    return target[:, 2] if target.shape[1] > 2 else None


def fit_cox(
    x: ArrayLike, time: ArrayLike, event: ArrayLike, penalty: ArrayLike = 0.0, *, patients: ArrayLike | None = None
) -> CoxFit:
    r"""Maximise the weighted partial likelihood with Efron's ties minus a ridge penalty.

    .. math:: \ell(\beta) - \tfrac12 \sum_j \lambda_j \beta_j^2

    Where patients have several cases each weighs one over their number, so that every patient weighs the same.

    Parameters
    ----------
    x : array, shape (n_cases, n_columns)
        No missing values. Standardise the columns when a penalty is used.
    time : array, shape (n_cases,)
    event : array, shape (n_cases,)
        1 for the event of interest; anything else is censored.
    penalty : float or array, shape (n_columns,)
        :math:`\lambda_j`; 0 leaves a column unpenalised.
    patients : array of numbers, shape (n_cases,), optional
        Equal for cases of the same patient; left out, each case is one. The covariance takes weights for counts:
        for tests and intervals use :func:`robust_covariance`.

    Raises
    ------
    NotApplicableError
        When there is no event.

    References
    ----------
    Cox, JRSS B 34 (1972) 187-220. Efron, JASA 72 (1977) 557-565. Verweij & van Houwelingen, Stat Med 13 (1994).
    """
    columns = np.asarray(x, float)
    sets = risk_sets(time, event, patients)
    if not sets.event.any():
        raise NotApplicableError(lazy_("a Cox model needs events, got none in {n} cases"), n=len(columns))
    ridge: Floats = np.broadcast_to(np.asarray(penalty, float), (columns.shape[1],))
    centred = _centred(columns, sets)
    beta, hessian, likelihood, converged = _newton(centred, sets, ridge)
    return CoxFit(
        beta,
        np.asarray(np.linalg.pinv(hessian, hermitian=True), dtype=np.float64),
        likelihood,
        _log_likelihood(centred, sets, np.zeros_like(beta)),
        converged,
        len(columns),
        int(sets.event.sum()),
    )


def _centred(columns: Floats, sets: RiskSets) -> Floats:
    return np.asarray((columns - columns.mean(axis=0))[sets.order], dtype=np.float64)


def _newton(x: Floats, sets: RiskSets, ridge: Floats) -> tuple[Floats, Floats, float, bool]:
    def loss(at: Floats) -> float:
        return 0.5 * float(ridge @ at**2) - _log_likelihood(x, sets, at)

    def derivatives(at: Floats) -> tuple[Floats, Floats]:
        return _derivatives(x, sets, ridge, at)

    end = newton(np.zeros(x.shape[1]), derivatives, STEPS, loss=loss, solver=solve_singular)
    start = np.diag(end.first_hessian)
    settled = bool(np.all(np.abs(end.gradient) <= 1e-4 * np.sqrt(np.maximum(start, 1e-300))))
    informative = bool(np.all(np.diag(end.hessian) >= VANISHED * start))
    return end.at, end.hessian, _log_likelihood(x, sets, end.at), settled and informative


def _log_likelihood(x: Floats, sets: RiskSets, beta: Floats) -> float:
    eta = x @ beta
    top = eta.max()  # keeps exp() in range; it cancels
    at_risk = sets.at_events(sets.weight * np.exp(eta - top))
    logs = np.log(np.maximum(at_risk, 1e-300))
    return float(np.sum(sets.weight[sets.event] * (eta[sets.event] - top - logs)))


def _derivatives(x: Floats, sets: RiskSets, ridge: Floats, beta: Floats) -> tuple[Floats, Floats]:
    eta = x @ beta
    weight = sets.weight * np.exp(eta - eta.max())
    at_risk = np.maximum(sets.at_events(weight), 1e-300)
    mean = sets.at_events(weight[:, None] * x) / at_risk[:, None]
    counted = sets.weight[sets.event][:, None]
    gradient = (counted * (x[sets.event] - mean)).sum(axis=0) - ridge * beta
    exposure = weight * _cumulative_hazard(sets, at_risk)
    hessian = (x * exposure[:, None]).T @ x - (counted * mean).T @ mean + np.diag(ridge)
    return gradient, hessian


def _cumulative_hazard(sets: RiskSets, at_risk: Floats) -> Floats:
    """Return for each case the sum of 1/S0 over the events at which it was at risk (Efron's share at its own)."""
    return _while_at_risk(sets, (sets.weight[sets.event] / at_risk)[:, None])[:, 0]


def _while_at_risk(sets: RiskSets, at_events: Floats) -> Floats:
    """Return for each case the sum of ``at_events``, shape (n_events, k), over the events at which it was at risk."""
    of, shape = sets.group[sets.event], (len(sets.starts), at_events.shape[1])
    jumps, own = np.zeros(shape), np.zeros(shape)
    np.add.at(jumps, of, at_events)
    np.add.at(own, of, sets.fraction[:, None] * at_events)
    up_to = np.cumsum(jumps[::-1], axis=0)[::-1]
    return np.asarray(up_to[sets.group] - own[sets.group] * sets.event[:, None], dtype=np.float64)


def robust_covariance(fit: CoxFit, x: ArrayLike, time: ArrayLike, event: ArrayLike, patients: ArrayLike) -> Floats:
    """Covariance of the coefficients when cases of a patient go together: the sandwich over whole patients.

    Parameters
    ----------
    fit : CoxFit
        Of the same cases and patients.
    patients : array, shape (n_cases,)
        Equal for cases of the same patient.

    References
    ----------
    Lin & Wei, JASA 84 (1989) 1074-1078; equal to R's ``coxph(..., weights, cluster)`` with
    Breslow's ties when no two patients have their event at the same time.
    """
    sets = risk_sets(time, event, patients)
    scores = _score_residuals(_centred(np.asarray(x, float), sets), sets, fit.beta)
    cluster = np.unique(np.asarray(patients)[sets.order], return_inverse=True)[1]
    summed = np.zeros((int(cluster.max()) + 1, scores.shape[1]))
    np.add.at(summed, cluster, sets.weight[:, None] * scores)
    moved = summed @ fit.covariance
    return np.asarray(moved.T @ moved, dtype=np.float64)


def _score_residuals(x: Floats, sets: RiskSets, beta: Floats) -> Floats:
    """Return what each case (in the order of ``sets``) adds to the gradient per unit of its weight."""
    risk = np.exp(x @ beta)
    at_risk = sets.at_events(sets.weight * risk)
    mean = sets.at_events((sets.weight * risk)[:, None] * x) / at_risk[:, None]
    weight = sets.weight[sets.event][:, None]
    jump = weight / at_risk[:, None]
    exposed = x * _while_at_risk(sets, jump) - _while_at_risk(sets, jump * mean)
    of, of_time = sets.group[sets.event], np.zeros((len(sets.starts), x.shape[1] + 1))
    np.add.at(of_time, of, np.hstack([weight * mean, weight]))
    observed = x - (of_time[:, :-1] / np.maximum(of_time[:, -1:], 1e-300))[sets.group]
    return np.asarray(observed * sets.event[:, None] - risk[:, None] * exposed, dtype=np.float64)


def schoenfeld_residuals(fit: CoxFit, x: ArrayLike, time: ArrayLike, event: ArrayLike) -> tuple[Floats, Floats]:
    """Return the event times (rising) and the Schoenfeld residuals, shape (n_events, n_columns).

    References
    ----------
    Schoenfeld, Biometrika 69 (1982) 239-241.
    """
    sets = risk_sets(time, event)
    sorted_x = np.asarray(x, float)[sets.order]
    eta = sorted_x @ fit.beta
    weight = np.exp(eta - eta.max())
    mean = sets.at_events(weight[:, None] * sorted_x) / sets.at_events(weight)[:, None]
    of = sets.group[sets.event]
    tied = np.maximum(np.bincount(of), 1).astype(float)[:, None]
    shared = np.stack([np.bincount(of, weights=column) for column in mean.T], axis=1) / tied
    residuals = sorted_x[sets.event] - shared[of]
    return np.asarray(time, float)[sets.order][sets.event][::-1], residuals[::-1]
