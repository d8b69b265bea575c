"""Headers that cannot be: refused with the number that stands in them, whatever ITK would have made of it."""

from __future__ import annotations

import struct
import warnings

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError
from radiomics_core.imaging import Volume, read_header, read_volume
from radiomics_core.imaging.nifti_header import read_nifti_header
from radiomics_core.imaging.reading import placement_of
from radiomics_core.imaging.writing import write_nifti

NAN = float("nan")
PIXDIM, VOX_OFFSET, UNITS, QFORM, SFORM, QUATERN, SROW = 76, 108, 123, 252, 254, 256, 280


def _nifti(tmp_path, *edits):
    """Write a NIfTI file and change fields of its header: (offset, format, value)."""
    path = tmp_path / "v.nii"
    image = Volume(np.arange(60, dtype=np.int16).reshape(3, 4, 5), (1.0, 2.0, 3.0), (10.0, 20.0, 30.0)).to_sitk()
    sitk.WriteImage(image, str(path))
    content = bytearray(path.read_bytes())
    for offset, form, value in edits:
        struct.pack_into(f"<{form}", content, offset, value)
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([(PIXDIM + 4, "f", 0.0)], r"pixdim\[1\] = 0"),
        ([(PIXDIM + 8, "f", NAN)], r"pixdim\[2\] = nan"),
        ([(PIXDIM + 12, "f", -3.0)], r"pixdim\[3\] = -3"),
        ([(PIXDIM + 4, "f", 2.7e38)], "no length of anything imaged"),
        ([(SROW + 12, "f", NAN)], "sform = .*nan"),
        ([(SROW, "f", NAN)], "sform = nan"),
        ([(SFORM, "h", 0), (QUATERN, "f", NAN)], "qform = nan"),
        ([(SFORM, "h", 0), (QUATERN + 12, "f", float("inf"))], "qform = .*inf"),
        ([(SFORM, "h", 0), (QUATERN + 12, "f", 3e8)], "10 km"),
        ([(VOX_OFFSET, "f", NAN)], "vox_offset nan"),
        ([(VOX_OFFSET, "f", -352.0)], "vox_offset -352"),
    ],
)
def test_nifti_header_that_cannot_be_is_refused_with_its_number(tmp_path, edits, says):
    with pytest.raises(ImageError, match=says):
        read_volume(_nifti(tmp_path, *edits))


@pytest.mark.parametrize(
    ("ending", "before", "after"),
    [
        (".nrrd", "space directions: (1,0,0)", "space directions: (1,0.3,0)"),
        (".nrrd", "space directions: (1,0,0)", "space directions: (2.7e38,0,0)"),
        (".nrrd", "space origin: (10,20,30)", "space origin: (nan,20,30)"),
        (".mha", "ElementSpacing = 1 2 3", "ElementSpacing = -1 2 3"),
        (".mha", "ElementSpacing = 1 2 3", "ElementSpacing = 0 2 3"),
        (".mha", "Offset = 10 20 30", "Offset = nan 20 30"),
        (".mha", "TransformMatrix = 1 0 0", "TransformMatrix = 2 0 0"),
    ],
)
def test_text_header_that_cannot_be_is_refused_by_header_and_by_voxels(tmp_path, ending, before, after):
    path = tmp_path / f"v{ending}"
    image = Volume(np.zeros((3, 4, 5), np.int16), (1.0, 2.0, 3.0), (10.0, 20.0, 30.0)).to_sitk()
    sitk.WriteImage(image, str(path))
    content = path.read_bytes()
    assert before.encode() in content
    path.write_bytes(content.replace(before.encode(), after.encode()))
    for read in (read_header, read_volume):
        with pytest.raises(ImageError, match="cannot be"):
            read(path)


def test_volume_itself_refuses_what_is_no_grid():
    for spacing, direction in [((1.0, 0.0, 1.0), None), ((1.0, 1.0, 1.0), (1.0, 0, 0, 1.0, 0, 0, 0, 0, 1.0))]:
        with pytest.raises(ImageError, match=r"voxel size|right angles"):
            Volume(np.zeros((1, 1, 1)), spacing, direction=direction or Volume(np.zeros((1, 1, 1))).direction)


