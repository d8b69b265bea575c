"""Cohort: who is in the analysis, what is known of them, and what is predicted?"""

from pages.common import frame, require, sections
from pages.data.panels import (
    clinical_table,
    columns_and_roles,
    endpoints,
    external_split,
    import_features,
    import_images,
    next_section,
    patient_flow,
    quality_check,
)
from radiomics_core.i18n import lazy_

PANELS = {
    "images": (lazy_("Images"), import_images.show),
    "features": (lazy_("Feature table"), import_features.show),
    "clinical": (lazy_("Clinical table"), clinical_table.show),
    "columns": (lazy_("Columns"), columns_and_roles.show),
    "split": (lazy_("External set"), external_split.show),
    "endpoints": (lazy_("Endpoints"), endpoints.show),
    "quality": (lazy_("Quality"), quality_check.show),
    "flow": (lazy_("Patient flow"), patient_flow.show),
}

frame.title("cohort")

study = require.require_study()
section = sections.choose({name: label for name, (label, _show) in PANELS.items()}, key="cohort_section")
PANELS[section][1](study)
next_section.offer(study, section, PANELS)
