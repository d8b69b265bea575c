"""Hostile files against everything that reads files: how many are uncaught, how many impossible ones are accepted.

Run from the project's folder: ``python -m benchmarks.fuzz [--n 10000] [--seed 0] [--kinds nifti,csv]``. Small valid
files are altered (header fields set to 0, NaN or giants, bytes flipped, cut, doubled, random) and read as an import
reads them, in a child process that may use 3 GB and compute for 20 s per file. An exception that is no
``RadiomicsError``, a crash, a lack of memory or of time is *uncaught*; a volume or table that cannot be but was read is
*impossible*. Aim: 0 and 0. A small seeded form is ``tests/unit/test_fuzz.py``.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from radiomics_core.clinical.column_types import guess_columns, guess_id_column
from radiomics_core.clinical.identifiers import personal_columns
from radiomics_core.clinical.tables import look, read_checked
from radiomics_core.errors import RadiomicsError
from radiomics_core.features.reading import import_feature_table
from radiomics_core.images.archive import unpack
from radiomics_core.images.discovery import discover
from radiomics_core.imaging.quality import check_pair
from radiomics_core.imaging.reading import labels_in, placement_of, read_volume
from radiomics_core.imaging.volume import Volume

MEMORY_BYTES = 3 << 30
SECONDS_EACH = 20
SPECIAL_FLOATS = (0.0, -1.0, float("nan"), float("inf"), -float("inf"), 2.7e38, 1e-38, 1e9)
SPECIAL_INTS = (0, -1, 1, 255, 32767, -32768, 65535, 2**31 - 1, -(2**31))
SPECIAL_WORDS = (
    b"nan",
    b"-1",
    b"0",
    b"1e400",
    b"99999999999",
    b"inf",
    b'"',
    b"\n",
    b"\0",
    b"",
    b"../",
    b"(",
    b"&a",
    b"=",
)


@dataclass(frozen=True)
class Outcome:
    """What reading one altered file came to: ``refused``, ``accepted``, ``impossible`` or ``uncaught``, and why."""

    verdict: str
    why: str = ""


# ---- valid files -----------------------------------------------------------------------------------------------


def _volume() -> Volume:
    array = np.random.default_rng(0).integers(0, 200, (6, 8, 10)).astype(np.float32)
    return Volume(array, (0.9, 0.8, 2.5), (-30.0, 12.0, 55.0))


def _written(ending: str) -> bytes:
    import SimpleITK as sitk

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"v{ending}"
        sitk.WriteImage(_volume().to_sitk(), str(path))
        return path.read_bytes()


def _dicom() -> bytes:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, "1.2.3.4"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one = Dataset()
    one.file_meta = meta
    one.SOPClassUID, one.SOPInstanceUID, one.SeriesInstanceUID = CTImageStorage, "1.2.3.4", "1.2.3"
    one.Modality, one.SeriesNumber, one.SeriesDescription, one.AcquisitionDate = "CT", 3, "thorax", "20200101"
    one.ImagePositionPatient, one.ImageOrientationPatient = [0.0, 0.0, 0.0], [1.0, 0, 0, 0, 1.0, 0]
    one.PixelSpacing, one.SliceThickness, one.InstanceNumber = [0.7, 0.7], 2.0, 1
    one.Rows, one.Columns, one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 16, 16, 15
    one.PixelRepresentation, one.SamplesPerPixel, one.PhotometricInterpretation = 1, 1, "MONOCHROME2"
    one.RescaleSlope, one.RescaleIntercept = 1, 0
    one.PixelData = np.arange(64, dtype=np.int16).tobytes()
    stream = io.BytesIO()
    one.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _csv() -> bytes:
    rng = np.random.default_rng(1)
    rows = [f'P{i},"Grade {i % 3}",{rng.normal():.4f},{rng.normal():.3f},2020-01-{i + 1:02d}' for i in range(20)]
    return "\n".join(["id,grade,original_glcm_Contrast,original_shape_MeshVolume,seen", *rows]).encode()


def _xlsx() -> bytes:
    stream = io.BytesIO()
    pd.read_csv(io.BytesIO(_csv())).to_excel(stream, index=False)
    return stream.getvalue()


def _sheet(book: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def _with_sheet(book: bytes, xml: bytes) -> bytes:
    """Return a workbook with another text of its sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, xml if "sheet1.xml" in member.filename else old.read(member))
    return made.getvalue()


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("P1/CT.nii.gz", _written(".nii.gz"))
        archive.writestr("P1/slice.dcm", _dicom())
        archive.writestr("inner.zip", gzip.compress(b"x"))
    return stream.getvalue()


def _yaml() -> bytes:
    setting = b"setting:\n  binWidth: 25\n  resampledPixelSpacing: [1, 1, 1]\n  label: 1\n"
    return setting + b"imageType:\n  Original: {}\n  LoG:\n    sigma: [2.0]\nfeatureClass:\n  glcm: [Contrast]\n"


# ---- reading, as an import does ----------------------------------------------------------------------------------


