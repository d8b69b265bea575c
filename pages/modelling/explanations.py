"""Explanations: what does the pipeline look at, and why did it score this case so?"""

import streamlit as st

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.modelling.panels import explanation_start, explanation_views

frame.title("explanations")

study = require.require_study()
require.require_cohort()
endpoint = require.require_endpoint("binary", "time_to_event", key="explanation_endpoint")
if explanation_start.show(study, endpoint):
    running = jobs.follow("explanation", _("Explaining"), key="explanation")
    if not explanation_views.show(study, endpoint) and not running:
        st.info(_("Nothing explained yet for this endpoint."))
frame.next_step("explanations")
