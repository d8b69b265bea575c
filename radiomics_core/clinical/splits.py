"""Which cases build the model and which judge it: a rule on centre, a column or a date, patients never divided."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import canonical, cell_text, is_number, parse_numbers, point_number
from radiomics_core.clinical.dates import looks_like_dates, parse_date, parse_dates
from radiomics_core.cohort.model import Cohort, Role
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import Text, lazy_

_RULE = re.compile(r"^\s*(?P<column>.+?)\s*(?P<sign>>=|<=|!=|==|=|>|<|\s+in\s+)\s*(?P<value>.+?)\s*$", re.IGNORECASE)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class SplitRule:
    """A rule that says which cases are external, e.g. ``centre=B`` or ``date>=2015-01-01``."""

    column: str
    sign: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column}{f' {self.sign} ' if self.sign == 'in' else self.sign}{','.join(self.values)}"


@dataclass(frozen=True)
class RoleAssignment:
    """A cohort with roles, how many cases each role has, and the cases the rule could not place."""

    cohort: Cohort
    n_development: int
    n_external: int
    unknown: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)


def parse_rule(text: str) -> SplitRule:
    """Read a rule: ``column=value``, ``!=``, ``column in a,b``, ``>=``, ``<=``, ``>``, ``<``."""
    match = _RULE.match(text)
    if match is None:
        raise TableError(
            lazy_("'{rule}' is no rule for external cases"),
            remedy=lazy_("Write centre=B, column in a,b, date>=2015-01-01 or column>=number"),
            rule=text,
        )
    sign = match["sign"].strip().lower().replace("==", "=")
    values = [v.strip().strip("'\"") for v in (match["value"].split(",") if sign == "in" else [match["value"]])]
    return SplitRule(match["column"].strip("'\""), sign, tuple(v for v in values if v))


def assign_roles(cohort: Cohort, clinical: pd.DataFrame, rule: str) -> Cohort:
    """Return the cohort with the cases that meet the rule external and all others in development."""
    return apply_rule(cohort, clinical, rule).cohort


def apply_rule(cohort: Cohort, clinical: pd.DataFrame, rule: str) -> RoleAssignment:
    """Give every case its role.

    Parameters
    ----------
    cohort : Cohort
    clinical : DataFrame indexed by case_id
        Text cells. A column ``centre`` that the table does not have is taken from the cases.
    rule : str
        See :func:`parse_rule`. Text is compared without case, ``1`` equals ``1.0``.

    Raises
    ------
    TableError
        When the column is unknown, the rule selects no case or every case, or a patient would have cases on
        both sides.
    """
    parsed = parse_rule(rule)
    column = _column(cohort, clinical, parsed.column)
    meets = _meets(column, parsed)
    unknown = tuple(str(i) for i in column.index[column.isna().to_numpy() | np.isnan(meets)])
    external = {str(i) for i, m in zip(column.index, meets, strict=True) if m == 1.0}
    if not external or len(external) + len(unknown) == len(cohort.cases):
        raise _one_sided(parsed, column, bool(external))
    _refuse_divided_patients(cohort, external, rule)
    cases = tuple(dataclasses.replace(c, role=_role(c.case_id in external)) for c in cohort.cases)
    findings = []
    if unknown:
        examples = ", ".join(unknown[:5]) + (" ..." if len(unknown) > 5 else "")
        findings.append(found(kinds.SPLIT_UNKNOWN, n=len(unknown), rule=rule, examples=examples))
    n_external = len(external)
    return RoleAssignment(cohort.replace(cases=cases), len(cases) - n_external, n_external, unknown, findings)


def cases_that_meet(cohort: Cohort, clinical: pd.DataFrame, rule: str) -> set[str]:
    """Return the cases that meet a rule, none when its column is not there (any more).

    Raises
    ------
    TableError
        When a patient would have cases on both sides.
    """
    parsed = parse_rule(rule)
    try:
        column = _column(cohort, clinical, parsed.column)
    except TableError:
        return set()
    meeting = {str(i) for i, m in zip(column.index, _meets(column, parsed), strict=True) if m == 1.0}
    external = meeting | {case.case_id for case in cohort.cases if case.role == "external"}
    _refuse_divided_patients(cohort, external, rule)
    return meeting


def refuse_divided_patients(cohort: Cohort) -> None:
    """Raise TableError when a patient has cases in development and in the external set."""
    sides: dict[str, set[Role]] = {}
    for case in cohort.cases:
        sides.setdefault(case.patient_id, set()).add(case.role)
    divided = [patient for patient, roles in sides.items() if len(roles) > 1]
    if divided:
        raise TableError(
            lazy_("{n} patients would have cases both in development and in the external set: {patients}"),
            remedy=lazy_("Name the patients first, then set cases aside"),
            n=len(divided),
            patients=", ".join(divided[:10]) + (" ..." if len(divided) > 10 else ""),
        )


def _role(is_external: bool) -> Role:
    return "external" if is_external else "development"


def _column(cohort: Cohort, clinical: pd.DataFrame, name: str) -> pd.Series:
    """Return the rule's column for every case of the cohort, missing where the table has no row."""
    ids = [c.case_id for c in cohort.cases]
    named = {str(c).casefold(): str(c) for c in reversed(clinical.columns)}
    if name in clinical.columns or name.casefold() in named:
        column = clinical[name if name in clinical.columns else named[name.casefold()]]
        cells = [cell_text(v) or pd.NA for v in column.set_axis(column.index.astype(str)).reindex(ids)]
        return pd.Series(cells, index=ids, dtype=object)
    if name.casefold() in ("centre", "center") and any(c.centre for c in cohort.cases):
        return pd.Series([c.centre or pd.NA for c in cohort.cases], index=ids, dtype=object)
    raise TableError(
        lazy_("the rule names column '{column}', which the table does not have"),
        remedy=lazy_("Available: {available}"),
        column=name,
        available=", ".join(map(str, clinical.columns)),
    )


