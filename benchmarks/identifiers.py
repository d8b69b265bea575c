"""The identifier grep: what names a patient must not be found in a study made from a dirty drop.

Run from the project's folder: ``python -m benchmarks.identifiers [--kills 20]``. A drop in every form that hospitals
export (``tests/dirty_drops.py``) is imported twice with neutral names, its clinical table too, then checked and
extracted; each planted value is looked for in every byte and name of the study, its jobs and logs, packed content too.
Then the import runs again and again in a process that is killed at a random time: the study is searched as the kill
left it and once more after it was opened. The last line is ``hits X``; exit code 1 unless it is 0.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.dirty_drops import CLINICAL, PATTERN, PLANTED, UNKNOWN_ROW, traces, write_drop

SETTINGS = "imageType: {Original: {}}\nfeatureClass: {firstorder: null}\nsetting: {binWidth: 25}\n"
"""The regions have 18 voxels: nothing is resampled."""
LAST_KILL_SECONDS = 1.0
"""Kills fall into so many seconds after the dropped files begin to be unpacked."""


def main() -> int:
    """Print what was searched and what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--import-into", nargs=3, metavar=("STUDY", "DROP", "KEY"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.import_into:
        bring_in(*map(Path, chosen.import_into))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RADIOMICS_EXPLORER_STAGING"] = str(Path(folder) / "staging")
        os.environ["RADIOMICS_EXPLORER_HOME"] = str(Path(folder) / "home")
        drop = write_drop(Path(folder) / "drop")
        print(f"{len(PLANTED)} planted values, {len(traces(PLANTED, [drop.parent]))} hits in the drop itself")
        hits = whole(Path(folder), drop) + killed(Path(folder), drop, chosen.kills, chosen.seed)
    print(f"hits {hits}")
    return int(hits > 0)


def bring_in(study_folder: Path, drop: Path, key_file: Path) -> None:
    """Import the drop and its clinical table under neutral names."""
    from radiomics_core.study import Study
    from radiomics_core.study.actions import clinical, images, neutral_names

    with Study.open(study_folder) as study:
        look = images.store_uploads(study, [(drop.name, drop)])
        images.import_folder(study, look.folder, PATTERN, look=look, key_file=key_file)
        key = neutral_names.read(key_file)
        table = (CLINICAL + UNKNOWN_ROW).encode()
        clinical.import_table(study, table, "record", name="王芳.csv", leave_out=["phone"], key=key)


def whole(folder: Path, drop: Path) -> int:
    """Import twice, check and extract; return the hits in the study and in what was printed."""
    from radiomics_core.study import Study

    study, key, log = folder / "whole", folder / "key.csv", folder / "printed.txt"
    settings = folder / "settings.yaml"
    settings.write_text(SETTINGS, "utf-8")
    Study.create(study).close()
    command = [sys.executable, "-m", "radiomics_core"]
    with log.open("wb") as printed:
        for arguments in (
            [sys.executable, "-m", "benchmarks.identifiers", "--import-into", str(study), str(drop), str(key)],
            [sys.executable, "-m", "benchmarks.identifiers", "--import-into", str(study), str(drop), str(key)],
            [*command, "check", str(study), "--jobs", "1"],
            [*command, "extract", str(study), "--settings", str(settings), "--jobs", "1"],
        ):
            subprocess.run(arguments, stdout=printed, stderr=subprocess.STDOUT, check=False)
    with Study.open(study, read_only=True) as made:
        extracted = len(made.feature_table().values)
    files = [path for path in study.rglob("*") if path.is_file()]
    (folder / "printed").mkdir()
    log.rename(folder / "printed" / "log.txt")
    found = traces(PLANTED, [study, folder / "printed", folder / "staging"])
    size = sum(path.stat().st_size for path in files)
    logs = sum(path.suffix in (".log", ".txt") or "jobs" in path.parts for path in files)
    about = f"{len(files)} files, {size:,} bytes, {logs} of jobs and logs"
    print(f"whole run, {extracted} cases extracted: {about}; {len(found)} hits {found[:5]}")
    return len(found)


def killed(folder: Path, drop: Path, n: int, seed: int) -> int:
    """Kill an import at random times; return the hits in the studies, as they were left and after they were opened."""
    from radiomics_core.study import Study

    chance, hits, left, finished = random.Random(seed), 0, 0, 0
    for number in range(n):
        study, key = folder / f"killed-{number}", folder / f"key-{number}.csv"
        Study.create(study).close()
        command = [sys.executable, "-m", "benchmarks.identifiers", "--import-into", str(study), str(drop), str(key)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for_work(process, folder / "staging")
        time.sleep(chance.uniform(0, LAST_KILL_SECONDS))
        process.send_signal(signal.SIGKILL)
        finished += process.wait() == 0
        found = traces(PLANTED, [study])
        left += any((folder / "staging").iterdir()) if (folder / "staging").is_dir() else 0
        Study.open(study).close()
        staging = [path for path in (folder / "staging").rglob("*") if path.is_file()]
        found += traces(PLANTED, [study]) + [("staging", str(path)) for path in staging]
        hits += len(found)
    print(f"{n} kills: {finished} came too late, {left} left files outside the study, all gone after opening;",
          f"{hits} hits")  # fmt: skip
    return hits


def _wait_for_work(process: subprocess.Popen[bytes], staging: Path) -> None:
    while process.poll() is None and not (staging.is_dir() and any(staging.iterdir())):
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
