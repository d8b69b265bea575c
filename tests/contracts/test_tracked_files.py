"""What a stranger's clone holds: no path of one machine, no address of a package index, no lock file of a tool."""

from __future__ import annotations

import re
import subprocess
from pathlib import PurePosixPath

import pytest

from tests.contracts.sources import ROOT

LOCK_FILES = ("*.lock", "pylock*.toml", "Pipfile", "conda-lock.yml")
# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = "|".join(
    (r"/wo" r"rk/", r"/ro" r"ot/", r"/home/(?!me/)[a-z]", r"/Use" r"rs/[A-Za-z]", r"[A-Z]:\\\\?Users")
)
INDEX_HOSTS = "|".join((r"py" r"pi\.org", r"python" r"hosted\.org", r"--(extra-)?index-url[ =]\S+:"))
CI_SCRIPT = ".ci/run"


def tracked() -> list[str]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout")
    return [name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            found[name] = content.decode("utf-8")
    return found


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, INDEX_HOSTS], ids=["machine paths", "package index"])
def test_no_tracked_file_names_one_machine_or_index(pattern):
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for name, text in texts().items()
        for match in re.finditer(pattern, text)
    ]
    assert found == []


def test_no_lock_files_and_no_large_files_are_tracked():
    names = tracked()
    assert [name for name in names if any(PurePosixPath(name).match(pattern) for pattern in LOCK_FILES)] == []
    assert [name for name in names if (ROOT / name).stat().st_size > 2_000_000] == []


def test_requirements_are_pinned_for_every_python_by_markers_and_hold_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        rows = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert [row for row in rows if not re.match(r"^[a-z0-9-]+==[\w.]+( ; .+)?$", row)] == []
        assert "uv pip compile --universal" in lines[1]


def test_what_is_asked_for_is_pinned():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for source in ("requirements.in", "requirements-engine.in"):
        for line in (ROOT / source).read_text(encoding="utf-8").splitlines():
            name = re.match(r"^[A-Za-z][\w-]*", line)
            assert not name or re.search(rf"(?im)^{name.group()}==", pinned), line


def test_scripts_can_be_executed():
    command = ["git", "ls-files", "-s", CI_SCRIPT, "start.command"]
    modes = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert [line.split()[0] for line in modes.stdout.splitlines()] in (["100755", "100755"], [])
