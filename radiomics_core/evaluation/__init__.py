"""Measures of discrimination, calibration and use; plain arrays in, numbers out."""

from __future__ import annotations

from radiomics_core.evaluation.discrimination import AUC, HARRELL_C, Metric
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry

METRICS: Registry[Metric] = Registry(
    "metric",
    Choice(
        name="auc",
        label=lazy_("AUC"),
        build=lambda: AUC,
        tags={"binary"},
        reference="Hanley & McNeil 1982",
        help=lazy_("The chance that a case with the event scores above one without; 0.5 is guessing."),
    ),
    Choice(
        name="c_index",
        label=lazy_("C-index"),
        build=lambda: HARRELL_C,
        tags={"time_to_event"},
        reference="Harrell 1982",
        help=lazy_("The chance that of two patients the one who fails first has the higher score; 0.5 is guessing."),
    ),
)
"""Measures a comparison may use, one per kind of endpoint."""
