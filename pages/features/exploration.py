"""Exploration: what do the features look like, and which say the same thing?"""

import streamlit as st

from pages.common import frame, require, sections
from pages.common.words import _
from pages.features.panels import case_map, correlation, distribution, univariate, volume
from pages.features.panels.scope import choose_scope
from radiomics_core.i18n import lazy_

PANELS = {
    "univariate": (lazy_("One by one"), univariate.show),
    "distribution": (lazy_("Distribution"), distribution.show),
    "correlation": (lazy_("Correlation"), correlation.show),
    "volume": (lazy_("Volume"), volume.show),
    "map": (lazy_("Map of cases"), case_map.show),
}

frame.title("exploration")

study, table = require.require_features()
st.info(
    _(
        "**Exploratory.** Development cases only. What looks good here was chosen by looking; only the Comparison page estimates performance."
    ),
    icon=":material/visibility:",
)
section = sections.choose({name: label for name, (label, _show) in PANELS.items()}, key="exploration_section")
scope = choose_scope(study, table)
PANELS[section][1](study, table, scope)
frame.next_step("exploration")
