"""Which features are mostly the size of the lesion in disguise."""

from __future__ import annotations

import streamlit as st

from pages.common import calls, cards
from pages.common.words import _, plural
from pages.features.panels.scope import Scope
from radiomics_core.features.table import FeatureTable
from radiomics_core.plots.correlation import volume_correlation
from radiomics_core.settings import digest_of
from radiomics_core.study import Study
from radiomics_core.study.actions import exploration


def show(study: Study, table: FeatureTable, scope: Scope) -> None:
    """Rank features by their correlation with volume."""
    own = next((str(c) for c in scope.columns.loc[scope.columns["kind"] == "volume", "column"]), None)
    values, volume = exploration.with_volume(study, scope.values, own)
    if volume is None:
        st.info(
            _(
                "No column of these features holds the volume, so this view is not applicable. Give a clinical column the role volume on the Cohort page, section Columns."
            )
        )
        return
    digest = scope.digest if volume == own else f"{scope.digest}_{digest_of(volume, study.clinical_digest)}"
    result = calls.with_volume(digest, scope.image, volume, values)
    words = plural(
        result.n_flagged,
        "{n} feature follows the volume closely (|rho| above {limit})",
        "{n} features follow the volume closely (|rho| above {limit})",
        limit=result.flag_above,
    )
    cards.chart_card(
        words,
        lambda: volume_correlation(result),
        key="volume",
        frame=result.frame(),
        name="volume_correlation",
        digest=f"{digest}_{scope.image}",
        caption=_(
            "Spearman correlation with {volume}. A model of such features may only measure size: compare it with volume alone.",
            volume=volume,
        ),
    )
