"""Hazard ratios of one Cox model fitted on all development cases: in-sample, and labelled so."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from radiomics_core.errors import NotApplicableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.stats.cox import CoxFit, fit_cox, robust_covariance
from radiomics_core.survival import kinds
from radiomics_core.survival.proportional_hazards import ALPHA, proportional_hazards

METHOD_VERSION = "3"
Z_95 = 1.959963984540054
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CoxForest:
    """Hazard ratios with 95 % Wald intervals.

    Attributes
    ----------
    table : DataFrame
        Columns ``name, level, reference, scale`` (``per SD`` | ``per unit`` | ``level``), ``hr, low, high, p,
        n`` (cases in the level), ``ph_p`` (proportional-hazards test of the factor, the same in each of its levels).
    n, n_events, n_dropped : int
        Cases and events in the model; cases left out for a missing value.
    in_sample : bool
        Always True: the model was fitted on the cases it describes.
    ph_global_p : float
        Proportional-hazards test of all factors together.
    findings : tuple of Finding
    """

    table: pd.DataFrame
    n: int
    n_events: int
    n_dropped: int
    in_sample: bool = True
    ph_global_p: float = float("nan")
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def frame(self) -> pd.DataFrame:
        """Return one row per coefficient."""
        return self.table


def cox_forest(
    covariates: pd.DataFrame, time: ArrayLike, event: ArrayLike, *, patients: ArrayLike | None = None
) -> CoxForest:
    """Fit an unpenalised Cox model and return its hazard ratios.

    Where patients have several cases every patient weighs the same, the errors are Lin and Wei's over whole patients,
    and proportional hazards are checked on each patient's mean.

    Parameters
    ----------
    covariates : DataFrame, shape (n_cases, n_columns)
        Numbers enter per standard deviation (0/1 columns per unit), ordered categories per level as a number,
        other categories as levels against the commonest.
    time : array, shape (n_cases,)
    event : array, shape (n_cases,)
    patients : array, shape (n_cases,), optional
        Equal for cases of the same patient; left out, each case is one.

    Raises
    ------
    NotApplicableError
        When no column is left, or there are more parameters than half the events.
    """
    complete = covariates.notna().all(axis=1).to_numpy()
    rows = covariates.loc[complete]
    times, events = np.asarray(time, float)[complete], (np.asarray(event) == 1)[complete]
    design, described = _design(rows)
    patient = (
        np.arange(len(rows)) if patients is None else np.unique(np.asarray(patients)[complete], return_inverse=True)[1]
    )
    _require_enough(design, len(np.unique(patient[events])))
    fit = _fit(design, times, events, patient)
    if not fit.converged:
        raise NotApplicableError(
            lazy_("the Cox model has no solution: a factor separates the events perfectly"),
            remedy=lazy_("Leave out factors with very few cases or events in a level"),
        )
    check = _proportional(design, times, events, patient, fit, described["name"].tolist())
    p_of = dict(zip(check["term"], check["p"].to_numpy(float), strict=True))
    table = _ratios(described, fit).assign(ph_p=described["name"].map(p_of))
    dropped = int(np.sum(~complete))
    overall = float(check["p"].iloc[-1])
    return CoxForest(table, fit.n, fit.n_events, dropped, True, overall, _findings(table, fit, dropped, overall))


def _fit(design: pd.DataFrame, times: Floats, events: NDArray[np.bool_], patient: NDArray[np.intp]) -> CoxFit:
    n_cases = np.bincount(patient)
    if n_cases.max() == 1:
        return fit_cox(design, times, events)
    fit = fit_cox(design, times, events, patients=patient)
    return replace(fit, covariance=robust_covariance(fit, design, times, events, patient))


def _proportional(
    design: pd.DataFrame,
    times: Floats,
    events: NDArray[np.bool_],
    patient: NDArray[np.intp],
    fit: CoxFit,
    terms: list[str],
) -> pd.DataFrame:
    _ids, first = np.unique(patient, return_index=True)
    if len(first) == len(patient):
        return proportional_hazards(design, times, events, fit, terms=terms).frame()
    means = design.groupby(patient).mean()
    return proportional_hazards(means, times[first], events[first], terms=terms).frame()


def _design(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    columns: dict[str, NDArray[np.float64]] = {}
    described: list[tuple[str, str, str, str, int]] = []
    for name in rows.columns:
        column = rows[name]
        if isinstance(column.dtype, pd.CategoricalDtype) and not column.cat.ordered:
            counts = column.value_counts()
            levels = [level for level in column.cat.categories if counts.get(level, 0) > 0]
            reference = counts.index[0] if levels else None
            for level in (each for each in levels if each != reference):
                columns[f"{name}={level}"] = np.asarray(column == level, dtype=np.float64)
                described.append((str(name), str(level), str(reference), "level", int(counts[level])))
            continue
        ordered = isinstance(column.dtype, pd.CategoricalDtype)
        number = np.asarray(column.cat.codes if ordered else column, dtype=np.float64)
        spread = float(np.std(number, ddof=1)) if len(number) > 1 else 0.0
        if spread == 0:
            continue
        per_unit = ordered or set(np.unique(number)) <= {0.0, 1.0}
        columns[str(name)] = number if per_unit else (number - number.mean()) / spread
        described.append((str(name), "", "", "per unit" if per_unit else "per SD", len(number)))
    frame = pd.DataFrame(described, columns=["name", "level", "reference", "scale", "n"])
    return pd.DataFrame(columns, index=rows.index), frame


def _require_enough(design: pd.DataFrame, n_events: int) -> None:
    n = design.shape[1]
    if n == 0:
        raise NotApplicableError(lazy_("no factor varies among the cases"))
    if n > n_events / 2:
        raise NotApplicableError(
            lazy_("{n} parameters for {n_events} events is too much for a table of hazard ratios"),
            remedy=lazy_("Choose fewer factors: those that need at most {most} parameters"),
            n=n,
            n_events=n_events,
            most=max(n_events // 10, 1),
        )


def _ratios(described: pd.DataFrame, fit: CoxFit) -> pd.DataFrame:
    error = np.sqrt(np.diag(fit.covariance))
    return described[["name", "level", "reference", "scale"]].assign(
        hr=np.exp(fit.beta),
        low=np.exp(fit.beta - Z_95 * error),
        high=np.exp(fit.beta + Z_95 * error),
        p=2 * special.ndtr(-np.abs(fit.beta / error)),
        n=described["n"],
    )


def _findings(table: pd.DataFrame, fit: CoxFit, dropped: int, overall: float) -> tuple[Finding, ...]:
    findings = []
    if fit.n_events < 10 * len(table):
        findings.append(found(kinds.FEW_EVENTS, n_events=fit.n_events, n_parameters=len(table)))
    if dropped:
        findings.append(found(kinds.INCOMPLETE_ROWS, n_dropped=dropped, n=fit.n + dropped))
    factors = table.drop_duplicates("name")
    for name, p in zip(factors["name"], factors["ph_p"].to_numpy(float), strict=True):
        if p < ALPHA:
            findings.append(found(kinds.HAZARDS_NOT_PROPORTIONAL, column=str(name), p=float(p), overall=overall))
    return tuple(findings)