@pytest.mark.parametrize(
    ("edits", "transform", "apart_mm"),
    [
        ([], "both", 0),
        ([(QFORM, "h", 0)], "sform", 0),
        ([(SFORM, "h", 0)], "qform", 0),
        ([(QFORM, "h", 0), (SFORM, "h", 0)], "none", 0),
        # RAS x of the sform from -10 to 77: 87 mm away, and both codes 1: ITK takes the sform
        ([(SROW + 12, "f", 77.0)], "sform", 87),
        # an sform that means a template (code 4): ITK takes the qform
        ([(SROW + 12, "f", 77.0), (SFORM, "h", 4)], "qform", 87),
        # the sform says 0.5 mm, pixdim 1 mm, which ITK takes: the fifth voxel is 2 mm away
        ([(SROW, "f", -0.5), (QFORM, "h", 0)], "sform", 2),
    ],
)
def test_transform_used_is_the_one_that_itk_read(tmp_path, edits, transform, apart_mm):
    path = _nifti(tmp_path, *edits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        placed = placement_of([path], read_volume(path))
    assert (placed.transform, placed.apart_mm) == (transform, pytest.approx(apart_mm, abs=1e-3))


@pytest.mark.parametrize(("code", "unit", "spacing"), [(1, "metre", 1000.0), (3, "micrometre", 0.001), (0, "", 1.0)])
def test_unit_of_lengths_is_told(tmp_path, code, unit, spacing):
    path = _nifti(tmp_path, (UNITS, "B", code))
    volume = read_volume(path)
    assert (placement_of([path], volume).unit, volume.spacing_mm[0]) == (unit, pytest.approx(spacing))


def test_qform_is_built_as_itk_builds_it(tmp_path):
    # an oblique, left-handed grid: every term of the quaternion takes part
    turn = sitk.Euler3DTransform((0, 0, 0), 0.3, -0.7, 1.1).GetMatrix()
    direction = tuple(v * (-1 if i % 3 == 2 else 1) for i, v in enumerate(turn))
    path = tmp_path / "v.nii"
    written = Volume(np.zeros((3, 4, 5), np.int16), (0.7, 0.8, 2.5), (-31.0, 12.0, 55.0), direction)
    sitk.WriteImage(written.to_sitk(), str(path))
    assert read_nifti_header(path).pixdim[0] == -1
    placed = placement_of([path], read_volume(path))
    assert (placed.transform, placed.apart_mm) == ("both", 0)


@pytest.mark.parametrize(
    ("ending", "removed", "missing"),
    [
        (".mha", "ElementSpacing = 1 2 3\n", ("spacing",)),
        (".mha", "Offset = 10 20 30\n", ("position",)),
        (".nrrd", "space directions: (1,0,0) (0,2,0) (0,0,3)\n", ("spacing", "direction")),
        (".nrrd", "space origin: (10,20,30)\n", ("position",)),
    ],
)
def test_what_a_text_header_does_not_say_is_named(tmp_path, ending, removed, missing):
    path = tmp_path / f"v{ending}"
    image = Volume(np.zeros((3, 4, 5), np.int16), (1.0, 2.0, 3.0), (10.0, 20.0, 30.0)).to_sitk()
    sitk.WriteImage(image, str(path))
    content = path.read_bytes()
    assert removed.encode() in content
    path.write_bytes(content.replace(removed.encode(), b""))
    assert placement_of([path], read_volume(path)).missing == missing


def test_placement_is_kept_when_a_file_is_written_anew(tmp_path):
    path = _nifti(tmp_path, (SROW + 12, "f", 77.0), (UNITS, "B", 3))
    volume = read_volume(path)
    placed = placement_of([path], volume)
    assert (placed.transform, placed.unit) == ("sform", "micrometre")
    anew = write_nifti(volume, tmp_path / "anew.nii.gz", note=placed.note())
    assert placement_of([anew], read_volume(anew)).note() == placed.note()
