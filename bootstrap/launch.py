"""The commands of start.py: make the environment ready, then hand over to the dashboard, the tests or the CLI."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bootstrap.environment import Environment
from bootstrap.failures import StartError

ROOT = Path(__file__).resolve().parents[1]
FIRST_PORT, N_PORTS = 8501, 100


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; return the exit code."""
    try:
        return run(arguments)
    except StartError as problem:
        print(f"start.py: {problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("start.py: stopped. Run it again to go on.", file=sys.stderr)
    return 1


def run(arguments: list[str]) -> int:
    """Make the environment ready and hand over to the dashboard, the tests or the command line."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    venv = Environment(ROOT / ".venv", ROOT)
    if command == "repair":
        venv.repair()
        print("Everything that can be installed is installed. Start with: python start.py")
        return 0
    if command == "test":
        venv.ensure("test")
        return hand_over([str(venv.python), "-m", "pytest", *pytest_arguments(rest)], cwd=ROOT)
    venv.ensure("app")
    if command == "cli":
        return hand_over([str(venv.python), "-m", "radiomics_core", *rest], cwd=Path.cwd())
    port, browser = dashboard_options(arguments)
    return serve(venv, free_port(port), browser)


def dashboard_options(arguments: list[str]) -> tuple[int, bool]:
    """Return the first port to try and whether to open a browser."""
    port, browser, rest = FIRST_PORT, not os.environ.get("CI"), list(arguments)
    while rest:
        option = rest.pop(0)
        if option == "--no-browser":
            browser = False
        elif option == "--port" and rest and rest[0].isdigit() and 0 < int(rest[0]) < 65536:
            port = int(rest.pop(0))
        else:
            raise StartError(f"unknown argument {option!r}", "`python start.py --help` lists them")
    return port, browser


def pytest_arguments(rest: list[str]) -> list[str]:
    """Return the arguments for pytest: two processes, unless the caller decides."""
    chosen = any(re.match(r"-n|--numprocesses|--pdb|-p$|-s$", argument) for argument in rest)
    return rest if chosen else ["-n", "2", "--dist", "loadfile", *rest]


def serve(venv: Environment, port: int, browser: bool) -> int:
    """Start the dashboard on this computer only; it says its address itself once it listens."""
    for name, note in venv.missing().items():
        print(f"Note: {name} is not installed: {note['why']}. {note['how']}.")
    command = [str(venv.python), "-m", "bootstrap.dashboard", f"--port={port}", *(["--browser"] if browser else [])]
    return hand_over(command, cwd=ROOT)


def hand_over(command: list[str], cwd: Path) -> int:
    """Run a command in place of this process where the system can do that."""
    environment = child_environment(os.environ)
    if os.name == "posix":
        os.chdir(cwd)
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    try:
        return subprocess.call(command, cwd=str(cwd), env=environment)
    except KeyboardInterrupt:
        return 0


def child_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without other Pythons' paths and with this folder importable."""
    environment = {key: value for key, value in outer.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    environment["PYTHONPATH"] = str(ROOT)
    return environment


def free_port(first: int) -> int:
    """Return the first port from ``first`` on which nobody listens on this computer."""
    for port in range(first, min(first + N_PORTS, 65536)):
        if is_free(port):
            return port
    raise StartError(f"ports {first} to {first + N_PORTS - 1} are all taken", "Close a program or choose with --port")


def is_free(port: int) -> bool:
    """Tell whether the dashboard could listen on a port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
