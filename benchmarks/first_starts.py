"""Two first starts at once, for real: copies of the project are set up by pairs of start.py, and one may be killed.

Run from the project's folder: ``python -m benchmarks.first_starts [--pairs 3] [--kills 1] [--seed 1]``. Each pair takes
as long as an installation. Of each pair is told whether both starts ended well, whether every package of ``.venv`` is
whole, and whether the Python that start.py was run with is as it was, file by file.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("start.py", "bootstrap", "radiomics_core", "uv.toml", "requirements.txt", "requirements.in",
          "requirements-engine.in", "requirements-dev.txt")  # fmt: skip
LATEST_SECOND_START, LATEST_KILL = 5.0, 60.0


def main() -> None:
    """Print a row for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--kills", type=int, default=0, help="pairs of which the first start is killed at random")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    rows = []
    for number in range(chosen.pairs + chosen.kills):
        with tempfile.TemporaryDirectory(prefix="first-starts-") as folder:
            rows.append(pair(Path(folder), chance, kill=number >= chosen.pairs))
        print(json.dumps(rows[-1]), flush=True)
    print(pd.DataFrame(rows).to_string(index=False))


def pair(folder: Path, chance: random.Random, *, kill: bool) -> dict[str, object]:
    """Start twice in a fresh copy and return what came of it."""
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, folder / name)
    python = getattr(sys, "_base_executable", sys.executable)
    before, began = base_files(python), time.monotonic()
    starts = [start(python, folder)]
    time.sleep(chance.uniform(0, LATEST_SECOND_START))
    starts.append(start(python, folder))
    killed = chance.uniform(0, LATEST_KILL) if kill else None
    if killed is not None:
        time.sleep(killed)
        starts[0].send_signal(signal.SIGKILL)
    said = [one.communicate()[0] for one in starts]
    codes = [one.returncode for one in starts]
    good = codes == [0, 0] or (kill and codes[1] == 0)
    return {
        "killed after s": None if killed is None else round(killed, 1),
        "exit codes": codes,
        "waited": sum("Another start is setting up .venv" in text for text in said),
        "installed": sum("Installing the libraries" in text for text in said),
        "whole": good and whole(folder),
        "base Python unchanged": base_files(python) == before,
        "seconds": round(time.monotonic() - began),
    }


def start(python: str, folder: Path) -> subprocess.Popen[str]:
    """Run start.py until the command line has shown its help."""
    command = [python, str(folder / "start.py"), "cli", "--help"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def whole(folder: Path) -> bool:
    """Tell whether every package of the new environment has all its files and can be imported."""
    environment = folder / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    imported = [str(folder / name) for name in ("requirements.in", "requirements-engine.in")]
    question = json.dumps({"expected": [str(folder / "requirements.txt")], "imported": imported})
    command = [str(environment), "-I", str(folder / "bootstrap" / "probe.py"), question]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.returncode == 0 and json.loads(told.stdout.splitlines()[-1])["problems"] == {}


def base_files(python: str) -> dict[str, tuple[int, int]]:
    """Return size and time of every file in the places that the base Python installs into."""
    code = "import sysconfig; print(*{sysconfig.get_paths()[n] for n in ('purelib', 'platlib', 'scripts')}, sep='\\n')"
    told = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    files = (
        file for place in told.stdout.split() for file in Path(place).rglob("*") if "__pycache__" not in file.parts
    )
    return {str(file): (file.lstat().st_size, file.lstat().st_mtime_ns) for file in files}


if __name__ == "__main__":
    main()
