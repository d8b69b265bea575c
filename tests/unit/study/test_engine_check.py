"""The engine check of a study: one region, both engines, in the background, kept until files or settings change."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.errors import NotApplicableError, StudyError
from radiomics_core.extraction import ENGINES, ExtractionSettings
from radiomics_core.extraction.engine import Availability
from radiomics_core.imaging.volume import Volume
from radiomics_core.study.actions import engine_check, images

SETTINGS = ExtractionSettings(setting={"binWidth": 20}, image_type={"Original": {}, "Square": {}}).with_feature_classes(
    ["shape", "firstorder"]
)


@pytest.fixture
def imported(study, tmp_path):
    import SimpleITK as sitk

    folder = tmp_path / "images"
    folder.mkdir()
    image = Volume(np.random.default_rng(0).integers(-100, 100, (8, 9, 10)).astype(np.int16))
    region = np.zeros(image.array.shape, bool)
    region[2:6, 2:7, 2:8] = True
    sitk.WriteImage(image.to_sitk(), str(folder / "A_CT.nii.gz"))
    sitk.WriteImage(image.with_array(region).to_sitk(), str(folder / "A_CT_mask.nii.gz"))
    images.import_folder(study, folder, "{case}_{image}.nii.gz + {case}_{image}_mask.nii.gz")
    return study


def test_a_region_is_compared_and_the_result_is_found_again(imported):
    if not ENGINES.build("pyradiomics").available():
        pytest.skip("the reference engine is not on this computer")
    ((case_id, roi),) = engine_check.regions(imported, "CT")
    assert engine_check.latest(imported, "CT", SETTINGS) is None
    status = engine_check.start(imported, case_id, "CT", roi, SETTINGS, n_jobs=1).wait(120)
    assert (status.state, status.total) == ("done", 2)
    check = engine_check.latest(imported, "CT", SETTINGS)
    assert (check.case_id, check.roi, check.is_current) == (case_id, roi, True)
    assert (check.result.agrees, check.result.n_features) == (True, 14 + 2 * 18)
    assert list(check.result.images["image"]) == ["original", "square"]
    assert not engine_check.latest(imported, "CT", SETTINGS.with_value("binWidth", 10)).is_current


def test_a_region_that_is_not_there_and_an_absent_reference_are_named(imported, monkeypatch):
    ((case_id, roi),) = engine_check.regions(imported, "CT")
    with pytest.raises(StudyError, match="no mask B / CT"):
        engine_check.start(imported, "B", "CT", roi, SETTINGS)
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    missing = Availability(False, "pyradiomics is not installed", "Install a C compiler")
    monkeypatch.setattr(PyradiomicsEngine, "available", lambda self: missing)
    with pytest.raises(NotApplicableError, match="nothing to compare with: pyradiomics is not installed"):
        engine_check.start(imported, case_id, "CT", roi, SETTINGS)
