"""Headers that name their voxels' file: only files in their own folder are opened."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError
from radiomics_core.imaging import read_header, read_volume
from radiomics_core.imaging.data_files import HEADER_BYTES
from radiomics_core.imaging.reading import data_files

SECRET = bytes(range(65, 91)) * 3
META = "ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\nElementDataFile = {}\n"
NRRD = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 4 4\nencoding: raw\ndata file: {}\n"
PADDED = {".mhd": "Comment = {}\n" + META, ".nhdr": NRRD.replace("NRRD0004\n", "NRRD0004\n# {}\n")}


@pytest.fixture
def case(tmp_path):
    """A folder of a case beside a file that is no business of its headers."""
    (tmp_path / "secret.raw").write_bytes(SECRET)
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "link.raw").symlink_to(tmp_path / "secret.raw")
    return tmp_path / "case"


def _outside(tmp_path):
    yield from (f"{tmp_path}/secret.raw", "../secret.raw", "link.raw", "sub/../../secret.raw", "..\\secret.raw")
    yield from ("/etc/passwd", "-", "C:\\secret.raw", "\\\\server\\share\\secret.raw")
    yield from (f"LIST\n{tmp_path}/secret.raw", "LIST 2\nown.raw\nlink.raw", "LIST\n../secret.raw")
    yield from ("../secret%d.raw 1 1 1", "/etc/pass%d 1 4 1", "lin%d.raw 1 1 1")


@pytest.mark.parametrize(("ending", "text"), [(".mhd", META), (".mha", META), (".nhdr", NRRD), (".nrrd", NRRD)])
def test_a_header_that_names_a_file_outside_its_folder_is_refused(case, tmp_path, ending, text):
    (case / "lin7.raw").symlink_to(tmp_path / "secret.raw")
    for name in _outside(tmp_path):
        path = case / f"image{ending}"
        path.write_text(text.format(name))
        for read in (read_header, read_volume):
            with pytest.raises(ImageError, match=r"outside its folder"):
                read(path)


@pytest.mark.parametrize(("ending", "text"), PADDED.items())
def test_a_name_behind_a_megabyte_of_comments_is_not_read(case, ending, text):
    path = case / f"image{ending}"
    path.write_text(text.format("x" * HEADER_BYTES, "../secret.raw"))
    with pytest.raises(ImageError, match=r"header of 'image.* is longer"):
        read_header(path)


@pytest.mark.parametrize("ending", [".mhd", ".nhdr"])
def test_voxels_beside_the_header_or_below_it_are_read(tmp_path, ending):
    path, array = tmp_path / f"image{ending}", np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    sitk.WriteImage(sitk.GetImageFromArray(array), str(path))
    (named,) = data_files(path)
    assert named.is_file()
    np.testing.assert_array_equal(read_volume(path).array, array)
    (tmp_path / "voxels").mkdir()
    named.rename(tmp_path / "voxels" / named.name)
    path.write_text(path.read_text().replace(named.name, f"voxels/{named.name}"))
    np.testing.assert_array_equal(read_volume(path).array, array)


def test_slices_that_are_listed_or_counted_are_read(tmp_path):
    for z in (1, 2, 3, 4):
        (tmp_path / f"s{z}.raw").write_bytes(bytes([z] * 16))
    for name in ("LIST\ns1.raw\ns2.raw\ns3.raw\ns4.raw", "s%d.raw 1 4 1"):
        (tmp_path / "image.mhd").write_text(META.format(name))
        assert read_volume(tmp_path / "image.mhd").array[:, 0, 0].tolist() == [1, 2, 3, 4]
        (tmp_path / "image.nhdr").write_text(NRRD.format(name))
        assert read_volume(tmp_path / "image.nhdr").array[:, 0, 0].tolist() == [1, 2, 3, 4]
        assert len(data_files(tmp_path / "image.mhd")) >= 4
