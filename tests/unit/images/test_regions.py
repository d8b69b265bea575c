"""From a case to its voxels, from files and from the cache."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.cohort.model import Case, ImageRef, MaskRef
from radiomics_core.errors import ExtractionError, ImageError
from radiomics_core.images.pairing import file_ref
from radiomics_core.images.regions import CachedFiles, FilesOnDisk, load_region

LABELS = np.zeros((3, 4, 5), np.uint8)
LABELS[1, 1, 1:4] = 2
LABELS[2, 2, 2] = 7


@pytest.fixture
def case(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.arange(60, dtype=np.int16).reshape(3, 4, 5)), tmp_path / "ct.nii.gz")
    sitk.WriteImage(sitk.GetImageFromArray(LABELS), tmp_path / "mask.nii.gz")
    image, mask = (replace(file_ref(tmp_path / name), path=name) for name in ("ct.nii.gz", "mask.nii.gz"))
    masks = (MaskRef("any", "CT", mask), MaskRef("seven", "CT", mask, label=7))
    return Case("c1", "p1", images=(ImageRef("CT", (image,)),), masks=masks)


def voxels(case, roi, source, **more):
    return int(load_region(case, "CT", roi, source, **more).mask.array.sum())


@pytest.mark.parametrize("cached", [False, True])
def test_files_and_cache_give_the_same_image_and_region(case, tmp_path, cached):
    source = CachedFiles(tmp_path / "cache", tmp_path) if cached else FilesOnDisk(tmp_path)
    image, mask = load_region(case, "CT", "seven", source)
    assert np.array_equal(np.ravel(image.array), np.arange(60))
    assert np.argwhere(mask.array).tolist() == [[2, 2, 2]]
    assert (tmp_path / "cache").is_dir() == cached


def test_the_label_of_the_mask_counts_before_the_one_that_is_given(case, tmp_path):
    source = FilesOnDisk(tmp_path)
    assert [voxels(case, "any", source), voxels(case, "any", source, label=2)] == [4, 3]
    assert voxels(case, "seven", source, label=2) == 1
    with pytest.raises(ImageError, match="no voxel with label 3, it holds 2, 7"):
        load_region(case, "CT", "any", source, label=3)


@pytest.mark.parametrize("cached", [False, True])
def test_one_of_several_masks_in_a_file_is_chosen_by_its_channel(case, tmp_path, cached):
    both = np.stack([LABELS == 7, LABELS == 2], axis=-1).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(both, isVector=True), tmp_path / "mask.nii.gz")
    source = CachedFiles(tmp_path / "cache", tmp_path) if cached else FilesOnDisk(tmp_path)
    assert [voxels(case, "any", source, channel=number) for number in (0, 1)] == [1, 3]


def test_a_region_that_is_not_there_says_so(case, tmp_path):
    with pytest.raises(ExtractionError, match="no image 'PET' with a mask of 'any'"):
        load_region(case, "PET", "any", FilesOnDisk(tmp_path))
