"""Values as colours over a slice."""

from __future__ import annotations

import io

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from radiomics_core.imaging.colour_map import VIRIDIS, Layer, colours, lay_over
from radiomics_core.imaging.render import slice_png
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import nifti_bytes

DARKEST, MIDDLE, BRIGHTEST = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (VIRIDIS[0], VIRIDIS[4], VIRIDIS[8]))


def test_colours_run_from_low_to_high_and_no_further():
    found = colours(np.array([-5.0, 0.0, 5.0, 10.0, 99.0]), 0, 10)
    assert found[0].tolist() == found[1].tolist() == DARKEST
    assert found[2] == pytest.approx(MIDDLE, abs=2)
    assert found[3].tolist() == found[4].tolist() == BRIGHTEST


def test_one_value_everywhere_has_one_colour():
    assert colours(np.array([3.0, 3.0]), 3, 3).tolist() == [DARKEST, DARKEST]


def test_a_layer_covers_by_its_opacity_and_lets_the_slice_through_where_there_is_no_value():
    picture = np.full((2, 2, 3), 100, np.uint8)
    layer = Layer(np.array([[0.0, np.nan], [10.0, np.nan]]), 0, 10, opacity=0.25)
    covered = lay_over(picture, layer)
    assert covered[0, 0].tolist() == [round(100 + 0.25 * (c - 100)) for c in DARKEST]
    assert covered[1, 0].tolist() == [round(100 + 0.25 * (c - 100)) for c in BRIGHTEST]
    assert (covered[:, 1] == 100).all()
    assert (picture == 100).all()


def test_every_voxel_stays_one_patch():
    layer = Layer(np.array([[0.0, 10.0]]), 0, 10, opacity=1)
    covered = lay_over(np.zeros((4, 8, 3), np.uint8), layer)
    assert (covered[:, :4] == DARKEST).all()
    assert (covered[:, 4:] == BRIGHTEST).all()


def test_a_slice_is_drawn_with_its_layer_under_the_contour():
    image = Volume(np.zeros((1, 8, 8), np.int16))
    inside = np.zeros((1, 8, 8), bool)
    inside[0, 2:6, 2:6] = True
    layer = Layer(np.where(inside[0], 10.0, np.nan), 0, 10, opacity=1)
    png = slice_png(image, [image.with_array(inside)], "axial", 0, size_px=8, width_px=1, layer=layer)
    picture = np.asarray(Image.open(io.BytesIO(png)))
    assert (picture[3, 3] == BRIGHTEST).all()
    assert (picture[2, 2] != BRIGHTEST).any()  # the contour
    assert (picture[0, 0] == 0).all()


def test_a_volume_as_a_file_lies_where_it_lay(tmp_path):
    volume = Volume(np.random.default_rng(0).normal(size=(3, 4, 5)), (1.0, 2.0, 3.0), (-4.0, 5.0, 6.0))
    file = tmp_path / "map.nii.gz"
    file.write_bytes(nifti_bytes(volume))
    read = Volume.from_sitk(sitk.ReadImage(str(file)))
    np.testing.assert_array_equal(read.array, volume.array)
    assert read.spacing_mm == pytest.approx(volume.spacing_mm)
    assert read.origin_mm == pytest.approx(volume.origin_mm)
