"""Comparison: which analysis pipeline predicts the endpoint in cases it never saw?"""

import streamlit as st

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.modelling.panels import comparison_choices, comparison_result

frame.title(_("Comparison"), _("Which analysis pipeline predicts the endpoint in cases it never saw?"))

study = require.require_study()
require.require_cohort()
endpoint = require.require_endpoint("binary", key="comparison_endpoint")
settings = comparison_choices.choose(study, endpoint)
comparison_choices.start(study, endpoint, settings)
running = jobs.follow("comparison", _("Comparing pipelines"), key="comparison")
if not comparison_result.show(study, endpoint) and not running:
    st.info(_("Nothing compared yet for this endpoint. A quick look takes about three minutes."))
frame.next_step("pages/modelling/explanations.py", _("Next: explain the pipeline"))
