"""Two sets of values side by side: what counts as equal, what as different, and what is not compared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ExtractionSettings, kinds
from radiomics_core.extraction.engine import Availability, FeatureVector
from radiomics_core.extraction.verification import (
    FEATURE_COLUMNS,
    IMAGE_COLUMNS,
    Verification,
    compare,
    everything,
    join,
    left_out,
    parts,
    verify,
)
from radiomics_core.findings import found

CONTRAST, ENERGY = "original_glcm_Contrast", "original_firstorder_Energy"
MCC, SHADE = "original_glcm_MCC", "wavelet-LLH_glcm_ClusterShade"


def state(reference: float, fast: float, name: str = CONTRAST) -> str:
    return compare({name: reference}, {name: fast})["state"].item()


def test_a_relative_difference_up_to_a_millionth_is_equal():
    assert state(2.0, 2.0) == "equal"
    assert state(2.0, 2.0 * (1 + 0.99e-6)) == "equal"
    assert state(2.0, 2.0 * (1 + 1.01e-6)) == "differs"
    assert state(-2e9, -2e9 - 1e3) == "equal"


def test_values_that_are_zero_but_for_rounding_are_equal_and_named_so():
    assert state(0.0, 0.9e-9) == "near_zero"
    assert state(1e-12, -1e-12) == "near_zero"
    assert state(0.0, 1.1e-9) == "differs"
    assert state(0.0, 0.0) == "equal"


def test_mcc_is_judged_by_its_absolute_difference():
    assert state(1e-3, 1e-3 + 0.9e-6, MCC) == "equal"
    assert state(1e-3, 1e-3 + 0.9e-6, CONTRAST) == "differs"
    assert state(1e-3, 1e-3 + 1.1e-6, MCC) == "differs"


def test_a_value_that_only_one_engine_has_is_a_difference():
    assert state(math.nan, math.nan) == "equal"
    assert state(1.0, math.nan) == "empty_fast"
    assert state(math.nan, 1.0) == "empty_reference"
    assert compare({CONTRAST: 1.0}, {})["state"].item() == "missing_fast"
    assert compare({}, {CONTRAST: 1.0})["state"].item() == "missing_reference"
    assert Verification(compare({CONTRAST: 1.0}, {})).worst == math.inf


def test_the_largest_difference_and_its_feature_are_named_per_class():
    reference = {ENERGY: 10.0, CONTRAST: 1.0, MCC: 0.5, SHADE: 4.0}
    made = Verification(compare(reference, {ENERGY: 10.0, CONTRAST: 1.0 + 1e-8, MCC: 0.5, SHADE: 4.0 + 1e-7}))
    assert (made.n_features, made.agrees, made.worst_feature) == (4, True, SHADE)
    assert made.worst == pytest.approx(2.5e-8)
    rows = made.by_class().set_index("family")
    assert list(rows.index) == ["firstorder", "glcm"]
    assert (rows.loc["firstorder", "worst"], rows.loc["firstorder", "worst_feature"]) == (0.0, "")
    assert (rows.loc["glcm", "features"], rows.loc["glcm", "worst_feature"]) == (3, SHADE)
    by_image = made.by_class_and_image().set_index(["family", "image"])
    assert by_image.loc[("glcm", "original"), "worst"] == pytest.approx(1e-8)


def test_values_near_zero_do_not_make_the_largest_difference_but_are_counted():
    made = Verification(compare({CONTRAST: 1e-15, ENERGY: 3.0}, {CONTRAST: 2e-15, ENERGY: 3.0}))
    assert (made.worst, made.agrees, made.worst_feature) == (0.0, True, "")
    assert made.by_class().set_index("family").loc["glcm", "near_zero"] == 1


def test_an_image_the_reference_left_out_is_not_compared_and_named():
    said = found(kinds.FILTER_LEFT_OUT, filter="LBP 3D", cause="a library it needs is not installed")
    beginnings = left_out(FeatureVector({}, (said,)))
    fast = {"lbp-3D-m1_glcm_Contrast": 1.0, "lbp-3D-k_glcm_Contrast": 1.0, CONTRAST: 2.0}
    made = Verification(compare({CONTRAST: 2.0}, fast, left_out=beginnings))
    assert (made.n_features, made.agrees, made.not_compared) == (1, True, ("lbp-3D-m1", "lbp-3D-k"))
    assert not Verification(compare({CONTRAST: 2.0}, fast)).agrees


def test_an_image_that_is_left_out_for_its_values_is_named_by_itself():
    said = found(kinds.FILTER_LEFT_OUT, filter="lbp-3D-k", cause="some of its values are not numbers")
    reference = {"lbp-3D-k_glcm_Contrast": 1.0, "lbp-3D-m1_glcm_Contrast": 1.0}
    states = compare(reference, {}, left_out=left_out(FeatureVector({}), FeatureVector({}, (said,))))["state"]
    assert list(states) == ["not_compared", "missing_fast"]


def test_a_left_out_sigma_is_told_from_others():
    said = found(kinds.FILTER_LEFT_OUT, filter="LoG 1", cause="the cropped image is too small")
    fast = {f"log-sigma-{sigma}-mm-3D_glcm_Contrast": 1.0 for sigma in ("1-0", "1", "1-5")}
    states = compare({}, fast, left_out=left_out(FeatureVector({}, (said,))))["state"]
    assert list(states) == ["not_compared", "not_compared", "missing_reference"]


def test_nothing_compared_is_not_agreement():
    made = Verification(compare({}, {}))
    assert (made.n_features, made.agrees, made.worst, made.worst_feature) == (0, False, 0.0, "")
    assert list(made.features.columns) == list(FEATURE_COLUMNS)
    assert (list(made.images.columns), made.moved) == (list(IMAGE_COLUMNS), 0)
    assert len(made.by_class()) == 0


def test_verifications_are_joined():
    one, two = (Verification(compare({name: 1.0}, {name: 1.0 + apart})) for name, apart in ((ENERGY, 0), (SHADE, 1e-7)))
    made = join([one, two])
    assert (made.n_features, made.worst_feature) == (2, SHADE)
    assert join([one, Verification(compare({}, {}))]).n_features == 1


def test_the_settings_of_the_comparison_name_1595_features():
    settings = everything()
    assert settings.value("binWidth") == 25
    texture = sum(len(names) for family, names in settings.features().items() if family != "shape")
    images = 8 + 3 + 6  # wavelet, LoG, the others
    assert texture * images + len(settings.features()["shape"]) == 1595
    assert ExtractionSettings.from_yaml(settings.to_yaml()).digest() == settings.digest()


def test_settings_are_divided_by_image_type_with_shape_once():
    divided = parts(everything())
    assert list(divided) == list(everything().image_types())
    assert [name for name, one in divided.items() if "shape" in one.features()] == ["Original"]
    assert all(set(one.features()) - {"shape"} == set(everything().features()) - {"shape"} for one in divided.values())
    assert divided["LoG"].value("sigma", "LoG") == [1.0, 2.0, 3.0]
    assert list(parts(everything().with_feature_classes(["shape"]))) == ["Original"]


def test_without_pyradiomics_the_way_out_is_said(lesion, monkeypatch):
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    missing = Availability(False, "pyradiomics is not installed", "Install Python 3.11 and a C compiler")
    monkeypatch.setattr(PyradiomicsEngine, "available", lambda self: missing)
    with pytest.raises(ExtractionError, match=r"pyradiomics cannot be used.*C compiler"):
        verify(*lesion(), everything())


def test_the_original_image_is_the_same_in_both_engines(reference_engine, lesion):
    settings = ExtractionSettings(setting={"binWidth": 10}).with_feature_classes(["firstorder"])
    made = verify(*lesion(), settings)
    row = made.images.set_index("image").loc["original"]
    image, mask = lesion()
    inside = image.array[mask.array]
    assert (row["voxels"], row["moved"], row["ulp"]) == (mask.array.sum(), 0, 0)
    assert row["levels"] == len(np.unique(np.floor(inside / 10)))
