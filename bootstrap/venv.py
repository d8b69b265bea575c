"""A ``.venv`` and whose it is: nothing is installed unless its Python proves that it installs there alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bootstrap.failures import PROBLEMS, StartError, venv_problem
from bootstrap.lock import SetupLock

PROBE = Path(__file__).with_name("probe.py")
# Variables that would send an installation, or the Python that installs, to another place.
PLACEMENT = (
    "PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "CONDA_PREFIX",
    "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_BREAK_SYSTEM_PACKAGES", "PIP_DRY_RUN",
    "UV_SYSTEM_PYTHON", "UV_PYTHON", "UV_BREAK_SYSTEM_PACKAGES", "UV_TARGET", "UV_PREFIX", "UV_PROJECT_ENVIRONMENT",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What a look at ``.venv`` found: its Python's version, and why it is not usable (empty when it is)."""

    version: str | None
    fault: str


class Venv:
    """The folder ``.venv`` of a checkout, its marks and its lock."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp, self.unfinished = folder / "radiomics-stamp.json", folder / "radiomics-installing"
        self.missing_file, self.log = folder / "radiomics-missing.json", folder / "install.log"
        self.lock = SetupLock(root / f"{folder.name}-setup.lock")

    def look(self) -> Finding:
        """Ask the environment's Python where it would install; its version counts only when that is our ``.venv``."""
        if self.folder.is_symlink() or self.folder.is_file():
            return Finding(None, ".venv is a link or a file, not a folder")
        try:
            answer = self.ask({}, timeout=60)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return Finding(None, f"the Python of .venv does not answer ({type(error).__name__})")
        home = os.path.realpath(self.folder)
        if os.path.realpath(answer["prefix"]) != home or answer["base"] == answer["prefix"]:
            return Finding(None, f"the Python of .venv belongs to {answer['prefix']}")
        outside = [place for place in (*answer["places"], *answer["others"]) if not is_inside(place, home)]
        if outside:
            return Finding(None, f"the Python of .venv also uses {outside[0]}")
        return Finding(answer["version"], "")

    def ask(self, question: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Run the probe with the environment's Python and return its answer."""
        told = subprocess.run(
            [str(self.python), "-I", str(PROBE), json.dumps(question)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
            env=without_placement(os.environ),
            pass_fds=self.lock.inherited,
        )
        answer: dict[str, Any] = json.loads((told.stdout.splitlines() or [""])[-1])
        return answer

    def run(
        self, arguments: list[str], environment: Mapping[str, str] | None = None, *, stderr: int | None = None
    ) -> subprocess.Popen[str]:
        """Start the environment's Python, once it is proven that it installs into our ``.venv`` and nowhere else.

        Raises
        ------
        StartError
            It would install somewhere else, or does not answer.
        """
        fault = self.look().fault
        if fault:
            raise StartError(f"nothing was installed: {fault}", "Run `python start.py repair`")
        return subprocess.Popen(
            [str(self.python), *arguments],
            cwd=self.root,
            env=dict(environment) if environment is not None else without_placement(os.environ),
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            pass_fds=self.lock.inherited,
        )

    def call(self, *arguments: str) -> tuple[int, str]:
        """Run the environment's Python quietly; return its exit code and what it printed."""
        with self.run(list(arguments), stderr=subprocess.DEVNULL) as process:
            output, _nothing = process.communicate()
        return process.returncode, output

    def build(self) -> None:
        """Make the folder from nothing with the Python that runs this file; the mark of the unfinished comes first."""
        self.clear()
        print("Making .venv ...", flush=True)
        self.folder.mkdir()
        self.unfinished.touch()
        self.make()

    def make(self) -> None:
        """Make a virtual environment in the folder."""
        # Run by the .venv that was just removed, it is made by the Python that one was made from.
        was_inside = is_inside(sys.prefix, os.path.realpath(self.folder))
        python = getattr(sys, "_base_executable", sys.executable) if was_inside else sys.executable
        made = subprocess.run(
            [python, "-m", "venv", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            env=without_placement(os.environ),
            pass_fds=self.lock.inherited,
        )
        if made.returncode:
            raise venv_problem(made.stdout + made.stderr)

    def clear(self) -> None:
        """Remove the ``.venv`` that set-up made, in one step; set another one aside, since it is not ours to remove."""
        for left in self.root.glob(f"{self.folder.name}-removed-*"):
            shutil.rmtree(left, ignore_errors=True)
        if not os.path.lexists(self.folder):
            return
        marks = (self.stamp, self.unfinished, self.missing_file, self.log)
        is_ours = not self.folder.is_symlink() and any(mark.is_file() for mark in marks)
        names = (f"{self.folder.name}-{'removed' if is_ours else 'not-ours'}-{number}" for number in range(1, 10_000))
        target = next(path for name in names if not os.path.lexists(path := self.root / name))
        try:
            self.folder.rename(target)
        except OSError as error:
            way_out = PROBLEMS["permission"][1]
            raise StartError(f"the old .venv cannot be removed ({error.strerror})", way_out) from error
        if is_ours:
            shutil.rmtree(target, ignore_errors=True)  # what stays is removed by the next set-up
        else:
            print(f"The .venv that was here was not made by start.py; it is kept as {target.name}.", flush=True)


def without_placement(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that send Python or an installer to another place."""
    return {name: value for name, value in outer.items() if name not in PLACEMENT}


def is_inside(path: str, home: str) -> bool:
    """Tell whether a path leads into a folder (both as the file system sees them in the end)."""
    try:
        return os.path.commonpath([home, os.path.realpath(path)]) == home
    except ValueError:  # another drive
        return False
