"""Finished analyses, read once: a result never changes under its digest, so a rerun of the page reads nothing again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.common.calls import data_digest
from radiomics_core.analysis import details
from radiomics_core.analysis.details import Calibration
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.errors import RadiomicsError
from radiomics_core.explain.explanation import ShapExplanation
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, explanation
from radiomics_core.study.actions import hazard_ratios as hazard_ratios_of
from radiomics_core.study.all_kinds import load_kinds_of
from radiomics_core.study.storage.digests import upstream_digest
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.survival.forest import CoxForest


@dataclass(frozen=True, eq=False)
class RowDetails:
    """Everything the page draws of one row; ``calibration`` is an error where it cannot be made."""

    roc: pd.DataFrame
    calibration: Calibration | RadiomicsError
    net_benefit: pd.DataFrame
    decisions: pd.DataFrame
    frequency: pd.DataFrame
    scores: pd.DataFrame
    wrong: pd.DataFrame


def offered_inputs(study: Study, endpoint: Endpoint) -> tuple[list[str], list[str]]:
    """Return the inputs that have columns, and those of them that are analysed when none are named."""
    return _inputs(str(study.folder), endpoint.name, upstream_digest(study, endpoint.name), study)


def explainable_inputs(study: Study, endpoint: Endpoint) -> list[str]:
    """Return the inputs of the newest analysis that can be explained."""
    meta = analysis.latest_meta(study, endpoint.name)
    return [] if meta is None else _explainable(_folder(study, meta), endpoint.name, study)


def newest(study: Study, endpoint: Endpoint) -> tuple[Evaluation, ResultMeta] | None:
    """Return the newest analysis of an endpoint and what is known about it."""
    meta = analysis.latest_meta(study, endpoint.name)
    return None if meta is None else (_evaluation(_folder(study, meta)), meta)


def newest_explanation(study: Study, endpoint: Endpoint, inputs: str) -> tuple[ShapExplanation, ResultMeta] | None:
    """Return the newest explanation of some inputs of an endpoint and what is known about it."""
    meta = explanation.latest_meta(study, endpoint.name, inputs)
    return None if meta is None else (_explanation(_folder(study, meta)), meta)


def row_details(study: Study, meta: ResultMeta, row: RowKey) -> RowDetails:
    """Return what is drawn of one row of an analysis."""
    return _details(_folder(study, meta), row)


def case_contributions(study: Study, meta: ResultMeta) -> pd.DataFrame:
    """Return an explanation's contributions per case and feature, averaged over repeats."""
    return _by_case(_folder(study, meta))


def hazard_ratios(study: Study, endpoint: Endpoint, factors: list[str]) -> tuple[str, CoxForest]:
    """Return the Cox model of some factors on all development cases, and the digest of what it depends on."""
    digest = digest_of(str(study.folder), data_digest(study, endpoint), upstream_digest(study, endpoint.name), factors)
    return digest, _forest(digest, study, endpoint.name, factors)


@st.cache_resource(max_entries=16, show_spinner=False)
def _forest(digest: str, _study: Study, _endpoint: str, _factors: list[str]) -> CoxForest:
    return hazard_ratios_of.forest(_study, _endpoint, _factors)


def _folder(study: Study, meta: ResultMeta) -> str:
    return str(study.results.path(meta.kind, meta.digest))


@st.cache_data(max_entries=16, show_spinner=False)
def _inputs(folder: str, endpoint: str, digest: str, _study: Study) -> tuple[list[str], list[str]]:
    return analysis.inputs(_study, endpoint), analysis.default_inputs(_study, endpoint)


@st.cache_data(max_entries=16, show_spinner=False)
def _explainable(folder: str, endpoint: str, _study: Study) -> list[str]:
    return explanation.inputs(_study, endpoint)


@st.cache_resource(max_entries=6, show_spinner=False)
def _evaluation(folder: str) -> Evaluation:
    evaluation = Evaluation.load(Path(folder))
    load_kinds_of(evaluation.findings)
    return evaluation


@st.cache_resource(max_entries=6, show_spinner=False)
def _explanation(folder: str) -> ShapExplanation:
    return ShapExplanation.load(Path(folder))


@st.cache_resource(max_entries=6, show_spinner=False)
def _by_case(folder: str) -> pd.DataFrame:
    return _explanation(folder).by_case()


@st.cache_resource(max_entries=24, show_spinner=False)
def _details(folder: str, row: RowKey) -> RowDetails:
    evaluation = _evaluation(folder)
    calibration: Calibration | RadiomicsError
    try:
        calibration = details.calibration(evaluation, row)
    except RadiomicsError as error:
        calibration = error
    roc = details.roc_points(evaluation, row)
    return RowDetails(
        roc=roc.rename(columns={"false_positive_rate": "fpr", "true_positive_rate": "tpr"}),
        calibration=calibration,
        net_benefit=details.decision_curve(evaluation, row),
        decisions=details.decisions(evaluation, row),
        frequency=details.selection_frequency(evaluation, row),
        scores=evaluation.case_scores(row),
        wrong=details.confidently_wrong(evaluation, row),
    )
