"""What the checks say of an analysis that was just made: its findings stand beside its numbers."""

from __future__ import annotations

import dataclasses

from radiomics_core.checks import CHECKS, AnalysisFacts, run_checks
from radiomics_core.findings import Finding
from radiomics_core.study.study import Study
from radiomics_core.survival.evaluation import SurvivalEvaluation
from radiomics_core.validation.data import AnalysisData
from radiomics_core.validation.evaluation import Evaluation

OFTEN_CHOSEN = 0.5
SAID_BY_A_COMPARISON = ("few_events",)
OVER_ALL_CASES = ("duplicate_patients",)


def analysis_findings(study: Study, data: AnalysisData, evaluation: Evaluation | SurvivalEvaluation) -> list[Finding]:
    """Return what the checks find in an analysis; patients entered twice are looked for in the external set too."""
    facts = _facts(study, data, evaluation)
    left_out = (*OVER_ALL_CASES, *(SAID_BY_A_COMPARISON if isinstance(evaluation, Evaluation) else ()))
    names = [name for name in CHECKS.names() if name not in left_out]
    findings = run_checks(facts, names).findings
    if study.has_features():
        values = study.feature_table().values
        included = {case.case_id for case in study.cohort.included()}
        facts = dataclasses.replace(facts, features=values[values.index.isin(included)])
    return [*findings, *run_checks(facts, OVER_ALL_CASES).findings]


def _facts(study: Study, data: AnalysisData, evaluation: Evaluation | SurvivalEvaluation) -> AnalysisFacts:
    cases = study.cohort.included()
    return AnalysisFacts(
        values=data.values,
        features=data.features,
        volume_column=next(iter(data.blocks["volume"].columns), ""),
        chosen=often_chosen(evaluation),
        clinical=data.clinical,
        specs=study.column_specs,
        patient_ids={case.case_id: case.patient_id for case in cases},
        centres={case.case_id: case.centre for case in cases},
        roles={case.case_id: case.role for case in cases},
    )


def often_chosen(evaluation: Evaluation | SurvivalEvaluation) -> tuple[str, ...]:
    """Return the features that the headline chose in at least half of its folds."""
    if isinstance(evaluation, Evaluation):
        chosen = evaluation.chosen[evaluation.chosen["row"] == evaluation.headline_row]
    else:
        chosen = evaluation.of(str(evaluation.meta["primary"]), "chosen")
    n_folds = int(evaluation.meta["n_folds"]) * int(evaluation.meta["n_repeats"])
    counts = chosen["feature"].value_counts()
    return tuple(map(str, counts.index[counts >= OFTEN_CHOSEN * n_folds]))
