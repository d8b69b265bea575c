"""Looking before judging: univariate tables, distributions, correlation clusters, case maps. Exploratory only.

Every function takes frames that are already restricted to development cases.
"""

from radiomics_core.features.exploration.columns import UsableColumns, usable_columns
from radiomics_core.features.exploration.correlation import CorrelationClusters, cluster_correlation
from radiomics_core.features.exploration.distribution import Distribution, distribution
from radiomics_core.features.exploration.projection import CaseMap, pca_map
from radiomics_core.features.exploration.univariate import UnivariateResult, benjamini_hochberg, univariate_table
from radiomics_core.features.exploration.volume import VolumeCorrelation, correlation_with_volume

__all__ = [
    "CaseMap",
    "CorrelationClusters",
    "Distribution",
    "UnivariateResult",
    "UsableColumns",
    "VolumeCorrelation",
    "benjamini_hochberg",
    "cluster_correlation",
    "correlation_with_volume",
    "distribution",
    "pca_map",
    "univariate_table",
    "usable_columns",
]
