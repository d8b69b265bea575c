import math
import pickle
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from radiomics_core.cohort.model import Case, Exclusion, FileRef, ImageRef, MaskRef
from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES, PRESETS, ExtractionSettings
from radiomics_core.extraction.runner import CaseResult, extract_case, failure_finding, units_of_work
from radiomics_core.findings import Finding

SETTINGS = ExtractionSettings(feature_class={"firstorder": None, "shape": ["VoxelVolume"]})


def _extract(cohort, folder, settings=SETTINGS):
    return [extract_case(*unit, settings, folder=folder) for unit in units_of_work(cohort)]


def test_case_gives_the_values_of_the_engine(cohort_on_disk, lesion, tmp_path):
    (result,) = _extract(cohort_on_disk(1), tmp_path)
    assert (result.case_id, result.image, result.roi) == ("case0", "CT", "tumour")
    assert result.values == ENGINES.build(DEFAULT_ENGINE).extract(*lesion(0), SETTINGS).values
    assert result.seconds > 0
    assert not result.failed


@pytest.mark.parametrize("image", ["CT", "PET"])
def test_sarcoma_case_equals_pyradiomics_run_on_its_files(reference_engine, shared_data, image):
    extractor = pytest.importorskip("radiomics.featureextractor")
    folder = shared_data / "sts" / "images" / "STS_019"
    settings = PRESETS.build({"CT": "ct", "PET": "pet"}[image]).settings
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        direct = extractor.RadiomicsFeatureExtractor(additionalInfo=False)
        direct.settings.update(settings.setting)
        direct.enabledImagetypes, direct.enabledFeatures = settings.image_types(), dict(settings.feature_class)
        wanted = direct.execute(str(folder / f"{image}.nii.gz"), str(folder / f"{image}_mask.nii.gz"))
    files = [FileRef(f"{image}.nii.gz"), FileRef(f"{image}_mask.nii.gz")]
    case = Case("STS_019", "STS_019", (ImageRef(image, (files[0],)),), (MaskRef("tumour", image, files[1]),))
    result = extract_case(case, image, "tumour", settings, folder=folder)
    assert result.values == pytest.approx({name: float(value) for name, value in wanted.items()}, rel=1e-6, abs=1e-9)
    by_reference = extract_case(case, image, "tumour", settings, "pyradiomics", folder=folder)
    assert by_reference.values == {name: float(value) for name, value in wanted.items()}


def test_one_bad_case_is_a_finding_and_the_others_go_on(cohort_on_disk, tmp_path):
    def change(case_id, image, mask):
        return (image, mask.with_array(mask.array & False)) if case_id == "case1" else (image, mask)

    cohort = cohort_on_disk(4, change)
    (tmp_path / "case2_CT.nii.gz").write_bytes(b"not an image")
    results = _extract(cohort, tmp_path)
    assert [result.failed for result in results] == [False, True, True, False]
    empty, unreadable = results[1].findings[0], results[2].findings[0]
    assert (empty.code, empty.severity, empty.case_id, empty.image, empty.roi) == (
        "RX301", "stop", "case1", "CT", "tumour",
    )  # fmt: skip
    assert empty.message() == "Case case1, CT, tumour: the mask holds no voxel of this region."
    assert empty.remedy() == "Check which label marks the region, or export the mask again."
    assert "case2_CT.nii.gz" in unreadable.message()


def test_missing_mask_and_unexpected_errors_are_findings(tmp_path):
    result = extract_case(Case("a", "a"), "CT", "tumour", SETTINGS)
    assert "no image 'CT' with a mask of 'tumour'" in result.findings[0].message()
    assert "the engine stopped with: KeyError 'x'" in failure_finding(KeyError("x"), "a", "CT", "r").message()


def test_unit_of_work_can_be_sent_to_another_process(cohort_on_disk):
    unit = units_of_work(cohort_on_disk(1))[0]
    assert pickle.loads(pickle.dumps((extract_case, unit, SETTINGS))) == (extract_case, unit, SETTINGS)


def test_one_worker_and_two_give_identical_numbers(cohort_on_disk, tmp_path):
    joblib = pytest.importorskip("joblib")
    settings = ExtractionSettings(
        setting={"resampledPixelSpacing": [2, 2, 2]}, image_type={"Original": {}, "LoG": {"sigma": [2.0]}}
    )
    units = units_of_work(cohort_on_disk(3))
    alone = [extract_case(*unit, settings, folder=tmp_path).values for unit in units]
    together = joblib.Parallel(n_jobs=2, backend="loky")(
        joblib.delayed(extract_case)(*unit, settings, folder=tmp_path) for unit in units
    )
    assert [result.values for result in together] == alone


def test_result_survives_json_with_missing_values():
    finding = Finding("RX305", "caution", "a", "CT", "r", params={"voxels": 7})
    diagnostics = {"voxels": 7, "spacing": [1.0, math.nan]}
    result = CaseResult("a", "CT", "r", {"x": 1 / 3, "y": math.nan}, diagnostics, (finding,), 0.5)
    back = CaseResult.from_json(result.to_json())
    assert back.values["x"] == 1 / 3
    assert math.isnan(back.values["y"])
    assert back.findings == (finding,)
    assert back.diagnostics == {"voxels": 7, "spacing": [1.0, None]}
    assert back.seconds == 0.5


def test_excluded_cases_images_and_regions_are_not_extracted(cohort_on_disk):
    cohort = cohort_on_disk(3).replace(
        exclusions=(Exclusion("case0", "moved"), Exclusion("case1", "artefact", image="CT", roi="tumour"))
    )
    assert [(case.case_id, image, roi) for case, image, roi in units_of_work(cohort)] == [("case2", "CT", "tumour")]
    assert units_of_work(cohort, images=["PET"]) == []
    assert units_of_work(cohort, rois=["node"]) == []


def test_label_set_in_the_file_selects_that_region(cohort_on_disk, tmp_path):
    def change(case_id, image, mask):
        labels = mask.array.astype(np.uint8)
        labels[labels.shape[0] // 2 :] *= 2
        return image, mask.with_array(labels)

    cohort = cohort_on_disk(1, change)
    labelled = ExtractionSettings(setting={"label": 2}, feature_class={"shape": ["VoxelVolume"]})
    (whole,), (half,) = (_extract(cohort, tmp_path, settings) for settings in (SETTINGS, labelled))
    assert half.values["original_shape_VoxelVolume"] == whole.values["original_shape_VoxelVolume"] / 2
