"""The patient flow: found, left out and why, analysed."""

from __future__ import annotations

from radiomics_core.cohort.flow import Flow
from radiomics_core.cohort.flow import patient_flow as make_flow
from radiomics_core.study.study import Study


def patient_flow(study: Study, endpoint: str = "") -> Flow:
    """Count cases from found to analysed; with an endpoint, development cases without a value are counted."""
    if not endpoint:
        return make_flow(study.cohort)
    external = {case.case_id for case in study.cohort.included("external")}
    return make_flow(study.cohort, with_outcome=set(study.endpoint_values(endpoint).case_ids) | external)
