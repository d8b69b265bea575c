"""Comparison: which analysis pipeline predicts the endpoint in cases it never saw?"""

import streamlit as st

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.modelling.panels import analysis_choices, analysis_result, analysis_start, comparison_details
from pages.modelling.panels.screen import COMPARISON

frame.title("comparison")

study = require.require_study()
require.require_cohort()
endpoint = require.require_endpoint("binary", key="comparison_endpoint")
settings = analysis_choices.choose(study, endpoint, COMPARISON)
analysis_start.start(study, endpoint, settings, COMPARISON)
running = jobs.follow("analysis", _("Comparing pipelines"), key="comparison", endpoint=endpoint.name)
if not analysis_result.show(study, endpoint, COMPARISON, last=comparison_details.show) and not running:
    st.info(_("Nothing compared yet for this endpoint. A quick look takes about three minutes."))
frame.next_step("comparison")
