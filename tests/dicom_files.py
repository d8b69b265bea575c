"""Single-slice DICOM files on disk, with identity in their tags, also without preamble or meta header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from radiomics_core.imaging.volume import Volume

SERIES = generate_uid()
PREAMBLE_BYTES = 132


def write_slice(path: Path, z: float, pixels: np.ndarray, *, series: str = SERIES, **tags: Any) -> None:
    """Write one slice of Jane Doe."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    values = {
        "SOPClassUID": CTImageStorage, "SOPInstanceUID": meta.MediaStorageSOPInstanceUID, "SeriesInstanceUID": series,
        "PatientName": "Doe^Jane", "PatientID": "MRN12345", "Modality": "CT", "SeriesNumber": 3,
        "SeriesDescription": "Thorax", "StudyDate": "20200102", "ImagePositionPatient": [10, 20, z],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.75, 0.5], "SliceThickness": 2,
        "Rows": pixels.shape[0], "Columns": pixels.shape[1], "SamplesPerPixel": 1, "BitsAllocated": 16,
        "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1, "PhotometricInterpretation": "MONOCHROME2",
        "RescaleSlope": 2, "RescaleIntercept": -1000,
    }  # fmt: skip
    for name, value in (values | tags).items():
        setattr(dataset, name, value)
    dataset.PixelData = pixels.astype("<i2").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)


def write_series(folder: Path, positions: tuple[float, ...] = (0, 2, 4, 6), **tags: Any) -> Volume:
    """Write slices whose file names run against their positions; return the volume they hold."""
    array = np.random.default_rng(0).integers(0, 900, (len(positions), 5, 6))
    for i, z in enumerate(positions):
        write_slice(folder / f"{len(positions) - i:02d}.dcm", z, array[i], **tags)
    return Volume((array * 2 - 1000).astype(np.int16), (0.5, 0.75, 2.0), (10.0, 20.0, float(min(positions))))


def without_preamble(path: Path) -> None:
    """Cut preamble and mark off, as some old archives write their files."""
    path.write_bytes(path.read_bytes()[PREAMBLE_BYTES:])


def without_meta(path: Path, *, implicit: bool) -> None:
    """Write a slice again as bare elements."""
    bare = pydicom.Dataset()
    bare.update(dict(pydicom.dcmread(path).items()))
    bare.save_as(path, implicit_vr=implicit, little_endian=True)
