"""A dirty drop: images of five patients in every form that hospitals export, with names, record numbers and dates.

``PLANTED`` holds each value that must not be found in a study afterwards; :func:`traces` looks for them in every byte.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import SimpleITK as sitk

from tests.dicom_files import without_meta, without_preamble, write_series

PATIENTS = ("张三_4711082_19630214", "李小明", "DOE_JANE_1950-03-04", "王芳_5550199", "赵六")
IN_NAMES = ("张三", "4711082", "19630214", "李小明", "JANE", "1950-03-04", "王芳", "5550199", "赵六")
IN_TAGS = ("Zhang", "MRN880077", "19630215", "RENJIWARD9", "HOUSEGREG", "ACC66123", "STUDYTEXTQ")
IN_HEADERS = ("HDRDESCRIP1", "HDRAUXFILE2", "HDRINTENT3", "HDRDBNAME4", "HDREXTENSION5", "HDRNRRDKEY6", "HDRCOMMENT7",
              "HDRMETA8", "HDRGZNAME9")  # fmt: skip
IN_OTHERS = ("LETTERSECRET", "NOTESECRET", "BACKUPSECRET", "HIDDENSECRET", "ANALYZESECRET", "DEEPSECRET", "MACSECRET",
             "TABLESECRET", "13800138000")  # fmt: skip
PLANTED = (*IN_NAMES, *IN_TAGS, *IN_HEADERS, *IN_OTHERS)
PATTERN = "{case}/CT + {case}/CT_mask"
CLINICAL = "record,name,age,died,phone\n" + "".join(
    f"{patient},{patient.split('_')[0]},{60 + i},{i % 2},1380013800{i}\n" for i, patient in enumerate(PATIENTS)
)
UNKNOWN_ROW = "孙七_TABLESECRET,孙七,70,1,13800138009\n"
SHAPE = (4, 5, 6)
_NIFTI_FIELDS = {"db_name": (14, 18), "descrip": (148, 80), "aux_file": (228, 24), "intent_name": (328, 16)}


def write_drop(folder: Path) -> Path:
    """Write the drop below a folder; return the zip that holds all of it, and whose own name is planted too."""
    root = folder / "export"
    _dicom(root / PATIENTS[0] / "CT", PatientName="Zhang^San", StudyDescription="STUDYTEXTQ")
    _write(root / PATIENTS[0] / "CT_mask.nii.gz", _nifti(mask=True))
    _dicom(root / PATIENTS[1] / "CT", PatientName="Li^Xiaoming")
    for number, path in enumerate(sorted((root / PATIENTS[1] / "CT").iterdir())):
        (without_preamble(path) if number % 2 else without_meta(path, implicit=True))
        path.rename(path.with_suffix(".dc3" if number % 2 else ".img"))
    _nrrd(root / PATIENTS[1] / "CT_mask.seg.nrrd")
    _meta(root / PATIENTS[2] / "CT.mha")
    _write(root / PATIENTS[2] / "CT_mask.nii", gzip.decompress(_nifti(mask=True)))
    _dicom(root / PATIENTS[3] / "CT", PatientName="Wang^Fang")
    make_undecodable(root / PATIENTS[3] / "CT" / "02.dcm")
    _write(root / PATIENTS[3] / "CT_mask.nii.gz", _nifti(mask=True))
    _others(root)
    inner = {f"{name}.nii.gz": _nifti(mask=name == "CT_mask") for name in ("CT", "CT_mask")}
    _write(root / f"{PATIENTS[4]}.zip", zipped({**inner, "deep.zip": zipped({"a.zip": zipped({"DEEPSECRET": b"x"})})}))
    files = {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    return _write(folder / "王芳 export.zip", zipped(files))


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def make_undecodable(path: Path) -> None:
    """Make one slice claim to be JPEG, with nothing of the kind in it."""
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.70"
    dataset.PixelData = pydicom.encaps.encapsulate([b"\0" * 40])
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path)


def traces(values: Iterable[str], places: Iterable[Path]) -> list[tuple[str, str]]:
    """Return each value that stands in a name or a byte below some folders, packed content too, with the place."""
    written = {value: _spellings(value) for value in values}
    found = []
    for place in places:
        for path in sorted(place.rglob("*")):
            content = path.relative_to(place).as_posix().encode() + b"\n"
            content += b"\n".join(_contents(path)) if path.is_file() else b""
            folded = content.lower()
            found += [(value, str(path)) for value, forms in written.items() if any(form in folded for form in forms)]
    return found


def _spellings(value: str) -> set[bytes]:
    """Return how a value may be written: in four encodings, and escaped as in JSON."""
    forms = {value.lower().encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    return forms | {value.lower().encode("ascii", "backslashreplace")}


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    if content[:4] == content[-4:] == b"PAR1":
        yield pd.read_parquet(path).reset_index().astype(str).to_csv().encode()
    yield from _unpacked(content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield bytes and, when they are packed, what is in them and its names."""
    yield content
    if content[:2] == b"\x1f\x8b":
        yield from _unpacked(zlib.decompressobj(wbits=31).decompress(content))  # also what a kill cut short
    if content[:4] == b"PK\3\4" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _unpacked(archive.read(name))


