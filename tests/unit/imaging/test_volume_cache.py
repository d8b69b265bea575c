"""The cache gives what the file holds, notices new content, and leaves nothing half-written."""

from __future__ import annotations

import errno

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError
from radiomics_core.images.pairing import file_ref
from radiomics_core.imaging.volume import Volume, same_grid
from radiomics_core.imaging.volume_cache import VolumeCache


def _write(path, value):
    volume = Volume(np.full((3, 4, 5), value, np.int16), (0.5, 0.5, 2.0), (1.0, 2.0, 3.0))
    sitk.WriteImage(volume.to_sitk(), str(path))
    return volume


def test_cached_volume_is_mapped_read_only_and_equal(tmp_path):
    written = _write(tmp_path / "v.nii.gz", 7)
    cache, files = VolumeCache(tmp_path / "cache"), [file_ref(tmp_path / "v.nii.gz")]
    cache.get(files)
    again = cache.get(files)
    assert isinstance(again.array, np.memmap)
    assert not again.array.flags.writeable
    np.testing.assert_array_equal(again.array, written.array)
    assert same_grid(again, written).matches


def test_other_content_is_another_entry_and_clearing_costs_nothing_but_time(tmp_path):
    path = tmp_path / "v.nii.gz"
    cache = VolumeCache(tmp_path / "cache")
    for value in (7, 8):
        _write(path, value)
        assert cache.get([file_ref(path)]).array.max() == value
    assert cache.size_bytes() > 0
    cache.clear()
    assert cache.get([file_ref(path)]).array.max() == 8


def test_full_disk_is_a_clear_error_and_leaves_no_part(tmp_path, monkeypatch):
    _write(tmp_path / "v.nii.gz", 7)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(ImageError, match=r"No space left on device. Free disk space"):
        VolumeCache(tmp_path / "cache").get([file_ref(tmp_path / "v.nii.gz")])
    assert list((tmp_path / "cache").iterdir()) == []
