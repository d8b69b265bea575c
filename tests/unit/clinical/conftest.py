"""Every finding made in these tests is worded on the spot: a field without its value fails the test that made it."""

from __future__ import annotations

import pytest

from radiomics_core.clinical import checks as clinical_checks
from radiomics_core.clinical import column_types, dates, delimited, endpoint_values, matching, splits, time_checks
from radiomics_core.features import reading as feature_import
from radiomics_core.findings import found


def found_and_worded(*args, **params):
    finding = found(*args, **params)
    assert "{" not in finding.title() + finding.message() + finding.remedy()
    return finding


@pytest.fixture(autouse=True)
def _findings_are_worded(monkeypatch):
    for module in (
        clinical_checks, column_types, dates, endpoint_values, feature_import, matching, splits, delimited, time_checks,
    ):  # fmt: skip
        monkeypatch.setattr(module, "found", found_and_worded)