def _dicom(folder: Path, **tags: str) -> None:
    write_series(
        folder, PatientID="MRN880077", PatientBirthDate="19630215", InstitutionName="RENJIWARD9",
        ReferringPhysicianName="HOUSEGREG", AccessionNumber="ACC66123", **tags,
    )  # fmt: skip


def _array(mask: bool) -> np.ndarray:
    array = np.random.default_rng(7).integers(0, 900, SHAPE).astype(np.int16)
    array[1:3, 1:4, 1:4] += 1000
    return (array >= 1000).astype(np.uint8) if mask else array


def _image(mask: bool) -> sitk.Image:
    image = sitk.GetImageFromArray(_array(mask))
    image.SetSpacing((0.5, 0.75, 2.0))
    image.SetOrigin((10.0, 20.0, 0.0))
    return image


def _nifti(*, mask: bool) -> bytes:
    """Return a NIfTI file with text in every free field and in a header extension, packed under a name."""
    content = bytearray(_nifti_bytes(mask))
    for text, field in zip(IN_HEADERS[:4], ("descrip", "aux_file", "intent_name", "db_name"), strict=True):
        at, length = _NIFTI_FIELDS[field]
        content[at : at + length] = text.encode()[:length].ljust(length, b"\0")
    extension = (32).to_bytes(4, "little") + (6).to_bytes(4, "little") + b"HDREXTENSION5".ljust(24, b"\0")
    content[108:112] = np.float32(352 + len(extension)).tobytes()
    content[348:352] = b"\1\0\0\0"
    content[352:352] = extension
    stream = io.BytesIO()
    with gzip.GzipFile("HDRGZNAME9.nii", "wb", fileobj=stream) as packed:
        packed.write(bytes(content))
    return stream.getvalue()


def _nifti_bytes(mask: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.nii"
        sitk.WriteImage(_image(mask), str(path))
        return path.read_bytes()


def _nrrd(path: Path) -> None:
    image = _image(mask=True)
    image.SetMetaData("Segment0_Name", "李小明 tumour")
    image.SetMetaData("Segment0_LabelValue", "1")
    image.SetMetaData("PatientName", "HDRNRRDKEY6")
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path))
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(first + b"\n# HDRCOMMENT7\n" + rest)


def _meta(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(_image(mask=False), str(path))
    path.write_bytes(path.read_bytes().replace(b"NDims", b"Comment = HDRMETA8\nName = HDRMETA8\nNDims", 1))


def _others(root: Path) -> None:
    for name, text in {
        f"{PATIENTS[0]}/letter 张三.pdf": "%PDF LETTERSECRET", f"{PATIENTS[1]}/notes.txt": "NOTESECRET 李小明",
        f"{PATIENTS[2]}/CT.nii.bak": "BACKUPSECRET", f"{PATIENTS[2]}/.CT.nii.gz": "HIDDENSECRET",
        f"{PATIENTS[2]}/JANE.img": "ANALYZESECRET", f"__MACOSX/{PATIENTS[3]}/x": "MACSECRET",
        f"{PATIENTS[3]}/王芳.nii.gz": "no image LETTERSECRET", "JANE_broken.zip": "PK no zip NOTESECRET",
        f"{PATIENTS[0]}/张三.mhd": "ObjectType = Image\nElementDataFile = /etc/passwd\n",
    }.items():  # fmt: skip
        _write(root / name, text.encode())
    _write(root / "patients.csv", CLINICAL.encode())


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
