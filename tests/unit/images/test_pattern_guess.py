"""The pattern is guessed from names alone for the layouts that people use."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError, SettingsError
from radiomics_core.images.discovery import FoundFile, discover
from radiomics_core.images.pattern import PairingPattern
from radiomics_core.images.pattern_guess import guess_pattern, modality_of
from radiomics_core.imaging.reading import Header
from radiomics_core.imaging.volume import Volume

HEADER = Header((4, 4, 4), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1, 0, 0, 0, 1), 1, True, {})
IDS = ("STS_001", "STS_002", "STS_010", "P4")


def _files(*names, kind="volume"):
    return [FoundFile(name, (f"/data/{name}",), kind, HEADER) for name in sorted(names)]


def _places(files, pattern):
    """Return {relative: ("mask" | "image", case, image, roi)} as pairing would see it."""
    places = {}
    for file in files:
        fields = pattern.fits_mask(file.relative)
        what = "mask" if fields else "image"
        fields = fields or pattern.fits_image(file.relative) or {}
        places[file.relative] = (what, fields.get("case"), fields.get("image"), fields.get("roi"))
    return places


def _check(files, expected):
    pattern = guess_pattern(files)
    again = PairingPattern.from_text(pattern.text)
    assert again == pattern
    assert _places(files, again) == expected, pattern.text


def test_folder_per_case_with_several_images():
    expected = {}
    for case in IDS:
        for image in ("CT", "PET", "MR_T1"):
            expected[f"{case}/{image}.nii.gz"] = ("image", case, image, None)
            expected[f"{case}/{image}_mask.nii.gz"] = ("mask", case, image, None)
    _check(_files(*expected), expected)


@pytest.mark.parametrize("masks", ["masks", "labels", "segmentations"])
def test_folder_of_images_and_folder_of_masks(masks):
    files = _files(*(f"images/{c}.nii.gz" for c in IDS), *(f"{masks}/{c}.nii.gz" for c in IDS))
    places = _places(files, guess_pattern(files))
    for case in IDS:
        assert places[f"images/{case}.nii.gz"][:2] == ("image", case)
        assert places[f"{masks}/{case}.nii.gz"][:2] == ("mask", case)


@pytest.mark.parametrize("word", ["mask", "seg", "label", "Segmentation", "gtv"])
@pytest.mark.parametrize("image", ["", "_image", "_CT"])
@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_flat_folder_with_endings(word, image, ending):
    files = _files(*(f"{c}{image}{ending}" for c in IDS), *(f"{c}_{word}{ending}" for c in IDS))
    places = _places(files, guess_pattern(files))
    for case in IDS:
        assert places[f"{case}{image}{ending}"][:2] == ("image", case)
        assert places[f"{case}_{word}{ending}"][:2] == ("mask", case)


def test_case_image_roi_in_one_name():
    expected = {}
    for case in IDS:
        for image in ("CT", "T2"):
            expected[f"{case}_{image}.nii.gz"] = ("image", case, image, None)
            for roi in ("tumor", "gtv"):
                expected[f"{case}_{image}_{roi}.nii.gz"] = ("mask", case, image, roi)
    _check(_files(*expected), expected)


def test_masks_without_a_telling_word_are_known_by_their_values(tmp_path):
    rng = np.random.default_rng(0)
    noise, region = rng.integers(-999, 999, (6, 6, 6)), rng.integers(0, 2, (6, 6, 6))
    for case in IDS:
        for name, array in (("CT", noise), ("CT_late", noise + 1), ("CT_core", region)):
            sitk.WriteImage(Volume(array.astype(np.int16)).to_sitk(), str(tmp_path / f"{case}_{name}.nii.gz"))
    files = discover(tmp_path)
    places = _places(files, guess_pattern(files))
    assert places["P4_CT_core.nii.gz"][:2] == ("mask", "P4")
    assert places["P4_CT.nii.gz"][:2] == places["P4_CT_late.nii.gz"][:2] == ("image", "P4")
    assert places["P4_CT.nii.gz"][2] != places["P4_CT_late.nii.gz"][2]


def test_nnunet_layout():
    expected = {}
    for case in ("lung_001", "lung_002", "lung_003"):
        expected[f"imagesTr/{case}_0000.nii.gz"] = ("image", case, None, None)
        expected[f"labelsTr/{case}.nii.gz"] = ("mask", case, None, None)
    _check(_files(*expected), expected)


def test_nnunet_layout_with_two_channels():
    cases = ("lung_001", "lung_002", "lung_003")
    files = _files(*(f"imagesTr/{c}_{n}.nii.gz" for c in cases for n in ("0000", "0001")),
                   *(f"labelsTr/{c}.nii.gz" for c in cases))  # fmt: skip
    places = _places(files, guess_pattern(files))
    assert places["imagesTr/lung_002_0001.nii.gz"] == ("image", "lung_002", "0001", None)
    assert places["labelsTr/lung_002.nii.gz"][:2] == ("mask", "lung_002")


def test_brats_layout_repeats_the_case_in_the_file_name():
    expected = {}
    for case in ("BraTS-00001", "BraTS-00002", "BraTS-00003"):
        for image in ("flair", "t1", "t1ce", "t2"):
            expected[f"{case}/{case}_{image}.nii.gz"] = ("image", case, image, None)
        expected[f"{case}/{case}_seg.nii.gz"] = ("mask", case, None, None)
    _check(_files(*expected), expected)


def test_dicom_folder_per_case_with_a_mask_file():
    cases = ("P1", "P2", "P3")
    for inside in ("", "/CT"):
        series = _files(*(f"{c}{inside}" for c in cases), kind="dicom")
        files = series + _files(*(f"{c}/mask.nii.gz" for c in cases))
        places = _places(files, guess_pattern(files))
        for case in cases:
            assert places[f"{case}{inside}"][:2] == ("image", case)
            assert places[f"{case}/mask.nii.gz"][:2] == ("mask", case)


def test_slicer_segmentations():
    files = _files(*(f"{c}/CT.nrrd" for c in IDS), *(f"{c}/Segmentation.seg.nrrd" for c in IDS))
    places = _places(files, guess_pattern(files))
    assert places["P4/CT.nrrd"] == ("image", "P4", "CT", None)
    assert places["P4/Segmentation.seg.nrrd"][:2] == ("mask", "P4")


def test_centre_folders_above_cases():
    names = [f"{centre}/{centre}{i}/{f}.nii.gz" for centre in "AB" for i in range(3) for f in ("CT", "CT_mask")]
    files = _files(*names)
    places = _places(files, guess_pattern(files))
    assert places["A/A2/CT.nii.gz"] == ("image", "A2", "CT", None)
    assert places["B/B0/CT_mask.nii.gz"] == ("mask", "B0", "CT", None)


def test_two_regions_per_image():
    expected = {}
    for case in IDS:
        expected[f"{case}/CT.nii.gz"] = ("image", case, "CT", None)
        for roi in ("GTV", "node"):
            expected[f"{case}/CT_mask_{roi}.nii.gz"] = ("mask", case, "CT", roi)
    _check(_files(*expected), expected)


def test_a_mask_word_in_the_folder_of_everything_misleads_nobody():
    files = _files(*(f"roi_study/{c}/{f}.nii.gz" for c in IDS for f in ("CT", "CT_mask")))
    places = _places(files, guess_pattern(files))
    assert places["roi_study/P4/CT.nii.gz"] == ("image", "P4", "CT", None)


def test_one_case_alone_and_images_alone():
    one = _files("P1/CT.nii.gz", "P1/CT_mask.nii.gz")
    assert _places(one, guess_pattern(one))["P1/CT_mask.nii.gz"][:2] == ("mask", "P1")
    alone = _files(*(f"{c}.nii.gz" for c in IDS))
    pattern = guess_pattern(alone)
    assert pattern.mask == ""
    assert [pattern.fits_image(f.relative)["case"] for f in alone] == [f.stem for f in alone]


def test_no_image_is_an_error_with_the_way_out():
    with pytest.raises(ImageError, match="no image was found among 0 files"):
        guess_pattern([])


@pytest.mark.parametrize(
    ("name", "code"), [("P1_CT", "CT"), ("t2w", "MR"), ("PET", "PT"), ("octopus", ""), ("P/adc.nii", "MR")]
)
def test_modality_is_read_from_whole_words(name, code):
    assert modality_of(name) == code


def test_patterns_can_be_written_by_hand():
    pattern = PairingPattern.from_text("*/{case}/scan_{image}.nrrd + */{case}/{image:a|b}_{roi}.nrrd")
    assert pattern.fits_image("x/P1/scan_a.nrrd") == {"case": "P1", "image": "a"}
    assert pattern.fits_mask("x/P1/b_core.nrrd") == {"case": "P1", "image": "b", "roi": "core"}
    assert pattern.fits_mask("x/P1/c_core.nrrd") is None
    twice = PairingPattern("{case}/{case}_{image}")
    assert twice.fits_image("P1/P2_CT.nii") is None
    assert twice.fits_image("P1/P1_CT.nii") == {"case": "P1", "image": "CT"}


@pytest.mark.parametrize(
    ("text", "words"),
    [("images/{image}.nii", "where the case id stands"), ("{patient}/x", "'{patient}' is not a field")],
)
def test_bad_patterns_say_what_is_wrong(text, words):
    with pytest.raises(SettingsError) as caught:
        PairingPattern(text)
    assert words in str(caught.value)


def cases_of(names):
    files = _files(*(f"{name}.nii.gz" for name in names))
    pattern = guess_pattern(files)
    return {fields["case"] for file in files if (fields := pattern.fits_image(file.relative))}


@pytest.mark.parametrize(
    ("names", "cases"),
    [
        ([f"{c}_{t}" for c in ("a1", "b2", "c3") for t in ("pre", "post")], {"a1", "b2", "c3"}),
        ([f"{c}_{t}" for c in ("a1", "b2", "c3") for t in ("4", "15")], {"a1_4", "a1_15", "b2_4", "b2_15", "c3_4", "c3_15"}),
        ([f"{c}_{c}x" for c in ("a1", "b2", "c3")], {"a1_a1x", "b2_b2x", "c3_c3x"}),
        # ten places, eight files: four fifths are there; seven are too few
        ([f"{c}_{t}" for c in "abcde" for t in ("pre", "post")][:8], {"a", "b", "c", "d"}),
        (["a_pre", "a_post", "b_pre", "b_post", "c_pre", "d_pre", "e_pre"],
         {"a_pre", "a_post", "b_pre", "b_post", "c_pre", "d_pre", "e_pre"}),
        (["a_pre", "a_post", "a_late"], {"a_pre", "a_post", "a_late"}),  # more endings than beginnings
        ([f"{c}_0{n:03d}" for c in ("x", "y") for n in (0, 1)], {"x", "y"}),
        ([f"{c}_0{n:02d}" for c in ("x", "y") for n in (0, 1)], {"x_000", "x_001", "y_000", "y_001"}),
        ([f"{c}_{t}" for c in ("P1", "P2") for t in ("CT_late", "CT", "T1")], {"P1", "P2"}),
        (["CT_1", "CT_2", "CT_3"], {"CT_1", "CT_2", "CT_3"}),
        (["plain", "names", "only"], {"plain", "names", "only"}),
    ],
)  # fmt: skip
def test_endings_that_cross_the_beginnings_tell_images_apart_and_others_belong_to_the_case(names, cases):
    assert cases_of(names) == cases


def test_the_longest_name_of_an_image_is_put_into_a_mask_first():
    names = [f"{c}/{i}.nii.gz" for c in IDS for i in ("T1", "T1_late")]
    masks = [name.replace(".nii", "_mask.nii") for name in names]
    expected = {name: ("image", *name.removesuffix(".nii.gz").split("/"), None) for name in names}
    expected |= {mask: ("mask", *mask.removesuffix("_mask.nii.gz").split("/"), None) for mask in masks}
    _check(_files(*names, *masks), expected)
