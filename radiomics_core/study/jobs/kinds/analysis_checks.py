"""What the checks say of an analysis: before it starts, and of what was made."""

from __future__ import annotations

import pandas as pd

from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.checks import CHECKS, AnalysisFacts, CheckReport, run_checks
from radiomics_core.findings import Finding
from radiomics_core.study.study import Study

OFTEN_CHOSEN = 0.5
BEFORE = "leakage"
"""Tag of the checks that need no result: they are asked before an analysis starts."""
QUALITY_NUMBERS = ("voxels", "volume_ml", "roi_mean", "roi_sd", "roi_min", "roi_max")


def findings_before(study: Study, data: AnalysisData) -> list[Finding]:
    """Return what the checks find that need no result; patients entered twice are looked for in external cases too."""
    return run_checks(facts_before(study, data), CHECKS.names(BEFORE)).findings


def check_analysis(study: Study, data: AnalysisData, evaluation: Evaluation) -> CheckReport:
    """Return what every check answers about an analysis that was made, in the order of the registry."""
    facts = AnalysisFacts(
        values=data.values,
        features=data.features,
        volume_column=next(iter(data.blocks["volume"].columns), ""),
        chosen=often_chosen(evaluation),
        n_parameters=round(float(evaluation.of(evaluation.headline_key, "folds")["selected"].median())),
        centres=_of_cases(study, "centre"),
    )
    before = CHECKS.names(BEFORE)
    answers = run_checks(facts, [name for name in CHECKS.names() if name not in before]).results
    by_name = {one.name: one for one in (*answers, *run_checks(facts_before(study, data), before).results)}
    return CheckReport(tuple(by_name[name] for name in CHECKS.names()))


def facts_before(study: Study, data: AnalysisData) -> AnalysisFacts:
    """Return what is known before an analysis: everything of all included cases but the outcomes of external ones."""
    included = {case.case_id for case in study.cohort.included()}
    features = study.feature_table().values if study.has_features() else None
    clinical = study.clinical() if study.has_clinical() else None
    return AnalysisFacts(
        values=data.values,
        features=None if features is None else features[features.index.isin(included)],
        clinical=None if clinical is None else clinical[clinical.index.isin(included)],
        image_numbers=_image_numbers(study, included),
        specs=study.column_specs,
        patient_ids=_of_cases(study, "patient_id"),
        roles=_of_cases(study, "role"),
    )


def _of_cases(study: Study, name: str) -> dict[str, str]:
    return {case.case_id: getattr(case, name) for case in study.cohort.included()}


def _image_numbers(study: Study, included: set[str]) -> pd.DataFrame | None:
    """Return size and intensities of every region from the newest quality table, one row per case."""
    meta = study.results.latest("quality")
    if meta is None:
        return None
    table = study.results.load_frame("quality", meta.digest, "quality")
    table = table[table["case_id"].isin(included)].drop_duplicates(["case_id", "image", "roi"])
    numbers = table.set_index(["case_id", "image", "roi"])[list(QUALITY_NUMBERS)]
    regions = numbers.groupby(level=[1, 2])
    parts = [part.droplevel([1, 2]).add_suffix(f" {image} {roi}") for (image, roi), part in regions]
    return pd.concat(parts, axis=1) if parts else None


def often_chosen(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the features that the headline chose in at least half of its folds."""
    chosen = evaluation.of(evaluation.headline_key, "chosen")
    n_folds = int(evaluation.meta["n_folds"]) * int(evaluation.meta["n_repeats"])
    counts = chosen["feature"].value_counts()
    return tuple(map(str, counts.index[counts >= OFTEN_CHOSEN * n_folds]))
