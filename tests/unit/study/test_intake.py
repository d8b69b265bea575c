"""Dropped files: what is taken in is decoded and written anew, what is not is counted, and nothing of them stays."""

from __future__ import annotations

import gzip
import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.errors import ImageError, StudyError
from radiomics_core.imaging import read_volume, same_grid
from radiomics_core.study import Study, library
from radiomics_core.study.actions import images
from radiomics_core.study.storage import staging
from tests.dicom_files import write_series
from tests.dirty_drops import make_undecodable, zipped


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Where dropped files are taken apart in these tests."""
    monkeypatch.setenv(staging.PLACE_VARIABLE, str(tmp_path / "staging"))
    return tmp_path / "staging"


def _drop(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _nifti(tmp_path: Path, ending: str = ".nii.gz", keys: dict[str, str] | None = None) -> bytes:
    path = tmp_path / f"made{ending}"
    image = sitk.GetImageFromArray(np.arange(120, dtype=np.int16).reshape(4, 5, 6))
    for key, value in ({} if ending == ".mha" else keys or {}).items():
        image.SetMetaData(key, value)
    sitk.WriteImage(image, str(path))
    content = path.read_bytes()
    if ending == ".mha" and keys:
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        return content.replace(b"NDims", lines.encode() + b"NDims", 1)
    return content


def _patients(tmp_path: Path, n: int = 3) -> Path:
    for i in range(1, n + 1):
        write_series(tmp_path / "drop" / f"P{i}" / "CT", PatientName=f"Doe^Jane{i}")
    return tmp_path / "drop"


def _stored(study: Study) -> list[str]:
    return sorted(p.relative_to(study.folder).as_posix() for p in (study.folder / "images").rglob("*") if p.is_file())


def test_one_undecodable_slice_is_a_finding_and_the_other_patients_come_in(tmp_path, study, place):
    drop = _patients(tmp_path)
    make_undecodable(drop / "P2/CT/02.dcm")
    for _attempt in range(2):
        found = images.store_uploads(study, _drop(drop))
        assert [f.relative for f in found.files] == ["P1/CT.nii.gz", "P3/CT.nii.gz"]
        assert [(f.code, f.params["path"]) for f in found.findings] == [("RX118", "P2/CT")]
        assert list(place.iterdir()) == []
        result = images.import_folder(study, found.folder, look=found)
        assert [c.case_id for c in result.cases] == ["P1", "P3"]
        assert next(f.code for f in study.findings("images")) == "RX118"
    assert [Path(p).name for p in _stored(study)] == ["0001.nii.gz", "0002.nii.gz"] * 2
    assert all(p.endswith(".nii.gz") for p in _stored(study))


def test_when_nothing_can_be_decoded_nothing_is_stored_and_the_reasons_are_told(tmp_path, study, place):
    drop = _patients(tmp_path, n=1)
    make_undecodable(drop / "P1/CT/02.dcm")
    with pytest.raises(ImageError, match=r"none of the dropped files is an image .*'P1/CT'"):
        images.store_uploads(study, _drop(drop) | {"letter.pdf": b"%PDF"})
    assert (_stored(study), list(place.iterdir())) == ([], [])


def test_a_stored_series_has_its_voxels_and_grid_and_nothing_else(tmp_path, study):
    written = write_series(tmp_path / "drop" / "P1")
    found = images.store_uploads(study, _drop(tmp_path / "drop"))
    (stored,) = (Path(path) for file in found.files for path in file.files)
    copy = read_volume(stored)
    np.testing.assert_array_equal(copy.array, written.array)
    assert same_grid(copy, written).matches
    content = gzip.decompress(stored.read_bytes())
    assert len(content) == 352 + copy.array.nbytes
    assert not any(secret in content[:352] for secret in (b"Doe", b"Jane", b"MRN", b"2020", b"Thorax"))
    assert found.files[0].acquired == ""


@pytest.mark.parametrize(
    ("ending", "keys"),
    [
        (".nii.gz", {"descrip": "SECRET", "aux_file": "SECRET", "intent_name": "SECRET", "db_name": "SECRET"}),
        (".nrrd", {"PatientName": "SECRET", "comment": "SECRET"}),
        (".mha", {"Comment": "SECRET", "Name": "SECRET"}),
    ],
)
def test_headers_of_volumes_are_written_anew(tmp_path, study, ending, keys):
    content = _nifti(tmp_path, ending, keys)
    assert b"SECRET" in (gzip.decompress(content) if ending == ".nii.gz" else content)
    found = images.store_uploads(study, {f"P1/CT{ending}": content, f"P2/CT{ending}": content})
    images.import_folder(study, found.folder, look=found)
    for name in _stored(study):
        assert b"SECRET" not in gzip.decompress((study.folder / name).read_bytes())
    (path,) = (f.path for f in study.cohort.case("P1").images[0].files)
    assert read_volume(path).array.ravel().tolist() == list(range(120))


def test_what_is_no_image_is_counted_by_kind_and_never_stored(tmp_path, study):
    image, inner = _nifti(tmp_path), {"notes.txt": b"x"}
    for _depth in range(4):
        inner = {"deeper.zip": zipped(inner)}
    others = {
        "P1/letter.pdf": b"%PDF", "P1/letter2.docx": b"PK", "P1/CT.nii.bak": image, "P1/.hidden.nii.gz": image,
        "P1/list.csv": b"a,b", "P1/photo.jpg": b"x", "P1/x.img": b"y", "P1/broken.7z": b"7z", **inner,
    }  # fmt: skip
    found = images.store_uploads(study, {"P1/CT.nii.gz": image, **others})
    counts = {str(f.params["what"]).split()[0]: f.params["n"] for f in found.findings if f.code == "RX140"}
    assert counts == {
        "documents": 2, "backup": 1, "hidden": 1, "tables": 1, "pictures": 1, "files": 1, "archives": 2
    }  # fmt: skip
    assert [Path(p).name for p in _stored(study)] == ["0001.nii.gz"]


def test_zips_in_zips_are_opened_and_keep_patients_apart(tmp_path, study):
    image = _nifti(tmp_path)
    inner = {
        name: zipped({"CT.nii.gz": image, "more.zip": zipped({"PT.nii.gz": image})}) for name in ("P1.zip", "P2.zip")
    }
    found = images.store_uploads(study, {"all.zip": zipped(inner)})
    assert [f.relative for f in found.files] == [
        "P1/CT.nii.gz", "P1/more/PT.nii.gz", "P2/CT.nii.gz", "P2/more/PT.nii.gz"
    ]  # fmt: skip


def test_header_and_voxels_in_two_files_are_one_image_and_none_is_left_out(tmp_path, study):
    sitk.WriteImage(sitk.GetImageFromArray(np.ones((2, 3, 4), np.uint8)), str(tmp_path / "CT.mhd"))
    parts = {f"P1/{p.name}": p.read_bytes() for p in tmp_path.iterdir() if p.name.startswith("CT.")}
    assert len(parts) == 2
    found = images.store_uploads(study, parts)
    assert ([f.relative for f in found.files], found.findings) == (["P1/CT.mhd"], ())


def test_the_place_of_dropped_files_is_private_and_outside_the_study(study, place):
    with staging.staging_folder(study.id, study.folder, 10) as folder:
        assert folder.parent == place
        assert not folder.is_relative_to(study.folder)
        assert folder.name.startswith(study.id[:8])
        if os.name == "posix":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        staging.remove_leftovers()
        assert folder.is_dir()
    assert list(place.iterdir()) == []


def test_without_room_nothing_is_unpacked(study, place, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "KEEP_FREE_BYTES", 1 << 62)
    with pytest.raises(StudyError, match=r"needs .* GB outside the study, .* free in .*nothing was changed"):
        images.store_uploads(study, {"P1/CT.nii.gz": _nifti(tmp_path)})
    assert (_stored(study), list(place.iterdir())) == ([], [])


def test_files_that_were_never_imported_go_when_the_study_is_opened_again(tmp_path, study):
    found = images.store_uploads(study, {"P1/CT.nii.gz": _nifti(tmp_path), "P2/CT.nii.gz": _nifti(tmp_path)})
    assert len(_stored(study)) == 2
    with Study.open(library.duplicate(study.folder, "Copy", tmp_path / "copy"), read_only=True) as copy:
        assert _stored(copy) == []  # nobody could import them there
    study.close()
    with Study.open(study.folder) as again:
        assert _stored(again) == []
        with pytest.raises(ImageError, match=r"Drop them again"):
            images.import_folder(again, found.folder, look=found)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from radiomics_core.images import intake
    from radiomics_core.study import Study
    from radiomics_core.study.actions import images

    write, n = intake.write_nifti, [0]
    def write_and_die(volume, path, **more):
        n[0] += 1
        if n[0] == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return write(volume, path, **more)
    intake.write_nifti = write_and_die
    drop = Path(sys.argv[2])
    images.store_uploads(
        Study.open(sys.argv[1]), {p.relative_to(drop).as_posix(): p.read_bytes() for p in drop.rglob("*.dcm")}
    )
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill signal here")
def test_a_kill_while_files_are_taken_in_leaves_no_dicom_and_the_next_opening_clears_the_rest(tmp_path, study, place):
    drop = _patients(tmp_path)
    study.close()
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(study.folder), str(drop)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(list(place.rglob("*.dcm"))) == 12
    assert not any(b"Jane" in p.read_bytes() for p in study.folder.rglob("*") if p.is_file())
    with Study.open(study.folder) as again:
        assert list(place.iterdir()) == []
        found = images.store_uploads(again, _drop(drop))
        images.import_folder(again, found.folder, look=found)
        assert len(_stored(again)) == 3