def _read_image(ending: str) -> Callable[[bytes, Path], Outcome]:
    def read(content: bytes, folder: Path) -> Outcome:
        path = folder / f"v{ending}"
        path.write_bytes(content)
        listed = discover(folder)
        volume = read_volume(path)
        wrong = _impossible(volume)
        placement_of([path], volume)
        if volume.array.size < 1_000_000:
            labels_in(volume) if volume.array.dtype.kind in "iub" else None
            mask = volume.with_array(np.ones(volume.array.shape, bool))
            row = check_pair(volume, mask)
            wrong = wrong or ("volume" if not 0 < row.volume_ml < 1e12 else "")
        if any(f.problem for f in listed):
            wrong = wrong or "the header was refused and the voxels were read"
        return Outcome("impossible", wrong) if wrong else Outcome("accepted")

    return read


def _impossible(volume: Volume) -> str:
    numbers = [*volume.spacing_mm, *volume.origin_mm, *volume.direction]
    if not np.isfinite(numbers).all() or min(volume.spacing_mm) <= 0 or max(volume.spacing_mm) > 1e6:
        return f"grid {numbers}"
    turned = np.reshape(volume.direction, (3, 3))
    return "" if abs(abs(np.linalg.det(turned)) - 1) < 1e-2 else f"direction {volume.direction}"


def _read_dicom(content: bytes, folder: Path) -> Outcome:
    valid = _dicom()
    for number in (1, 2):
        moved = valid.replace(b"1.2.3.4\0", b"1.2.3.%d\0" % (number + 4))
        moved = moved.replace(b"0.0\\0.0\\0.0 ", b"0.0\\0.0\\%d.0 " % (2 * number))
        (folder / f"{number}.dcm").write_bytes(moved)
    (folder / "0.dcm").write_bytes(content)
    accepted = 0
    for file in discover(folder):
        if file.kind == "dicom":
            wrong = _impossible(read_volume(file.files))
            if wrong:
                return Outcome("impossible", wrong)
            accepted += 1
    return Outcome("accepted" if accepted else "refused")


def _read_table(content: bytes, folder: Path) -> Outcome:
    seen = look(content, "table.csv")
    frame, _findings = read_checked(content, seen.format, "table.csv")
    wrong = "" if frame.columns.is_unique else "columns of one name"
    if not all(cell is pd.NA or isinstance(cell, str) for cell in frame.to_numpy().ravel()):
        wrong = "cells that are no text"
    guess_columns(frame)
    personal_columns(frame)
    chosen = guess_id_column(frame) or str(frame.columns[0])
    table, _clinical, _more = import_feature_table(frame, chosen, on_text="missing")
    if np.isinf(table.values.to_numpy()).any():
        wrong = "infinite features"
    return Outcome("impossible", wrong) if wrong else Outcome("accepted")


def _read_zip(content: bytes, folder: Path) -> Outcome:
    damaged: list[str] = []
    paths = unpack({"dropped.zip": content}, folder / "in", damaged=damaged)
    outside = [p for p in paths if not p.resolve().is_relative_to((folder / "in").resolve())]
    if outside or {p.name for p in folder.iterdir()} - {"in"}:
        return Outcome("impossible", "written outside")
    if paths:
        for file in discover(folder / "in"):
            if file.kind in ("volume", "dicom"):
                with _refusals():
                    read_volume(file.files)
    return Outcome("accepted" if paths else "refused")


def _read_yaml(content: bytes, folder: Path) -> Outcome:
    from radiomics_core.extraction.settings import ExtractionSettings

    settings = ExtractionSettings.from_yaml(content.decode("utf-8", "replace"))
    settings.digest()
    again = ExtractionSettings.from_yaml(settings.to_yaml())
    return Outcome("accepted") if again == settings else Outcome("impossible", "does not survive its own file")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except RadiomicsError:
        return


@dataclass(frozen=True)
class Kind:
    """A valid file, how it is read, and how it is packed after it was altered."""

    valid: Callable[[], bytes]
    read: Callable[[bytes, Path], Outcome]
    pack: Callable[[bytes], bytes] = bytes


KINDS: dict[str, Kind] = {
    "nifti": Kind(lambda: _written(".nii"), _read_image(".nii")),
    "nifti.gz": Kind(lambda: _written(".nii"), _read_image(".nii.gz"), gzip.compress),
    "nrrd": Kind(lambda: _written(".nrrd"), _read_image(".nrrd")),
    "metaimage": Kind(lambda: _written(".mha"), _read_image(".mha")),
    "dicom": Kind(_dicom, _read_dicom),
    "csv": Kind(_csv, _read_table),
    "csv.gz": Kind(_csv, _read_table, gzip.compress),
    "xlsx": Kind(_xlsx, _read_table),
    "xlsx sheet": Kind(lambda: _sheet(_xlsx()), _read_table, lambda xml: _with_sheet(_xlsx(), xml)),
    "zip": Kind(_zip, _read_zip),
    "yaml": Kind(_yaml, _read_yaml),
}


# ---- altering ----------------------------------------------------------------------------------------------------


