import numpy as np
import pandas as pd
import pytest

from radiomics_core.cohort.model import Case, Cohort, FileRef, ImageRef, MaskRef
from radiomics_core.errors import TableError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.runner import CaseResult, assemble, merge_tables, summary
from radiomics_core.extraction.units import feature_unit, intensity_unit

SETTINGS = ExtractionSettings(setting={"binWidth": 25})
NAMES = ("original_shape_VoxelVolume", "original_firstorder_Mean", "wavelet-LLH_firstorder_Mean")


def _case(number, images=("CT",), rois=("tumour",), sha="x"):
    modality = {"CT": "CT", "PET": "PT"}
    refs = tuple(ImageRef(i, (FileRef(f"{i}{number}", sha256=sha),), modality[i]) for i in images)
    masks = tuple(MaskRef(r, i, FileRef(f"m{number}", sha256=sha)) for i in images for r in rois)
    return Case(f"c{number}", f"p{number}", refs, masks)


def _result(number, values, image="CT", roi="tumour"):
    return CaseResult(f"c{number}", image, roi, dict(zip(NAMES, values, strict=False)))


def test_one_image_and_one_region_use_plain_names_and_cohort_order():
    cohort = Cohort(tuple(_case(n) for n in range(3)))
    results = [_result(2, (3.0, 30.0, 0.0)), _result(0, (1.0, 10.0)), CaseResult("c1", "CT", "tumour")]
    table = assemble(results, cohort, SETTINGS, "pyradiomics", "3.0.1")
    assert table.case_ids == ["c0", "c2"]
    assert list(table.values.columns) == list(NAMES)
    np.testing.assert_array_equal(table.values.to_numpy(), [[1, 10, np.nan], [3, 30, 0]])
    assert list(table.keys["patient_id"]) == ["p0", "p2"]
    assert list(table.columns["unit"]) == ["mm^3", "HU", "a.u."]
    assert list(table.columns["kind"]) == ["volume", "radiomics", "radiomics"]
    assert list(table.columns["filter"]) == ["original", "original", "wavelet-LLH"]
    assert set(table.columns["block"]) == {"CT"}
    assert (table.engine, table.engine_version) == ("pyradiomics", "3.0.1")
    assert table.settings == {"CT": {"setting": {"binWidth": 25}}}


def test_several_regions_name_image_and_region_in_the_column():
    cohort = Cohort((_case(0, rois=("GTV 1", "node")),))
    results = [_result(0, (1.0,), roi="GTV 1"), _result(0, (2.0,), roi="node")]
    table = assemble(results, cohort, SETTINGS, "fast")
    assert list(table.values.columns) == [f"CT__GTV-1__{NAMES[0]}", f"CT__node__{NAMES[0]}"]
    assert list(table.columns["roi"]) == ["GTV 1", "node"]
    assert table.values.to_numpy().tolist() == [[1.0, 2.0]]


def test_nothing_extracted_is_an_error():
    with pytest.raises(TableError, match="all 1 extractions failed"):
        assemble([CaseResult("c0", "CT", "tumour")], Cohort((_case(0),)), SETTINGS, "fast")


def test_inputs_digest_follows_the_files():
    results = [_result(0, (1.0,))]
    one, same, other = (
        assemble(results, Cohort((_case(0, sha=sha),)), SETTINGS, "fast").inputs_digest for sha in ("x", "x", "y")
    )
    assert one == same != other


def _tables():
    cohort = Cohort(tuple(_case(n, images=("CT", "PET")) for n in range(3)))
    ct = assemble([_result(0, (1.0, 10.0)), _result(1, (2.0, 20.0))], cohort, SETTINGS, "fast")
    pet = assemble([_result(1, (5.0,), "PET"), _result(2, (6.0,), "PET")], cohort, SETTINGS, "fast")
    return ct, pet


def test_merged_tables_keep_every_case_and_name_the_image():
    merged = merge_tables(_tables())
    assert merged.case_ids == ["c0", "c1", "c2"]
    assert list(merged.values.columns) == [f"CT__tumour__{n}" for n in NAMES[:2]] + [f"PET__tumour__{NAMES[0]}"]
    np.testing.assert_array_equal(merged.values.to_numpy(), [[1, 10, np.nan], [2, 20, 5], [np.nan, np.nan, 6]])
    assert set(merged.settings) == {"CT", "PET"}


def test_later_extraction_of_the_same_image_replaces_the_earlier():
    ct, _ = _tables()
    again = assemble([_result(0, (9.0,))], Cohort((_case(0),)), SETTINGS, "fast")
    merged = merge_tables([ct, again])
    assert list(merged.values.columns) == [NAMES[0]]
    assert merged.values.to_numpy().tolist() == [[9.0]]


def test_tables_of_different_engine_versions_are_not_merged():
    ct, pet = _tables()
    other = type(pet)(**{**vars(pet), "engine_version": "4"})
    with pytest.raises(TableError, match="different engines or versions"):
        merge_tables([ct, other])


