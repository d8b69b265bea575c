"""Which process of which computer, told without the clock of the day.

A process is known by its number and its start, and by the space both belong to: the boot of a computer and, on Linux,
the PID namespace (two containers with one host name are two spaces). Inside the space a process can be asked for; of a
process elsewhere nothing is known from here. The start is as the system recorded it: ticks since boot on Linux, a fixed
stamp elsewhere; neither moves when somebody sets the clock or the computer sleeps.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import socket
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from radiomics_core.files.digests import text_digest


@dataclass(frozen=True)
class ProcessIdentity:
    """A process; ``started`` is 0 when it had ended before it could be asked."""

    space: str
    pid: int
    started: float

    def runs(self) -> bool | None:
        """Return whether it exists (a stopped or sleeping one does), None when that cannot be told from here."""
        return is_running(self.pid, self.started) if self.space == space() else None

    @property
    def label(self) -> str:
        """Short text for the name of a file that this process writes; see :func:`runs_by_label`."""
        return f"{self.pid}_{_short(host_name())}{_short(_boot(self.space))}{_short(self.space)}{_short(self.started)}"


def this_process() -> ProcessIdentity:
    """Return the identity of this process."""
    return process_of(os.getpid())


def process_of(pid: int) -> ProcessIdentity:
    """Return the identity of a process in this space."""
    try:
        return ProcessIdentity(space(), pid, _start(psutil.Process(pid)))
    except psutil.Error:
        return ProcessIdentity(space(), pid, 0.0)


def is_running(pid: int, started: float) -> bool | None:
    """Return whether the process of that number is the one that started then; None when it cannot be asked."""
    try:
        process = psutil.Process(pid)
        return _start(process) == started and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # or hidden: /proc can be mounted so that users do not see each other
        return None if started and _is_hidden(pid) else False
    except psutil.AccessDenied:
        return None


def runs_by_label(label: str) -> bool | None:
    """Return whether the process that a :attr:`ProcessIdentity.label` names exists, None when it works elsewhere.

    A process of this computer before its last start has ended. A number alone, as versions before 0.2 wrote, counts as
    long as any process has it.
    """
    pid, _, rest = label.partition("_")
    if not rest:
        return psutil.pid_exists(int(pid))
    mine, theirs = (re.findall(".{4}", text.partition("_")[2]) for text in (process_of(int(pid)).label, label))
    if theirs[0] != mine[0]:
        return None
    if theirs[1] != mine[1]:
        return False
    if theirs[2] != mine[2] or _is_hidden(int(pid)):
        return None
    now = process_of(int(pid))
    return theirs[3] == mine[3] and is_running(now.pid, now.started) is not False


LABEL = r"\d+(?:_[0-9a-f]{16})?"
"""What a label looks like, as a regular expression."""


def host_name() -> str:
    """Return the name of this computer, for people: containers and copies of machines may share one."""
    return socket.gethostname()


@cache
def space() -> str:
    """Return what processes must share to see each other; known to this process only where the system does not say."""
    try:
        return _SPACES[platform.system()]()
    except (KeyError, OSError):
        return f"process {uuid.uuid4().hex}"


def _short(value: object) -> str:
    return text_digest(str(value))[:4]


def _boot(of: str) -> str:
    """Return the part of a space that a restart of the computer changes; Linux adds the PID namespace."""
    return of.partition(" ")[0]


def _start(process: psutil.Process) -> float:
    if os.name == "nt":
        return float(process.create_time())
    inner: Any = process._proc  # type: ignore[attr-defined]  # the public value follows the clock of the day
    return float(inner.create_time(monotonic=True))


def _is_hidden(pid: int) -> bool:
    return platform.system() == "Linux" and not Path(f"/proc/{pid}").exists() and psutil.pid_exists(pid)


def _linux_space() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return f"{boot} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - the link names no path


def _macos_space() -> str:
    buffer, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
    if ctypes.CDLL(None, use_errno=True).sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0):
        raise OSError(ctypes.get_errno(), "kern.bootsessionuuid")
    return buffer.value.decode("ascii")


def _windows_space() -> str:
    import winreg

    where = r"SOFTWARE\Microsoft\Cryptography"
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, where) as key:  # type: ignore[attr-defined]
        machine = winreg.QueryValueEx(key, "MachineGuid")[0]  # type: ignore[attr-defined]
    return f"{machine} {host_name()}"


_SPACES = {"Linux": _linux_space, "Darwin": _macos_space, "Windows": _windows_space}