def alter(content: bytes, rng: random.Random) -> bytes:
    """Return a file with one to four alterations; one in fifty is random bytes."""
    if rng.random() < 0.02:
        return rng.randbytes(rng.randrange(600))
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        if data:
            rng.choice(ALTERATIONS)(data, rng)
    return bytes(data)


def _place(data: bytearray, rng: random.Random) -> int:
    """Return a place, most often in the header."""
    return rng.randrange(min(len(data), 420) if rng.random() < 0.7 else len(data))


def _set_float(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng) // 4 * 4
    data[at : at + 4] = struct.pack(rng.choice("<>") + "f", rng.choice(SPECIAL_FLOATS))


def _set_int(data: bytearray, rng: random.Random) -> None:
    at, (form, size) = _place(data, rng) // 2 * 2, rng.choice((("h", 2), ("i", 4), ("q", 8)))
    limit = 2 ** (8 * size - 1)
    data[at : at + size] = struct.pack(f"<{form}", max(-limit, min(limit - 1, rng.choice(SPECIAL_INTS))))


def _flip(data: bytearray, rng: random.Random) -> None:
    data[_place(data, rng)] ^= 1 << rng.randrange(8)


def _scramble(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at : at + rng.randrange(1, 12)] = rng.randbytes(rng.randrange(1, 12))


def _cut(data: bytearray, rng: random.Random) -> None:
    del data[_place(data, rng) :]


def _remove(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    del data[at : at + rng.randrange(1, 40)]


def _double(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at:at] = data[at : at + rng.randrange(1, 200)] * rng.choice((1, 1, 30))


def _set_word(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    end = next((i for i in range(at, min(len(data), at + 12)) if data[i : i + 1] in b" ,\n\r;:()"), at + 3)
    data[at:end] = rng.choice(SPECIAL_WORDS)


ALTERATIONS = (_set_float, _set_float, _set_int, _flip, _scramble, _cut, _remove, _double, _set_word, _set_word)


# ---- one file, many files ----------------------------------------------------------------------------------------


def try_one(kind: str, seed: str, valid: bytes) -> Outcome:
    """Alter a valid file by a seed and read it in a folder of its own."""
    content = KINDS[kind].pack(alter(valid, random.Random(f"{kind}-{seed}")))
    with tempfile.TemporaryDirectory() as folder:
        try:
            return KINDS[kind].read(content, Path(folder))
        except RadiomicsError as error:
            return Outcome("refused", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - what is uncaught is what is counted
            place = traceback.extract_tb(error.__traceback__)
            ours = [f"{Path(line.filename).name}:{line.lineno}" for line in place if "radiomics_core" in line.filename]
            return Outcome("uncaught", f"{type(error).__name__}: {str(error)[:100]} ({', '.join(ours[-2:])})")


def child(kind: str, seed: int, first: int, last: int) -> None:
    """Try files in this process and write a line of JSON for each."""
    import resource
    import signal

    def late(*_: object) -> None:
        raise TimeoutError(f"longer than {SECONDS_EACH} s")

    valid = KINDS[kind].valid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    for number in range(first, last):
        signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)  # of computing: others may keep the machine busy
        signal.alarm(10 * SECONDS_EACH)
        outcome = try_one(kind, f"{seed}-{number}", valid)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps([number, outcome.verdict, outcome.why]) + "\n")
        sys.stdout.flush()


def run(kind: str, seed: int, n: int) -> list[tuple[int, str, str]]:
    """Try ``n`` files of a kind in children; one that dies or hangs counts as uncaught and the next goes on."""
    results: list[tuple[int, str, str]] = []
    while len(results) < n:
        first = len(results)
        command = [sys.executable, "-m", "benchmarks.fuzz", "--child", kind, str(seed), str(first), str(n)]
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                command, stdout=out, stderr=subprocess.DEVNULL, timeout=36000, env=_quiet(), check=False
            )
            out.seek(0)
            results += [tuple(json.loads(line)) for line in out if line.endswith("\n")]
        if len(results) < n:
            results.append((len(results), "uncaught", f"the process ended with {done.returncode}"))
    return results


def _quiet() -> dict[str, str]:
    return {**os.environ, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Print the figures; the exit code is 1 when anything is uncaught or impossible."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--n", type=int, default=10_000, help="files in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--child", nargs=4)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child[0], *map(int, chosen.child[1:]))
        return
    kinds = chosen.kinds.split(",")
    total: Counter[str] = Counter()
    for kind in kinds:
        begun = time.perf_counter()
        results = run(kind, chosen.seed, -(-chosen.n // len(kinds)))
        counts = Counter(verdict for _number, verdict, _why in results)
        total += counts
        print(f"{kind:10} n={len(results)} {dict(counts)} {time.perf_counter() - begun:.0f} s", flush=True)
        for (verdict, why), times in Counter((v, w) for _n, v, w in results if v in ("uncaught", "impossible")).items():
            print(f"    {times} x {verdict}: {why}")
    print(f"n={sum(total.values())} uncaught={total['uncaught']} impossible accepted={total['impossible']}")
    sys.exit(1 if total["uncaught"] + total["impossible"] else 0)


if __name__ == "__main__":
    main()
