"""The synthetic cohort with known truth: every page can be tried, and the journey can be checked against it."""

from __future__ import annotations

from radiomics_core.demo.clinical import CLINICAL_FILE, DEMO_COLUMNS, DEMO_ENDPOINTS, DemoTruth
from radiomics_core.demo.cohort import BROKEN_KINDS, IMAGE_PATTERN, generate

__all__ = [
    "BROKEN_KINDS",
    "CLINICAL_FILE",
    "DEMO_COLUMNS",
    "DEMO_ENDPOINTS",
    "IMAGE_PATTERN",
    "DemoTruth",
    "generate",
]
