"""Survival: do held-out scores tell patients with a long from those with a short time?"""

import streamlit as st

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.modelling.panels import analysis_choices, analysis_result, analysis_start, survival_forest, survival_groups
from pages.modelling.panels.screen import SURVIVAL

frame.title("survival")

study = require.require_study()
require.require_cohort()
endpoint = require.require_endpoint("time_to_event", key="survival_endpoint")
settings = analysis_choices.choose(study, endpoint, SURVIVAL)
analysis_start.start(study, endpoint, settings, SURVIVAL)
running = jobs.follow("analysis", _("Analysing survival"), key="survival", endpoint=endpoint.name)
analysed = analysis_result.show(study, endpoint, SURVIVAL, first=survival_groups.show)
if not analysed and not running:
    st.info(_("Nothing analysed yet for this endpoint. A quick look takes a minute or two."))
survival_forest.show(study, endpoint, wanted=analysed)
