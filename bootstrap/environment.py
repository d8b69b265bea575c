"""The ``.venv`` of a checkout: made, completed or repaired when its stamp does not fit, and nothing else touched.

Set-up holds a lock; why the folder is built in its place and not beside it: docs/design/0010-setting-up.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from bootstrap.failures import ENGINE, PROBLEMS, StartError, classify, engine_note, install_problem
from bootstrap.sources import pip_sources, placed_elsewhere, share_sources, uv_config_files, uv_sources
from bootstrap.venv import Venv, without_placement

SUPPORTED = ("3.11", "3.12", "3.13")
UV = "uv>=0.9,<1"
REQUIREMENTS = {"app": ("requirements.txt", "uv.toml"), "test": ("requirements.txt", "uv.toml", "requirements-dev.txt")}
IMPORTED = ("requirements.in", "requirements-engine.in")
CHECK_SECONDS = 1800


class Environment(Venv):
    """The ``.venv`` of a checkout, with what is installed in it."""

    def ensure(self, what: str) -> None:
        """Install what the app or the tests need, unless the stamp says that it is done."""
        if self.is_complete(what):
            return
        with self.lock.held():
            if self.is_complete(what):  # another start did it while this one waited
                return
            if self.look().version not in SUPPORTED or self.unfinished.exists():
                self.build()
            self.install(what)

    def repair(self) -> None:
        """Install everything again; with another Python than before, from nothing."""
        with self.lock.held():
            what = "test" if self.stamped("test") else "app"
            if self.look().version != minor(sys.version_info[:2]) or self.unfinished.exists():
                self.build()
            self.install(what, "--reinstall")

    def is_complete(self, what: str) -> bool:
        """Tell whether everything is installed: the stamp fits, ``.venv`` is ours, and each package is still there."""
        if self.unfinished.exists() or not self.stamped(what):
            return False
        version = self.look().version
        if self.stamped(what) != digest(self.root, REQUIREMENTS[what], version):
            return False
        heads: list[str] = read_json(self.stamp).get(f"{what} files") or []
        return bool(heads) and all((self.folder / head).exists() for head in heads)

    def stamped(self, what: str) -> str | None:
        """Return the digest of what was last installed completely."""
        digest: str | None = read_json(self.stamp).get(what)
        return digest

    def missing(self) -> dict[str, Any]:
        """Return what could not be installed: name -> why and how."""
        return read_json(self.missing_file)

    def install(self, what: str, *options: str) -> None:
        """Install the pinned requirements and stamp them once they are proven whole.

        A killed run leaves its mark behind, and a run that failed leaves no stamp.
        """
        print("Installing the libraries (the first time takes a few minutes) ...", flush=True)
        self.unfinished.touch()
        before = {} if options else read_json(self.stamp)
        self.stamp.unlink(missing_ok=True)
        try:
            environment = self.install_environment()
            self.ensure_uv(environment)
            files, missing = self.install_requirements(what, list(options), environment)
            heads = self.proven_whole(files, environment)
        except StartError:
            self.unfinished.unlink(missing_ok=True)
            raise
        write_json(self.missing_file, missing)
        version = self.look().version
        for name in {"app", what}:
            before |= {name: digest(self.root, REQUIREMENTS[name], version), f"{name} files": heads}
        write_json(self.stamp, before)
        self.unfinished.unlink(missing_ok=True)

    def install_environment(self) -> dict[str, str]:
        """Return the variables under which pip and uv both see the mirrors that were set for either of them.

        Raises
        ------
        StartError
            Settings of pip or uv send packages to another folder.
        """
        code, listing = self.call("-m", "pip", "config", "list")
        if code:
            self.call("-m", "ensurepip", "--upgrade")
            code, listing = self.call("-m", "pip", "config", "list")
        if code:
            self.build()
            code, listing = self.call("-m", "pip", "config", "list")
        outer = without_placement(os.environ)
        files = uv_config_files(outer)
        elsewhere = placed_elsewhere(listing, files)
        if elsewhere:
            way_out = "Take that line out, then run again"
            raise StartError(f"nothing was installed: {elsewhere} sends packages to another folder", way_out)
        shared = share_sources(pip_sources(listing), uv_sources(outer, files), outer)
        fixed = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_INPUT": "1"}
        return {**outer, **shared, **fixed, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def ensure_uv(self, environment: dict[str, str]) -> None:
        """Install uv inside the environment."""
        if self.call("-m", "uv", "--version")[0]:
            code, output = self.logged(["-m", "pip", "install", UV], environment)
            if code:
                raise install_problem(output)

    def install_requirements(
        self, what: str, options: list[str], environment: dict[str, str]
    ) -> tuple[list[Path], dict[str, dict[str, str]]]:
        """Install everything, else all but the reference engine; return the files asked for and what is missing."""
        files = [self.root / name for name in REQUIREMENTS[what] if name.endswith(".txt")]
        code, output = self.uv_install(files, options, environment)
        if code and classify(output) == "engine":
            print(f"{ENGINE} could not be built; installing everything else ...", flush=True)
            files[0] = self.without_engine(files[0])
            code, rest = self.uv_install(files, options, environment)
            output = rest if code else output
            if not code:
                return files, {ENGINE: engine_note(self.look().version, built=False)}
        if code:
            raise install_problem(output)
        version = self.look().version
        return files, {} if version == "3.11" else {ENGINE: engine_note(version, built=None)}

    def uv_install(self, files: list[Path], options: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """Install requirement files with uv; when a certificate is unknown, once more with the system's own."""
        if environment.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on"):
            options = [*options, "--no-index"]
        command = ["-m", "uv", "pip", "install", "--python", str(self.python), *options]
        command += [part for file in files for part in ("-r", str(file))]
        code, output = self.logged(command, environment)
        if code and classify(output) == "certificate" and "UV_SYSTEM_CERTS" not in environment:
            code, output = self.logged(command, {**environment, "UV_SYSTEM_CERTS": "true"})
        return code, output

    def without_engine(self, requirements: Path) -> Path:
        """Write the requirements without the reference engine."""
        lines = requirements.read_text(encoding="utf-8").splitlines(keepends=True)
        reduced = self.folder / "requirements-reduced.txt"
        reduced.write_text("".join(line for line in lines if not line.startswith(f"{ENGINE}==")), encoding="utf-8")
        return reduced

    def proven_whole(self, files: list[Path], environment: dict[str, str]) -> list[str]:
        """Look at every installed file and import what the dashboard uses; return each package's first files.

        A package that is not whole is fetched once more, past the installer's cache, which may be what broke it.

        Raises
        ------
        StartError
            A package is not whole even then.
        """
        print("Checking that everything is there ...", flush=True)
        answer = self.checked(files)
        if answer["problems"]:
            names = sorted(answer["problems"])
            print(f"Not whole: {', '.join(names)}; installing again, without the installer's cache ...", flush=True)
            again = [part for name in names for part in ("--reinstall-package", name)]
            code, output = self.uv_install(files, ["--no-cache", *again], environment)
            if code:
                raise install_problem(output)
            answer = self.checked(files)
        for name, words in answer["problems"].items():
            raise StartError(f"{name} {words} although it was installed", PROBLEMS["other"][1])
        heads: list[str] = answer["heads"]
        return heads

    def checked(self, files: list[Path]) -> dict[str, Any]:
        """Return what the probe finds wrong with the installed packages, and their first files."""
        imported = [self.root / name for name in IMPORTED]
        question = {"expected": [str(file) for file in files], "imported": [str(f) for f in imported if f.is_file()]}
        try:
            return self.ask(question, timeout=CHECK_SECONDS)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{error}\n{getattr(error, 'stderr', '')}\n")
            cause = f"the installed libraries cannot be checked ({type(error).__name__})"
            raise StartError(cause, PROBLEMS["other"][1]) from error

    def logged(self, arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """Run the environment's Python; all output goes to the log, the larger steps to the screen."""
        output = []
        with (
            self.log.open("a", encoding="utf-8") as log,
            self.run(arguments, environment, stderr=subprocess.STDOUT) as process,
        ):
            for line in process.stdout or ():
                output.append(line)
                log.write(line)
                if re.match(r"\s*(Downloading|Building|Resolved|Prepared|Installed)\b", line):
                    print(f"  {line.strip()}", flush=True)
        return process.returncode, "".join(output)


def minor(version: tuple[int, ...]) -> str:
    """Return major.minor."""
    return ".".join(str(part) for part in tuple(version)[:2])


def digest(root: Path, names: tuple[str, ...], version: str | None) -> str:
    """Return what the stamp must say: the requirements and the Python they were installed for."""
    sha = hashlib.sha256(str(version).encode())
    for name in names:
        sha.update((root / name).read_bytes())
    return sha.hexdigest()[:16]


def read_json(file: Path) -> dict[str, Any]:
    """Return the stored object, empty when the file is absent or was cut short."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Store an object so that a killed run leaves the old file or the new one."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    part.replace(file)
