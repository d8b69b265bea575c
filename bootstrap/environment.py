"""The ``.venv`` of a checkout: made, completed or repaired when its stamp does not fit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap.failures import ENGINE, PROBLEMS, StartError, classify, engine_note, install_problem, venv_problem
from bootstrap.sources import pip_sources, share_sources, uv_config_files, uv_sources

SUPPORTED = ("3.11", "3.12", "3.13")
UV = "uv>=0.9,<1"
REQUIREMENTS = {"app": ("requirements.txt", "uv.toml"), "test": ("requirements.txt", "uv.toml", "requirements-dev.txt")}


class Environment:
    """The ``.venv`` of a checkout: made, completed or repaired when its stamp does not fit."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp, self.unfinished = folder / "radiomics-stamp.json", folder / "radiomics-installing"
        self.missing_file, self.log = folder / "radiomics-missing.json", folder / "install.log"

    def ensure(self, what: str) -> None:
        """Install what the app or the tests need, unless the stamp says that it is done."""
        version = self.version()
        if version not in SUPPORTED or self.unfinished.exists():
            self.build()
            version = self.version()
        if self.stamped(what) != digest(self.root, REQUIREMENTS[what], version):
            self.install(what)

    def repair(self) -> None:
        """Install everything again; with another Python than before, from nothing."""
        if self.version() != minor(sys.version_info) or self.unfinished.exists():
            self.build()
        what = "test" if self.stamped("test") else "app"
        self.stamp.unlink(missing_ok=True)
        self.install(what, "--reinstall")

    def version(self) -> str | None:
        """Return the major.minor version of the environment's Python, None when it does not answer."""
        try:
            answer = subprocess.run(
                [str(self.python), "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return answer.stdout.strip()

    def stamped(self, what: str) -> str | None:
        """Return the digest of what was last installed completely."""
        return read_json(self.stamp).get(what)

    def missing(self) -> dict:
        """Return what could not be installed: name -> why and how."""
        return read_json(self.missing_file)

    def build(self) -> None:
        """Make the folder from nothing with the Python that runs this file."""
        print("Making .venv ...", flush=True)
        try:
            if self.folder.is_symlink() or self.folder.is_file():
                self.folder.unlink()
            elif self.folder.exists():
                shutil.rmtree(str(self.folder))
        except OSError as error:
            raise StartError(
                f"the old .venv cannot be removed ({error.strerror})", PROBLEMS["permission"][1]
            ) from error
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(self.folder)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise venv_problem(made.stdout + made.stderr)
        self.unfinished.touch()

    def install(self, what: str, *options: str) -> None:
        """Install the pinned requirements; leave a mark that only a killed run leaves behind."""
        print("Installing the libraries (the first time takes a few minutes) ...", flush=True)
        self.unfinished.touch()
        try:
            environment = self.install_environment()
            self.ensure_uv(environment)
            missing = self.install_requirements(what, list(options), environment)
        except StartError:
            self.unfinished.unlink(missing_ok=True)
            raise
        write_json(self.missing_file, missing)
        stamps = {name: digest(self.root, REQUIREMENTS[name], self.version()) for name in {"app", what}}
        write_json(self.stamp, {**read_json(self.stamp), **stamps})
        self.unfinished.unlink(missing_ok=True)

    def install_environment(self) -> dict[str, str]:
        """Return the variables under which pip and uv both see the mirrors that were set for either of them."""
        config = self.call("-m", "pip", "config", "list")
        if config.returncode:
            self.call("-m", "ensurepip", "--upgrade")
            config = self.call("-m", "pip", "config", "list")
        if config.returncode:
            self.build()
            config = self.call("-m", "pip", "config", "list")
        outer = dict(os.environ)
        shared = share_sources(pip_sources(config.stdout), uv_sources(outer, uv_config_files(outer)), outer)
        return {**outer, **shared, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the environment's Python quietly."""
        return subprocess.run([str(self.python), *arguments], capture_output=True, text=True, check=False)

    def ensure_uv(self, environment: dict[str, str]) -> None:
        """Install uv inside the environment."""
        if self.call("-m", "uv", "--version").returncode:
            code, output = self.logged(["-m", "pip", "install", UV], environment)
            if code:
                raise install_problem(output)

    def install_requirements(self, what: str, options: list[str], environment: dict[str, str]) -> dict:
        """Install everything, else everything but the reference engine; return what is missing."""
        files = [self.root / name for name in REQUIREMENTS[what] if name.endswith(".txt")]
        if environment.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on"):
            options = [*options, "--no-index"]
        code, output = self.uv_install(files, options, environment)
        if code and classify(output) == "engine":
            print(f"{ENGINE} could not be built; installing everything else ...", flush=True)
            files[0] = self.without_engine(files[0])
            code, rest = self.uv_install(files, options, environment)
            output = rest if code else output
            if not code:
                return {ENGINE: engine_note(self.version(), built=False)}
        if code:
            raise install_problem(output)
        return {} if self.version() == "3.11" else {ENGINE: engine_note(self.version(), built=None)}

    def uv_install(self, files: list[Path], options: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """Install requirement files with uv; when a certificate is unknown, once more with the system's own."""
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

    def logged(self, arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """Run the environment's Python; all output goes to the log, the larger steps to the screen."""
        command, output = [str(self.python), *arguments], []
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        with (
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                command, cwd=self.root, env=environment, encoding="utf-8", errors="replace", **pipes
            ) as process,
        ):
            for line in process.stdout:
                output.append(line)
                log.write(line)
                if re.match(r"\s*(Downloading|Building|Resolved|Prepared|Installed)\b", line):
                    print(f"  {line.strip()}", flush=True)
        return process.returncode, "".join(output)


def minor(version: tuple) -> str:
    """Return major.minor."""
    return ".".join(str(part) for part in tuple(version)[:2])


def digest(root: Path, names: tuple, version: str | None) -> str:
    """Return what the stamp must say: the requirements and the Python they were installed for."""
    sha = hashlib.sha256(str(version).encode())
    for name in names:
        sha.update((root / name).read_bytes())
    return sha.hexdigest()[:16]


def read_json(file: Path) -> dict:
    """Return the stored object, empty when the file is absent or was cut short."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def write_json(file: Path, content: dict) -> None:
    """Store an object so that a killed run leaves the old file or the new one."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    part.replace(file)
