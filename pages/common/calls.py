"""Cached calls of the core. Keys are digests; the things themselves travel in arguments that are not hashed.

Results are frozen and shared, not copied: a correlation matrix of 1,500 features is 18 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.common.words import _
from radiomics_core.extraction import ENGINES
from radiomics_core.extraction.what_if import ENGINE
from radiomics_core.features.summary import summarise_features
from radiomics_core.settings import digest_of
from radiomics_core.study.actions import exploration, what_if

if TYPE_CHECKING:
    from radiomics_core.cohort.endpoints import Endpoint, EndpointValues
    from radiomics_core.extraction import ExtractionSettings
    from radiomics_core.extraction.what_if import Extracted
    from radiomics_core.features.exploration import CaseMap, CorrelationClusters, UnivariateResult, VolumeCorrelation
    from radiomics_core.features.summary import FeatureSummary
    from radiomics_core.features.table import FeatureTable
    from radiomics_core.study import Study
    from radiomics_core.study.actions.what_if import StudyRegion


def data_digest(study: Study, endpoint: Endpoint | None = None) -> str:
    """Return the digest of features, cohort and (for an endpoint) clinical table: what exploration depends on."""
    parts: list[object] = [str(study.folder), study.feature_digest, study.cohort_digests.members]
    if endpoint is not None:
        parts += [endpoint.digest(), study.clinical_digest]
    return digest_of(parts)


def endpoint_values(study: Study, endpoint: Endpoint) -> EndpointValues:
    """Return the development values of an endpoint for its counts; a view of them goes through :func:`outcome`."""
    return _outcome(data_digest(study, endpoint), study, endpoint)


def outcome(study: Study, endpoint: Endpoint, view: str) -> EndpointValues:
    """Return the development values of an endpoint for a view, which is noted; the study keeps the others sealed."""
    if not exploration.note_view(study, endpoint.name, view):
        st.caption(
            _(
                "This study is open for reading only: that its outcomes were looked at here is not recorded. Say so where you report them."
            )
        )
    return _outcome(data_digest(study, endpoint), study, endpoint)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcome(digest: str, _study: Study, _endpoint: Endpoint) -> EndpointValues:
    return _study.endpoint_values(_endpoint)


def development_values(study: Study, table: FeatureTable) -> pd.DataFrame:
    """Return the features of included development cases: all that exploration may see."""
    return _development_values(data_digest(study), study, table)


@st.cache_resource(max_entries=2, show_spinner=False)
def _development_values(digest: str, _study: Study, _table: FeatureTable) -> pd.DataFrame:
    wanted = {case.case_id for case in _study.cohort.included("development")}
    return _table.values[_table.values.index.isin(wanted)]


@st.cache_resource(max_entries=8, show_spinner=False)
def univariate(
    digest: str, image: str, _values: pd.DataFrame, _outcome: EndpointValues, _columns: pd.DataFrame
) -> UnivariateResult:
    """Test every feature of a block alone against the endpoint."""
    from radiomics_core.features.exploration import univariate_table

    return univariate_table(_values, _outcome, _columns)


@st.cache_resource(max_entries=6, show_spinner=False)
def clusters(digest: str, image: str, threshold: float, _values: pd.DataFrame) -> CorrelationClusters:
    """Cluster the features of a block by correlation."""
    from radiomics_core.features.exploration import cluster_correlation

    return cluster_correlation(_values, threshold=threshold)


@st.cache_resource(max_entries=6, show_spinner=False)
def with_volume(digest: str, image: str, volume_column: str, _values: pd.DataFrame) -> VolumeCorrelation:
    """Correlate the features of a block with the volume."""
    from radiomics_core.features.exploration import correlation_with_volume

    return correlation_with_volume(_values, volume_column)


@st.cache_resource(max_entries=6, show_spinner=False)
def case_map(digest: str, image: str, _values: pd.DataFrame) -> CaseMap:
    """Principal components of the cases."""
    from radiomics_core.features.exploration import pca_map

    return pca_map(_values)


@st.cache_resource(max_entries=6, show_spinner=False)
def feature_summary(digest: str, _table: FeatureTable) -> FeatureSummary:
    """Missing and constant columns of the feature table."""
    return summarise_features(_table)


def region_extracted(study: Study, region: StudyRegion, settings: ExtractionSettings) -> Extracted:
    """Extract one region on the spot; what failed is tried again the next time."""
    key = (region.digest, region.mask.roi, settings.digest(), ENGINES.build(ENGINE).version)
    extracted = _region_extracted(*key, study, region, settings)
    if extracted.failed:
        _region_extracted.clear(*key, study, region, settings)
    return extracted


@st.cache_resource(max_entries=200, show_spinner=False)
def _region_extracted(
    digest: str,
    roi: str,
    settings: str,
    engine: str,
    _study: Study,
    _region: StudyRegion,
    _settings: ExtractionSettings,
) -> Extracted:
    return what_if.extract(_study, _region, _settings)
