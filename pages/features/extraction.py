"""Extraction: which numbers describe each lesion, and how are they made?"""

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.features.panels import (
    bin_counts,
    engine_check,
    extraction_choices,
    extraction_result,
    extraction_settings,
    what_if,
)

frame.title("extraction")

study, cohort = require.require_images()
choice = extraction_choices.choose(study, cohort)
settings = extraction_settings.edit(choice)
bin_counts.show(study, choice, settings)
what_if.show(study, choice, settings)
extraction_result.start(study, choice, settings)
jobs.follow("extraction", _("Extracting features"), key="extraction")
extraction_result.show(study)
engine_check.show(study, choice, settings)
frame.next_step("extraction")
