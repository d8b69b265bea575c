import json
import logging
import math
import sys
import warnings

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import PRESETS, ExtractionSettings
from radiomics_core.extraction.engines import pyradiomics_engine
from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine
from radiomics_core.extraction.failures import explain_failure
from radiomics_core.imaging.volume import Volume

ORIGINAL = ExtractionSettings(image_type={"Original": {}})
FIRST_ORDER = ExtractionSettings(image_type={"Original": {}}, feature_class={"firstorder": None})


def test_values_are_those_of_pyradiomics_called_directly(reference_engine, lesion):
    extractor = pytest.importorskip("radiomics.featureextractor")
    image, mask = lesion()
    parameters = {
        "setting": {"binWidth": 10, "resampledPixelSpacing": [2, 2, 2], "additionalInfo": False},
        "imageType": {"Original": {}, "LoG": {"sigma": [2.0], "binWidth": 5}, "Wavelet": {}},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direct = extractor.RadiomicsFeatureExtractor(parameters).execute(image.to_sitk(), mask.to_sitk())
    ours = reference_engine.extract(image, mask, ExtractionSettings.from_parameters(parameters)).values
    assert len(ours) == 107 + 93 + 8 * 93
    assert ours == {name: float(value) for name, value in direct.items()}


def test_hand_counted_first_order(reference_engine):
    # a ring of zeros around the voxels 1, 2, 3, 6
    array = np.zeros((3, 4, 4), np.int16)
    array[1, 1:3, 1:3] = [[1, 2], [3, 6]]
    image = Volume(array, (1.0, 2.0, 3.0))
    values = reference_engine.extract(image, image.with_array(array > 0), FIRST_ORDER).values
    assert values["original_firstorder_Mean"] == 3
    assert values["original_firstorder_Energy"] == 1 + 4 + 9 + 36
    assert values["original_firstorder_TotalEnergy"] == (1 + 4 + 9 + 36) * 6
    assert all(type(value) is float for value in values.values())


@pytest.mark.parametrize("setting", [{"binWidth": 25}, {"resegmentRange": [0, 3], "resegmentMode": "relative"}, {}])
def test_small_integers_do_not_overflow(reference_engine, lesion, setting):
    # called directly, pyradiomics adds 2 x 25 to 255 in 8 bits and puts most voxels into one level
    image, mask = lesion()
    settings = ORIGINAL.with_feature_classes(["firstorder"])
    for name, value in setting.items():
        settings = settings.with_value(name, value)
    array = np.clip(image.array, 0, 255)
    values = [reference_engine.extract(image.with_array(array.astype(t)), mask, settings).values for t in ("u1", "f8")]
    assert values[0] == pytest.approx(values[1], rel=1e-12)


def test_process_is_left_as_it_was(reference_engine, lesion):
    import SimpleITK as sitk

    logger = logging.getLogger("radiomics")
    process = sitk.ProcessObject
    handlers, before = list(logger.handlers), (logger.propagate, logger.level)
    kwalify = list(logging.getLogger("pykwalify.core").handlers)
    state = (process.GetGlobalDefaultCoordinateTolerance(), process.GetGlobalDefaultNumberOfThreads())
    settings = ORIGINAL.with_value("geometryTolerance", 0.5).with_value("binCount", 16)
    first = reference_engine.extract(*lesion(), settings)
    assert reference_engine.extract(*lesion(), settings) == first
    assert (process.GetGlobalDefaultCoordinateTolerance(), process.GetGlobalDefaultNumberOfThreads()) == state
    assert logger.handlers == handlers
    assert (logger.propagate, logger.level) == before
    assert logging.getLogger("pykwalify.core").handlers == kwalify


def test_process_is_left_as_it_was_after_a_failure(reference_engine, lesion):
    import SimpleITK as sitk

    logger = logging.getLogger("radiomics")
    before = (sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance(), list(logger.handlers))
    settings = ORIGINAL.with_value("geometryTolerance", 0.5).with_value("minimumROISize", 10**6)
    with pytest.raises(ExtractionError, match="too few voxels"):
        reference_engine.extract(*lesion(), settings)
    assert (sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance(), list(logger.handlers)) == before


def test_nothing_is_printed_or_logged(reference_engine, lesion, capfd, caplog):
    reference_engine.extract(*lesion(), ORIGINAL.with_image_types(["Original", "LBP2D", "LoG"]))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def _one(image, mask):
    only = np.zeros_like(mask.array)
    only[5, 5, 5] = True
    return image, mask.with_array(only)


def _line(image, mask):
    line = np.zeros_like(mask.array)
    line[5, 5, 2:8] = True
    return image, mask.with_array(line)


def _nan_inside(image, mask):
    array = image.array.astype(np.float32)
    array[tuple(np.argwhere(mask.array)[:3].T)] = np.nan
    return image.with_array(array), mask


def _nan_outside(image, mask):
    array = image.array.astype(np.float32)
    array[0, 0, :2] = np.inf
    return image.with_array(array), mask


def _moved(image, mask):
    return image, Volume(mask.array, mask.spacing_mm, (0.0, 0.0, 0.0), mask.direction)


def _single_slice(image, mask):
    return image.with_array(image.array[6:7]), mask.with_array(mask.array[6:7])


@pytest.mark.parametrize(
    ("change", "image_types", "words"),
    [
        (lambda i, m: (i, m.with_array(m.array & False)), ["Original"], "no voxel of this region. Check which label"),
        (lambda i, m: (i, m.with_array(m.array | True)), ["Original"], "fills the whole image. Check that the mask"),
        (_one, ["Original"], "1 voxel, texture needs many. Check the mask"),
        (_line, ["Original"], "too thin: a line or a single slice"),
        (_nan_inside, ["Original"], "3 voxels inside the region are not numbers"),
        (_nan_outside, ["Original", "Wavelet"], "2 voxels outside the region are not numbers"),
        (
            _moved,
            ["Original"],
            r"different grids \(origin differ\): image origin .*, mask origin .*\. Resample the mask",
        ),
        (_single_slice, ["Wavelet"], "3-D wavelet filter needs several. Use 2-D extraction"),
    ],
)
def test_unusable_input_is_refused_in_clinical_words(reference_engine, lesion, change, image_types, words):
    with pytest.raises(ExtractionError, match=words):
        reference_engine.extract(*change(*lesion()), ORIGINAL.with_image_types(image_types))


def test_broken_voxels_far_away_do_not_matter_without_filters(reference_engine, lesion):
    clean = reference_engine.extract(*lesion(), FIRST_ORDER).values
    assert reference_engine.extract(*_nan_outside(*lesion()), FIRST_ORDER).values == clean


def test_mask_on_another_grid_is_resampled_only_when_asked_and_said(reference_engine, lesion):
    image, mask = lesion()
    shifted = Volume(mask.array[:, :, 1:], mask.spacing_mm, (-9.0, 5.0, 30.0))  # same places, one column fewer
    vector = reference_engine.extract(image, shifted, ORIGINAL.with_value("correctMask", True))
    assert vector.values == reference_engine.extract(image, mask, ORIGINAL).values
    assert [finding.code for finding in vector.findings] == ["RX308"]


def test_mask_off_by_rounding_counts_as_on_the_grid(reference_engine, lesion):
    image, mask = lesion()
    rounded = Volume(mask.array, mask.spacing_mm, (-10.0004, 5.0, 30.0), mask.direction)
    assert reference_engine.extract(image, rounded, ORIGINAL) == reference_engine.extract(image, mask, ORIGINAL)


def test_filter_that_cannot_run_is_a_finding(reference_engine, lesion):
    image, mask = lesion()
    thin, region = image.with_array(image.array[5:8]), mask.with_array(mask.array[5:8])
    settings = ExtractionSettings(image_type={"Original": {}, "LoG": {"sigma": [1.0]}, "LBP3D": {}})
    vector = reference_engine.extract(thin, region, settings)
    left_out = {f.params["filter"]: str(f.params["cause"]) for f in vector.findings if f.code == "RX303"}
    assert "too small" in left_out["LoG"]
    assert all(name.startswith(("original", "lbp")) for name in vector.values)


def test_small_region_is_a_finding(reference_engine, lesion):
    vector = reference_engine.extract(*lesion(radius=2), ORIGINAL)
    n = vector.diagnostics["voxels"]
    assert n == int(lesion(radius=2)[1].array.sum()) < 64
    assert [(f.code, f.params["voxels"]) for f in vector.findings if f.code == "RX305"] == [("RX305", n)]


def test_undefined_feature_stays_empty_and_is_a_finding(reference_engine, lesion, monkeypatch):
    extract = pyradiomics_engine._execute

    def with_hole(*args):
        return {**extract(*args), "original_firstorder_Skewness": np.array(np.nan)}

    monkeypatch.setattr(pyradiomics_engine, "_execute", with_hole)
    vector = reference_engine.extract(*lesion(), FIRST_ORDER)
    assert math.isnan(vector.values["original_firstorder_Skewness"])
    (finding,) = vector.findings
    assert (finding.code, finding.params) == ("RX302", {"n": 1, "example": "original_firstorder_Skewness"})


def test_unknown_failure_keeps_the_engines_words():
    error = explain_failure(RuntimeError("something\n  new"))
    assert "the engine stopped with: RuntimeError something new" in str(error)


def test_ultrasound_preset_works_on_one_slice(reference_engine, lesion):
    image, mask = lesion()
    vector = reference_engine.extract(*_single_slice(image, mask), PRESETS.build("us").settings)
    assert "original_shape2D_Perimeter" in vector.values
    assert "wavelet-HH_glcm_Contrast" in vector.values
    assert not any("_shape_" in name for name in vector.values)


def test_missing_engine_says_why_and_how(monkeypatch, tmp_path):
    note = {"pyradiomics": {"why": "no C compiler was found", "how": "install one"}}
    (tmp_path / "radiomics-missing.json").write_text(json.dumps(note), encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(pyradiomics_engine.importlib.util, "find_spec", lambda name: None)
    available, why = PyradiomicsEngine().available()
    assert (available, why) == (False, "no C compiler was found")
    image = Volume(np.zeros((2, 2, 2)))
    with pytest.raises(ExtractionError, match=r"no C compiler was found\. install one"):
        PyradiomicsEngine().extract(image, image, ORIGINAL)


def test_engine_and_settings_are_known_without_importing_pyradiomics():
    import subprocess

    code = (
        "import sys; from radiomics_core.extraction import ENGINES, PRESETS; import radiomics_core.extraction.runner; "
        "ENGINES.build('pyradiomics').available(); PRESETS.build('ct'); "
        "print([m for m in ('radiomics', 'SimpleITK', 'scipy', 'sklearn') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