def _meets(column: pd.Series, rule: SplitRule) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return 1 where a case meets the rule, 0 where not, NaN where that cannot be said."""
    if rule.sign in ("=", "!=", "in"):
        wanted = {canonical(v) for v in rule.values}
        same = np.array([np.nan if pd.isna(cell) else float(canonical(cell) in wanted) for cell in column])
        return 1 - same if rule.sign == "!=" else same
    compare, bound = _COMPARE[rule.sign], rule.values[0]
    day = None if is_number(bound) else parse_date(bound)
    if day is not None or looks_like_dates(column.dropna(), rule.column):
        return _compared_dates(column, rule, day, compare)
    if not is_number(point_number(bound)):
        raise _unreadable(rule, lazy_("'{value}' is neither a number nor a date"))
    numbers, _ = parse_numbers(column)
    if np.isnan(numbers).all():
        raise _unreadable(rule, lazy_("column '{column}' holds no numbers to compare with '{value}'"))
    return np.where(np.isnan(numbers), np.nan, compare(numbers, float(point_number(bound))))


def _compared_dates(
    column: pd.Series, rule: SplitRule, day: date | None, compare: Callable[[Any, Any], Any]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    if day is None and re.fullmatch(r"(19|20)\d{2}", rule.values[0]):
        day = date(int(rule.values[0]), 1, 1)
    if day is None:
        raise _unreadable(rule, lazy_("'{value}' is no date; column '{column}' holds dates"))
    dates = parse_dates(column, rule.column).dates
    if dates.isna().all():
        raise _unreadable(rule, lazy_("column '{column}' holds no dates to compare with '{value}'"))
    return np.where(dates.isna(), np.nan, compare(dates, pd.Timestamp(day)).to_numpy(np.float64))


def _unreadable(rule: SplitRule, problem: Text) -> TableError:
    return TableError(
        problem,
        remedy=lazy_("Write numbers as 3.5 and dates as 2015-01-31"),
        column=rule.column,
        value=",".join(rule.values),
    )


def _one_sided(rule: SplitRule, column: pd.Series, is_all: bool) -> TableError:
    values = list(dict.fromkeys(str(v) for v in column.dropna()))
    problem = (
        lazy_("the rule '{rule}' makes every case external") if is_all else lazy_("no case meets the rule '{rule}'")
    )
    return TableError(
        problem,
        remedy=lazy_("Column '{column}' holds: {values}"),
        rule=str(rule),
        column=rule.column,
        values=", ".join(values[:10]) + (" ..." if len(values) > 10 else ""),
    )


def _refuse_divided_patients(cohort: Cohort, external: set[str], rule: str) -> None:
    sides: dict[str, set[bool]] = {}
    for case in cohort.cases:
        sides.setdefault(case.patient_id, set()).add(case.case_id in external)
    divided = [patient for patient, found_sides in sides.items() if len(found_sides) == 2]
    if divided:
        raise TableError(
            lazy_("the rule '{rule}' divides {n} patients between development and external: {patients}"),
            remedy=lazy_("Choose a rule that keeps all cases of a patient together"),
            rule=rule,
            n=len(divided),
            patients=", ".join(divided[:10]) + (" ..." if len(divided) > 10 else ""),
        )
