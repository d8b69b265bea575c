"""Archives: nothing outside the folder, nothing too large, nothing half-written."""

from __future__ import annotations

import errno
import io
import shutil
import zipfile
from types import SimpleNamespace

import pytest

from radiomics_core.errors import ImageError
from radiomics_core.images.archive import ArchiveLimits, safe_name, unpack


def _zip(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_zip_is_unpacked_with_its_folders_and_without_clutter(tmp_path):
    content = _zip(
        {"P1/CT.nii": b"image", "P1/CT_mask.nii": b"mask", "__MACOSX/P1/._CT.nii": b"x", "P1/.DS_Store": b"x"}
    )
    paths = unpack(content, tmp_path / "in")
    assert [p.relative_to(tmp_path / "in").as_posix() for p in paths] == ["P1/CT.nii", "P1/CT_mask.nii"]
    assert paths[0].read_bytes() == b"image"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


def test_dropped_files_and_zips_among_them(tmp_path):
    paths = unpack({"folder/a.nii": b"a", "more.zip": _zip({"b.nii": b"b"})}, tmp_path / "in")
    assert [p.read_bytes() for p in paths] == [b"a", b"b"]


@pytest.mark.parametrize("name", ["../evil.nii", "a/../../evil.nii", "/etc/evil", "C:/evil", "..\\evil.nii"])
def test_names_that_lead_outside_are_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(ImageError, match="outside the study's folder"):
        unpack(_zip({"good.nii": b"x", name: b"x"}), tmp_path / "in")
    with pytest.raises(ImageError, match="outside the study's folder"):
        unpack({name: b"x"}, tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_ordinary_names_with_dots_pass():
    assert safe_name("a..b/c...nii").as_posix() == "a..b/c...nii"


def test_links_and_passwords_are_refused(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(ImageError, match="is a link"):
        unpack(_zip({link: "/etc/passwd"}), tmp_path / "in")


def test_ten_gigabytes_are_refused_before_anything_is_written(tmp_path, monkeypatch):
    content = _zip({"big.nii": b"0" * 100})
    real = zipfile.ZipFile.infolist

    def pretend(self):
        members = real(self)
        members[0].file_size = 10 << 30
        return members

    monkeypatch.setattr(zipfile.ZipFile, "infolist", pretend)
    with pytest.raises(ImageError, match=r"10.0 GB in 1 files would be unpacked, at most 8.0 GB"):
        unpack(content, tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_of_zeros_is_refused(tmp_path):
    content = _zip({"zeros.nii": bytes(20_000_000)})
    assert len(content) < 50_000
    with pytest.raises(ImageError, match=r"at most 0\.0 GB"):
        unpack(content, tmp_path / "in", ArchiveLimits(max_bytes=10_000_000))
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_in_a_zip_is_refused_before_it_is_tested(tmp_path, monkeypatch):
    inner = _zip({"zeros.nii": bytes(1_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda archive: pytest.fail("its members were unpacked"))
    with pytest.raises(ImageError, match="would be unpacked"):
        unpack(_zip({"inner.zip": inner}), tmp_path / "out", ArchiveLimits(max_bytes=100_000, keep_free_bytes=0))


def test_too_many_files_are_refused(tmp_path):
    with pytest.raises(ImageError, match="in 5 files"):
        unpack(_zip({f"{i}.nii": b"x" for i in range(5)}), tmp_path / "in", ArchiveLimits(max_files=4))


def test_a_full_disk_is_said_before_and_during_writing(tmp_path, monkeypatch):
    content = _zip({"a.nii": b"x" * 100})
    with pytest.raises(ImageError, match="must stay free"):
        unpack(content, tmp_path / "in", ArchiveLimits(keep_free_bytes=1 << 60))

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("radiomics_core.images.archive._write", full)
    with pytest.raises(ImageError, match=r"No space left on device. Free disk space .* nothing was changed"):
        unpack(content, tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_existing_files_are_never_overwritten(tmp_path):
    unpack({"a.nii": b"first"}, tmp_path / "in")
    with pytest.raises(ImageError, match=r"'a\.nii' is there already"):
        unpack({"b.nii": b"b", "a.nii": b"second"}, tmp_path / "in")
    assert [p.name for p in (tmp_path / "in").iterdir()] == ["a.nii"]
    unpack({"sub/b.nii": b"b"}, tmp_path / "in")
    assert (tmp_path / "in/a.nii").read_bytes() == b"first"


def test_damaged_zips_are_refused(tmp_path):
    content = bytearray(_zip({"a.nii": bytes(range(256)) * 100}))
    content[60] ^= 0xFF
    for broken in (b"not a zip", bytes(content)):
        with pytest.raises(ImageError, match=r"damaged|cannot be stored"):
            unpack(broken, tmp_path / "in")
    assert shutil.disk_usage(tmp_path).free > 0
    assert list(tmp_path.iterdir()) == []


def test_dropped_files_of_one_name_are_refused_with_the_way_out(tmp_path):
    # three patients' files dropped without their folders: the last would have been the only one
    files = [("CT.nii.gz", b"1"), ("CT.nii.gz", b"2"), ("mask.nii.gz", b"3"), ("CT.nii.gz", b"4")]
    with pytest.raises(ImageError, match=r"3 of the dropped files are called 'CT\.nii\.gz'.*choose the whole folder"):
        unpack(files, tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_damaged_members_are_left_out_and_named_and_the_others_go_on(tmp_path):
    content = bytearray(_zip({"a.nii": bytes(range(256)) * 100, "b.nii": b"b"}))
    content[60] ^= 0xFF
    unknown = bytearray(_zip({"c.nii": b"c", "d.nii": b"d"}))
    at = unknown.index(b"PK\x01\x02") + 10
    unknown[at : at + 2] = b"\x63\x00"  # a packing method that zipfile does not know
    damaged: list[str] = []
    drops = {"one.zip": bytes(content), "two.zip": bytes(unknown), "three.zip": b"no zip", "e.nii": b"e"}
    paths = unpack(drops, tmp_path / "in", damaged=damaged)
    assert sorted(p.name for p in paths) == ["b.nii", "d.nii", "e.nii"]
    assert [words.split("'")[1] for words in damaged] == ["a.nii", "c.nii", "three.zip"]


def test_names_that_no_disk_can_hold_are_left_out_and_named_and_the_others_go_on(tmp_path):
    damaged: list[str] = []
    paths = unpack(
        {"one.zip": _zip({f"{'n' * 300}.nii": b"n", "a.nii": b"a", "a.nii/b.nii": b"b"})},
        tmp_path / "in",
        damaged=damaged,
    )
    assert [path.name for path in paths] == ["a.nii"]
    assert [words.split("'")[1][-5:] for words in damaged] == ["n.nii", "b.nii"]


def test_dropped_files_on_disk_are_taken_from_there(tmp_path):
    (tmp_path / "held").write_bytes(_zip({"b.nii": b"b"}))
    paths = unpack([("x/a.nii", b"a"), ("more.zip", tmp_path / "held")], tmp_path / "in")
    assert [p.relative_to(tmp_path / "in").as_posix() for p in paths] == ["x/a.nii", "b.nii"]


@pytest.mark.parametrize(("free", "fits"), [(1000, True), (999, False)])
def test_what_must_stay_free_is_free_after_the_file_is_written(tmp_path, monkeypatch, free, fits):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=free))
    limits, content = ArchiveLimits(keep_free_bytes=900), _zip({"a.nii": b"x" * 100})
    if fits:
        assert [path.name for path in unpack(content, tmp_path / "in", limits)] == ["a.nii"]
    else:
        with pytest.raises(ImageError, match="must stay free"):
            unpack(content, tmp_path / "in", limits)


def test_a_second_archive_joins_the_first_and_limits_count_all_files_of_one(tmp_path):
    unpack(_zip({"P1/a.nii": b"1"}), tmp_path / "in")
    paths = unpack(_zip({"P1/b.nii": b"2", "P2/deep/c.nii": b"3"}), tmp_path / "in")
    assert [(path.relative_to(tmp_path / "in").as_posix(), path.read_bytes()) for path in paths] == [
        ("P1/b.nii", b"2"), ("P2/deep/c.nii", b"3"),
    ]  # fmt: skip
    with pytest.raises(ImageError):
        unpack({"x.nii": b"12345678", "y.nii": b"12345678"}, tmp_path / "more", ArchiveLimits(max_bytes=12))
    assert not (tmp_path / "more").exists()
