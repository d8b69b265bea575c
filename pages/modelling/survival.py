"""Survival: do held-out scores tell patients with a long from those with a short time?"""

import streamlit as st

from pages.common import frame, jobs, require
from pages.common.words import _
from pages.modelling.panels import survival_choices, survival_forest, survival_result

frame.title(
    _("Survival"), _("Do held-out scores tell patients with a long time to the event from those with a short one?")
)

study = require.require_study()
require.require_cohort()
endpoint = require.require_endpoint("time_to_event", key="survival_endpoint")
survival_choices.choose_and_start(study, endpoint)
running = jobs.follow("survival", _("Analysing survival"), key="survival")
analysed = survival_result.show(study, endpoint)
if not analysed and not running:
    st.info(_("Nothing analysed yet for this endpoint. A quick look takes a minute or two."))
survival_forest.show(study, endpoint, wanted=analysed)
