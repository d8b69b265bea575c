"""Set cases aside as external before anybody looks; their outcomes stay sealed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd

from radiomics_core.clinical.splits import RoleAssignment, apply_rule, cases_that_meet, parse_rule
from radiomics_core.errors import SealedError, StudyError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.study import kinds
from radiomics_core.study.ledger import ANALYSES_STARTED, STARTED_ANEW
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.study import Study

MAX_VALUES = 60


@dataclass(frozen=True)
class SplitColumn:
    """A column cases can be divided by: never an outcome."""

    name: str
    is_date: bool
    values: tuple[str, ...]


def columns(study: Study) -> list[SplitColumn]:
    """Return the columns a rule may use, with their values when there are few."""
    text = study.seal.clinical_text(study.outcome_columns)
    dates = {spec.name for spec in study.column_specs if spec.type == "date"}
    found = []
    for name in map(str, text.columns.difference(list(study.outcome_twins), sort=False)):
        values = sorted(map(str, text[name].dropna().unique()))
        found.append(SplitColumn(name, name in dates, tuple(values) if len(values) <= MAX_VALUES else ()))
    return found


def preview(study: Study, rule: str) -> RoleAssignment:
    """Return what a rule would do; an empty rule sets nothing aside."""
    cohort = study.cohort
    if not rule.strip():
        cases = tuple(dataclasses.replace(case, role="development") for case in cohort.cases)
        return RoleAssignment(cohort.replace(cases=cases), len(cases), 0)
    _refuse_outcomes(study, parse_rule(rule).column)
    return apply_rule(cohort, study.seal.clinical_text(study.outcome_columns), rule)


def _refuse_outcomes(study: Study, column: str) -> None:
    """Raise SealedError when a rule would divide the cases by their outcome."""
    if column.casefold() in {name.casefold() for name in study.outcome_columns | study.outcome_twins}:
        raise SealedError(
            lazy_("column {columns} holds outcomes, or looks as if it did: cases cannot be set aside by it"),
            remedy=lazy_(
                "Choose another column, or give this one a role (centre, group, predictor) if it is no outcome."
            ),
            columns=column,
        )


@one_commit
def set_external(study: Study, rule: str) -> RoleAssignment:
    """Make the cases that meet a rule external and all others development.

    Raises
    ------
    StudyError
        An endpoint was defined, a view coloured by one was shown, or an analysis was started: the outcomes of these
        cases may have been seen, and dividing them again and again would tell them one by one.
    """
    assigned = preview(study, rule)
    if assigned.cohort != study.cohort and study.ledger.outcomes_used():
        raise StudyError(
            lazy_("outcomes were already looked at, or an endpoint defined, so cases cannot be set aside any more"),
            remedy=lazy_("Duplicate the study to divide it anew; the copy keeps on record what was looked at."),
        )
    study.save_cohort(assigned.cohort)
    study.save_findings("split", [*assigned.findings, *_looked_before(study, assigned)])
    study.catalogue.put_document("split_rule", rule.strip())
    study.ledger.record("external set", rule=rule, development=assigned.n_development, external=assigned.n_external)
    return assigned


def _looked_before(study: Study, assigned: RoleAssignment) -> list[Finding]:
    """Return what external cases carry when outcomes were known before they were set aside."""
    if not assigned.n_external:
        return []
    if not study.ledger.outcomes_used_before_copy():
        counted = study.ledger.outcomes_counted()
        return [found(kinds.SPLIT_AFTER_COUNTING, external=assigned.n_external)] if counted else []
    sources = [entry.details.get("source_name", "") for entry in study.ledger.entries(STARTED_ANEW)]
    analyses = sum(study.ledger.count(event) for event in ANALYSES_STARTED)
    about = {"external": assigned.n_external, "source": sources[0], "analyses": analyses}
    return [found(kinds.SPLIT_AFTER_LOOKING, **about)]


@one_commit
def place_late_cases(study: Study) -> None:
    """Make cases external that meet the study's rule and came, or got their row of the table, after it was set.

    Raises
    ------
    TableError
        A patient would have cases on both sides.
    """
    rule = str(study.catalogue.document("split_rule") or "")
    if not rule:
        return
    text = study.seal.clinical_text(study.outcome_columns) if study.has_clinical() else pd.DataFrame()
    meeting = cases_that_meet(study.cohort, text, rule)
    late = {case.case_id for case in study.cohort.cases if case.role == "development" and case.case_id in meeting}
    if late:
        cases = [dataclasses.replace(c, role="external") if c.case_id in late else c for c in study.cohort.cases]
        study.save_cohort(study.cohort.replace(cases=tuple(cases)))
        study.ledger.record("external set", rule=rule, late=sorted(late))