def test_summary_counts_missing_and_constant_columns():
    cohort = Cohort(tuple(_case(n) for n in range(4)))
    rows = [(1.0, 7.0, 0.5), (1.0, np.nan, 0.1), (1.0, np.nan, np.nan), (1.0, 8.0, 0.2)]
    found = summary(assemble([_result(n, row) for n, row in enumerate(rows)], cohort, SETTINGS, "fast"))
    assert dict(found.missing) == {NAMES[1]: 2, NAMES[2]: 1}
    assert found.constant == (NAMES[0],)
    assert list(found.frame()["problem"]) == ["missing", "missing", "constant"]
    missing, constant = found.findings()
    assert (missing.code, missing.params) == ("RX307", {"n": 2, "example": NAMES[1], "worst": 2})
    assert (constant.code, constant.params) == ("RX306", {"n": 1, "example": NAMES[0]})


def test_one_case_alone_has_no_constant_columns():
    table = assemble([_result(0, (1.0,))], Cohort((_case(0),)), SETTINGS, "fast")
    assert summary(table).findings() == []


@pytest.mark.parametrize(
    ("family", "feature", "unit"),
    [
        ("shape", "MeshVolume", "mm^3"),
        ("shape", "SurfaceArea", "mm^2"),
        ("shape", "SurfaceVolumeRatio", "1/mm"),
        ("shape", "Sphericity", ""),
        ("shape2D", "Perimeter", "mm"),
        ("firstorder", "Median", "HU"),
        ("firstorder", "Variance", "HU^2"),
        ("firstorder", "TotalEnergy", "HU^2 mm^3"),
        ("firstorder", "Skewness", ""),
        ("firstorder", "Entropy", ""),
        ("glcm", "Contrast", ""),
    ],
)
def test_unit_of_a_feature(family, feature, unit):
    assert feature_unit(family, feature, "HU") == unit


def test_intensities_have_a_unit_only_before_filters_and_normalisation():
    normalised = SETTINGS.with_value("normalize", True)
    assert intensity_unit("CT", "original", SETTINGS) == "HU"
    assert intensity_unit("PT", "original", SETTINGS) == "g/ml"
    assert intensity_unit("MR", "original", SETTINGS) == "a.u."
    assert intensity_unit("CT", "wavelet-LLH", SETTINGS) == "a.u."
    assert intensity_unit("CT", "original", normalised) == "a.u."


def test_units_are_written_for_known_features_only():
    from radiomics_core.extraction.catalogue import FEATURE_NAMES
    from radiomics_core.extraction.glossary import GLOSSARY

    assert set(GLOSSARY) == {(family, name) for family, names in FEATURE_NAMES.items() for name in names}
    assert pd.Series([str(term.meaning) for term in GLOSSARY.values()]).str.endswith(".").all()


def provenance(table):
    return table.settings_digest, table.inputs_digest, table.settings, table.sources, list(table.values.columns)


def test_extracting_one_image_again_with_nothing_changed_changes_nothing():
    ct, pet = _tables()
    both = merge_tables([ct, pet])
    for again in (ct, pet):
        repeated = merge_tables([both, again])
        pd.testing.assert_frame_equal(repeated.values, both.values)
        assert provenance(repeated) == provenance(both)
    assert provenance(merge_tables([ct, ct])) == provenance(ct)
    assert provenance(merge_tables([both, both])) == provenance(both)


def test_other_settings_or_files_of_one_image_change_the_provenance_of_the_whole():
    ct, pet = _tables()
    both = merge_tables([ct, pet])
    cohort = Cohort(tuple(_case(n, images=("CT", "PET"), sha="y") for n in range(3)))
    values = [_result(1, (5.0,), "PET"), _result(2, (6.0,), "PET")]
    touched = merge_tables([both, assemble(values, cohort, SETTINGS, "fast")])
    assert touched.inputs_digest != both.inputs_digest
    assert touched.settings_digest == both.settings_digest
    other = ExtractionSettings(setting={"binWidth": 10})
    assert merge_tables([both, assemble(values, cohort, other, "fast")]).settings_digest != both.settings_digest


def test_regions_whose_names_share_a_slug_or_are_chinese_have_columns_of_their_own():
    rois = ("GTV 1", "GTV-1", "肿瘤", "淋巴结")
    results = [_result(0, (float(k),), roi=roi) for k, roi in enumerate(rois)]
    table = assemble(results, Cohort((_case(0, rois=rois),)), SETTINGS, "fast")
    assert len(set(table.values.columns)) == 4
    assert f"CT__GTV-1__{NAMES[0]}" in table.values.columns
    assert dict(zip(table.columns["roi"], table.values.iloc[0], strict=True)) == dict(zip(rois, range(4), strict=True))
