"""Numbers of two engines never stand in one table, and what leaves the table is said."""

import pytest

from radiomics_core.extraction.results import CaseResult
from radiomics_core.extraction.runner import assemble
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.study.jobs.kinds.extraction import use_table

SETTINGS = ExtractionSettings()


def table(study, image, engine, version):
    results = [
        CaseResult(case.case_id, image, "tumour", {"original_firstorder_Mean": 1.0}) for case in study.cohort.cases
    ]
    return assemble(results, study.cohort, SETTINGS, engine, version)


@pytest.mark.parametrize(("engine", "version"), [("fast", "1"), ("pyradiomics", "3.1.0")])
def test_columns_of_another_engine_or_version_leave_the_table_with_a_finding(filled, engine, version):
    use_table(filled, table(filled, "CT", "pyradiomics", "3.0.1"))
    (finding,) = use_table(filled, table(filled, "PET", engine, version))
    assert finding.code == "RX310"
    assert "CT / tumour" in finding.message()
    assert "pyradiomics 3.0.1" in finding.message()
    assert f"{engine} {version}" in finding.message()
    assert set(filled.feature_table().columns["image"]) == {"PET"}
    assert filled.feature_table().engine == engine


def test_the_same_engine_and_version_stand_side_by_side(filled):
    assert use_table(filled, table(filled, "CT", "fast", "1")) == ()
    assert use_table(filled, table(filled, "PET", "fast", "1")) == ()
    assert set(filled.feature_table().columns["image"]) == {"CT", "PET"}


def test_the_same_regions_made_again_by_another_engine_are_simply_renewed(filled):
    use_table(filled, table(filled, "CT", "pyradiomics", "3.0.1"))
    assert use_table(filled, table(filled, "CT", "fast", "1")) == ()
