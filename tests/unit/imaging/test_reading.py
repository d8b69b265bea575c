"""Reading: what comes back is what was written; what is broken says so."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError
from radiomics_core.imaging import Volume, labels_in, read_header, read_mask, read_volume, same_grid

DIRECTION = (0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)


def _volume(dtype=np.int16):
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4).astype(dtype)
    return Volume(array, (0.5, 0.75, 3.0), (10.0, -20.0, 30.0), DIRECTION)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha", ".mhd"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
def test_each_format_gives_back_voxels_type_and_grid(tmp_path, ending, dtype):
    written = _volume(dtype)
    path = tmp_path / f"v{ending}"
    sitk.WriteImage(written.to_sitk(), str(path))
    back = read_volume([path])
    assert back.array.dtype == dtype
    np.testing.assert_array_equal(back.array, written.array)
    assert same_grid(back, written).matches


def test_header_tells_size_and_grid_without_voxels(tmp_path):
    path = tmp_path / "v.nii.gz"
    sitk.WriteImage(_volume().to_sitk(), str(path))
    header = read_header(path)
    assert header.size_xyz == (4, 3, 2)
    assert header.spacing_mm == pytest.approx((0.5, 0.75, 3.0))
    assert header.is_integer


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_truncated_file_is_an_error_and_never_zeros(tmp_path, ending):
    path = tmp_path / f"v{ending}"
    noise = np.random.default_rng(0).integers(0, 999, (20, 30, 40)).astype(np.int16)
    sitk.WriteImage(Volume(noise).to_sitk(), str(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageError, match=r"again"):
        read_volume(path)


def test_flipped_bytes_in_compressed_data_are_noticed(tmp_path):
    path = tmp_path / "v.nii.gz"
    noise = np.random.default_rng(0).integers(0, 999, (20, 30, 40)).astype(np.int16)
    sitk.WriteImage(Volume(noise).to_sitk(), str(path))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ImageError, match="damaged"):
        read_volume(path)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_that_are_not_finite_survive_reading(tmp_path, ending, dtype):
    array = np.arange(24, dtype=dtype).reshape(2, 3, 4)
    array[0, 1, 2], array[1, 2, 3], array[1, 0, 0] = np.nan, np.inf, -np.inf
    path = tmp_path / f"v{ending}"
    sitk.WriteImage(Volume(array).to_sitk(), str(path))
    np.testing.assert_array_equal(read_volume(path).array, array)


def test_empty_file_missing_file_and_text_file_are_errors(tmp_path):
    (tmp_path / "empty.nii.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "text.nrrd").write_text("hello")
    for name, words in (("empty.nii.gz", "truncated"), ("text.nrrd", "cannot be read"), ("none.nii", "not there")):
        with pytest.raises(ImageError, match=words):
            read_volume(tmp_path / name)


def test_two_dimensional_image_becomes_one_slice(tmp_path):
    path = tmp_path / "flat.nrrd"
    image = sitk.GetImageFromArray(np.arange(12, dtype=np.uint8).reshape(3, 4))
    image.SetSpacing((0.1, 0.2))
    sitk.WriteImage(image, str(path))
    volume = read_volume(path)
    assert volume.array.shape == (1, 3, 4)
    assert volume.spacing_mm == pytest.approx((0.1, 0.2, 1.0))


def test_several_components_and_four_axes_are_refused_with_the_way_out(tmp_path):
    colour = sitk.GetImageFromArray(np.zeros((2, 3, 4, 3), np.uint8), isVector=True)
    series = sitk.JoinSeries([_volume().to_sitk(), _volume().to_sitk()])
    sitk.WriteImage(colour, str(tmp_path / "colour.nrrd"))
    sitk.WriteImage(series, str(tmp_path / "series.nii"))
    with pytest.raises(ImageError, match="3 components"):
        read_volume(tmp_path / "colour.nrrd")
    with pytest.raises(ImageError, match="4 axes of sizes 4 x 3 x 2 x 2"):
        read_volume(tmp_path / "series.nii")


def test_mask_label_is_chosen_and_an_absent_one_names_those_there(tmp_path):
    labels = np.zeros((2, 3, 4), np.uint8)
    labels[0, 0, :2], labels[1, 1, :3] = 1, 4
    path = tmp_path / "mask.nii.gz"
    sitk.WriteImage(Volume(labels).to_sitk(), str(path))
    assert labels_in(read_volume(path)) == [1, 4]
    assert [read_mask(path, label).array.sum() for label in (None, 1, 4)] == [5, 2, 3]
    with pytest.raises(ImageError, match="no voxel with label 2, it holds 1, 4"):
        read_mask(path, 2)


@pytest.mark.parametrize("ending", [".nrrd", ".nii.gz"])
def test_a_channel_of_a_mask_with_several_is_chosen_and_never_guessed(tmp_path, ending):
    first, second = np.zeros((2, 2, 3, 4), np.uint8)
    first[0, 0, :2], second[1, 1, :3] = 1, 1
    path = tmp_path / f"overlapping{ending}"
    sitk.WriteImage(sitk.Compose(*[Volume(one).to_sitk() for one in (first, second)]), str(path))
    assert [read_mask(path, channel=channel).array.sum() for channel in (0, 1)] == [2, 3]
    with pytest.raises(ImageError, match="2 components"):
        read_mask(path)
    with pytest.raises(ImageError, match="has no channel 2, it has 2"):
        read_mask(path, channel=2)


def test_an_image_is_not_taken_for_a_mask():
    with pytest.raises(ImageError, match="not whole numbers"):
        labels_in(Volume(np.full((1, 1, 2), 0.5)))
    with pytest.raises(ImageError, match="different values"):
        labels_in(Volume(np.arange(100).reshape(1, 10, 10)))


def test_grids_differ_by_what_differs():
    grid = _volume()
    assert same_grid(grid, _volume(np.uint8)).reasons == ()
    others = {
        "size": Volume(np.zeros((2, 3, 5)), grid.spacing_mm, grid.origin_mm, grid.direction),
        "spacing": Volume(grid.array, (0.6, 0.75, 3.0), grid.origin_mm, grid.direction),
        "origin": Volume(grid.array, grid.spacing_mm, (10.0, -20.0, 31.0), grid.direction),
        "direction": Volume(grid.array, grid.spacing_mm, grid.origin_mm),
    }
    for reason, other in others.items():
        assert same_grid(grid, other).reasons == (reason,)


def test_position_of_a_voxel_follows_direction_and_spacing():
    # column 0 of the direction is (0, 1, 0): one step along grid x moves 0.5 mm along patient y
    assert _volume().position_mm((1, 0, 0)) == pytest.approx((10.0, -19.5, 30.0))
