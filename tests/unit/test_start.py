"""start.py and bootstrap/: what is decided before anything is installed, with fakes for pip, uv and the network."""

from __future__ import annotations

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import start
from bootstrap import environment, launch
from bootstrap.environment import Environment, digest, read_json
from bootstrap.failures import PATTERNS, PROBLEMS, StartError, classify, install_problem, venv_problem
from bootstrap.sources import pip_sources, share_sources, uv_sources
from bootstrap.venv import Finding

ROOT = Path(start.__file__).parent
NEEDS_INSTALL = pytest.mark.skipif(
    not os.environ.get("RADIOMICS_TEST_INSTALL"), reason="installs for real; set RADIOMICS_TEST_INSTALL=1 to run it"
)

PIP_OFFLINE = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('Failed to establish a new "
    "connection: [Errno -3] Temporary failure in name resolution')': /simple/uv/\n"
    "ERROR: Could not find a version that satisfies the requirement uv (from versions: none)\n"
)
UV_OFFLINE = (
    "error: Request failed after 3 retries\n  Caused by: Failed to fetch: `https://index.example/simple/numpy/`\n"
    "  Caused by: dns error: failed to lookup address information: Temporary failure in name resolution\n"
)
UV_BUILD = (
    "  x Failed to build `pyradiomics==3.0.1`\n  |-> The build backend returned an error\n"
    "  `-> Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)\n"
    "      error: command 'false' failed with exit code 1\n"
)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 18), (3, 10, 13), (3, 14, 0)])
def test_an_unsupported_python_is_told_what_it_is_and_what_to_install(version):
    cause = start.unfit(version, 2**63)
    assert f"this is {version[0]}.{version[1]}.{version[2]}" in cause
    assert "Install Python 3.11" in cause
    assert "\n" not in cause


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_supported_pythons_pass_and_32_bit_ones_do_not(version):
    assert start.unfit(version, 2**63) == ""
    assert "64-bit" in start.unfit(version, 2**31)


def test_start_py_can_be_read_by_old_pythons():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    # Python 2 knows neither f-strings nor annotations.
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns]
    top_imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [alias.name for node in top_imports for alias in node.names] == ["sys"]


def test_bootstrap_needs_only_the_standard_library():
    # These run inside the environment that the others make, and so does probe.py, which may use pip's parts.
    inside = ("dashboard.py", "uploads.py")
    for file in (f for f in (ROOT / "bootstrap").glob("*.py") if f.name not in inside):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                is_of_pip = file.name == "probe.py" and module.startswith("pip._vendor.packaging")
                known = {*sys.stdlib_module_names, "bootstrap"}
                assert is_of_pip or module.split(".")[0] in known, f"{file.name}: {module}"


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (PIP_OFFLINE, "network"),
        (UV_OFFLINE, "network"),
        (UV_BUILD, "engine"),
        (UV_BUILD + UV_OFFLINE, "network"),
        ("Because pyradiomics was not found in the package registry", "engine"),
        ("invalid peer certificate: UnknownIssuer; error sending request", "certificate"),
        ("HTTP status client error (407 Proxy Authentication Required)", "refused"),
        ("HTTP status client error (403 Forbidden) for url", "refused"),
        ("failed to write: No space left on device (os error 28)", "disk"),
        ("failed to remove file: Permission denied (os error 13)", "permission"),
        ("Because there is no version of skops==0.16.0, no solution found", "unavailable"),
        ("No solution found when resolving dependencies: there is no version of skops==0.16.0", "unavailable"),
        ("something else", "other"),
    ],
)
def test_failures_are_named_by_what_pip_and_uv_print(output, kind):
    assert classify(output) == kind


def test_every_failure_is_one_line_with_a_way_out():
    assert {kind for kind, _ in PATTERNS} - {"engine"} <= set(PROBLEMS)
    for output in (PIP_OFFLINE, UV_OFFLINE, UV_BUILD, "x"):
        message = str(install_problem(output))
        assert "\n" not in message
        assert message.endswith(".")
    assert "-venv" in str(venv_problem("The virtual environment was not created because ensurepip is not available"))


def test_pip_settings_of_variables_win_over_install_over_global():
    listing = (
        ":env:.index-url='https://three.example/simple'\nglobal.index-url='https://one.example/simple'\n"
        "install.index-url='https://two.example/simple'\nglobal.extra-index-url='https://a/simple\\nhttps://b/simple'\n"
        "global.default-timeout='180'\nfreeze.timeout='10'\n"
    )
    assert pip_sources(listing) == {
        "index": ["https://three.example/simple"],
        "extra": ["https://a/simple", "https://b/simple"],
        "timeout": ["180"],
    }


def test_uv_learns_what_only_pip_knows():
    pip = {"index": ["https://one/simple"], "extra": ["https://a/simple", "https://b/simple"], "links": ["/w", "/v"]}
    shared = share_sources({**pip, "certificate": ["/ca.pem"], "no_index": ["true"]}, {}, {})
    assert shared == {
        "UV_DEFAULT_INDEX": "https://one/simple",
        "UV_INDEX": "https://a/simple https://b/simple",
        "UV_FIND_LINKS": "/w,/v",
        "SSL_CERT_FILE": "/ca.pem",
        "PIP_NO_INDEX": "true",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_pip_learns_what_only_uv_knows(tmp_path):
    config = tmp_path / "uv.toml"
    config.write_text(
        'find-links = ["/w"]\n[[index]]\nname = "lab"\nurl = "https://lab/simple"\ndefault = true\n'
        '[[index]]\nurl = "https://more/simple"\n'
    )
    uv = uv_sources({"UV_INDEX": "named=https://env/simple"}, [tmp_path / "absent.toml", config])
    assert uv == {"index": ["https://lab/simple"], "extra": ["https://env/simple"], "links": ["/w"]}
    assert share_sources({}, uv, {}) == {
        "PIP_INDEX_URL": "https://lab/simple",
        "PIP_EXTRA_INDEX_URL": "https://env/simple",
        "PIP_FIND_LINKS": "/w",
    }


def test_settings_that_both_have_stay_as_they_are():
    assert share_sources({"index": ["https://one/simple"]}, {"index": ["https://two/simple"]}, {}) == {}


def test_old_names_of_uv_variables_count():
    assert uv_sources({"UV_INDEX_URL": "https://old/simple"}, [])["index"] == ["https://old/simple"]


def test_a_taken_port_is_skipped():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not launch.is_free(port)
        assert launch.free_port(port) > port


def test_no_free_port_is_an_error_with_a_way_out(monkeypatch):
    monkeypatch.setattr(launch, "is_free", lambda port: False)
    with pytest.raises(StartError, match=r"8501 to 8600 are all taken.*--port"):
        launch.free_port(8501)


def test_dashboard_options(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert launch.dashboard_options([]) == (8501, True)
    assert launch.dashboard_options(["--port", "8600", "--no-browser"]) == (8600, False)
    for wrong in (["--port"], ["--port", "abc"], ["--port", "99999"], ["serve"]):
        with pytest.raises(StartError, match="unknown argument"):
            launch.dashboard_options(wrong)


def test_tests_run_in_two_processes_unless_the_caller_decides():
    assert launch.pytest_arguments(["tests/unit"]) == ["-n", "2", "--dist", "loadfile", "tests/unit"]
    for own in (["-n", "0"], ["-n4"], ["--pdb"], ["-p", "no:xdist"]):
        assert launch.pytest_arguments(own) == own


def test_other_pythons_paths_are_not_inherited():
    child = launch.child_environment({"PYTHONHOME": "/x", "PYTHONPATH": "/y", "PATH": "/bin"})
    assert child == {"PATH": "/bin", "PYTHONPATH": str(ROOT)}


class FakeTools(Environment):
    """An environment whose pip and uv answer from a script and whose Python is a flag file."""

    def __init__(self, folder: Path, root: Path, answers: list[tuple[int, str]], python: str = "3.11") -> None:
        super().__init__(folder, root)
        self.answers, self.commands, self.builds, self.python_version = answers, [], 0, python

    def look(self):
        alive = (self.folder / "alive").exists()
        return Finding(self.python_version if alive else None, "" if alive else "it does not answer")

    def make(self):
        self.builds += 1
        (self.folder / "alive").touch()

    def call(self, *arguments):
        return 0, ""

    def ask(self, question, timeout):
        return {"problems": {}, "heads": ["alive"]}

    def logged(self, arguments, environment):
        self.commands.append(arguments)
        return self.answers.pop(0) if self.answers else (0, "")


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6\n    # via pyradiomics\npyradiomics==3.0.1\nsix==1.17.0\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n")
    (tmp_path / "uv.toml").write_text("")
    return tmp_path


def tools(checkout: Path, *answers: tuple[int, str], python: str = "3.11") -> FakeTools:
    return FakeTools(checkout / ".venv", checkout, list(answers), python)


def test_an_unchanged_second_start_installs_nothing(checkout):
    tools(checkout).ensure("app")
    second = tools(checkout)
    second.ensure("app")
    assert (second.builds, second.commands) == (0, [])


def test_changed_requirements_are_installed_without_making_the_environment_anew(checkout):
    tools(checkout).ensure("app")
    (checkout / "requirements.txt").write_text("numpy==2.4.7\n")
    second = tools(checkout)
    second.ensure("app")
    assert second.builds == 0
    assert len(second.commands) == 1


def test_the_tests_need_more_than_the_app(checkout):
    tools(checkout).ensure("app")
    second = tools(checkout)
    second.ensure("test")
    assert str(checkout / "requirements-dev.txt") in second.commands[0]
    third = tools(checkout)
    third.ensure("app")
    third.ensure("test")
    assert third.commands == []


def test_a_dead_interpreter_means_a_new_environment(checkout):
    tools(checkout).ensure("app")
    (checkout / ".venv" / "alive").unlink()
    second = tools(checkout)
    second.ensure("app")
    assert second.builds == 1
    assert second.stamped("app")


def test_an_environment_of_an_unsupported_python_is_replaced(checkout):
    tools(checkout).ensure("app")
    second = tools(checkout, python="3.10")
    second.ensure("app")
    assert second.builds == 1


def test_a_killed_install_is_started_again_from_nothing(checkout, monkeypatch):
    first = tools(checkout)
    monkeypatch.setattr(first, "logged", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        first.ensure("app")
    assert first.unfinished.exists()
    second = tools(checkout)
    second.ensure("app")
    assert second.builds == 1
    assert second.stamped("app")
    assert not second.unfinished.exists()


def test_a_stamp_cut_short_counts_as_missing(checkout):
    tools(checkout).ensure("app")
    stamp = checkout / ".venv" / "radiomics-stamp.json"
    stamp.write_text(stamp.read_text()[:7])
    second = tools(checkout)
    second.ensure("app")
    assert second.builds == 0
    assert len(second.commands) == 1


def test_no_network_leaves_no_stamp_and_the_next_start_goes_on(checkout):
    with pytest.raises(StartError, match=r"cannot be reached\. Connect to the internet"):
        tools(checkout, (2, UV_OFFLINE)).ensure("app")
    second = tools(checkout)
    second.ensure("app")
    assert second.builds == 0
    assert second.stamped("app")


def test_without_a_compiler_everything_but_the_engine_is_installed(checkout):
    first = tools(checkout, (1, UV_BUILD), (0, ""))
    first.ensure("app")
    reduced = Path(first.commands[1][-1])
    assert reduced.read_text() == "numpy==2.4.6\n    # via pyradiomics\nsix==1.17.0\n"
    missing = json.loads((checkout / ".venv" / "radiomics-missing.json").read_text())
    assert "C compiler" in missing["pyradiomics"]["how"]
    second = tools(checkout)
    second.ensure("app")
    assert second.commands == []


def test_python_312_says_that_the_engine_needs_311(checkout):
    first = tools(checkout, python="3.12")
    first.ensure("app")
    assert "Python 3.12" in first.missing()["pyradiomics"]["why"]
    assert "Python 3.11" in first.missing()["pyradiomics"]["how"]


def test_repair_tries_the_engine_again(checkout, monkeypatch):
    tools(checkout, (1, UV_BUILD), (0, "")).ensure("app")
    monkeypatch.setattr(environment, "minor", lambda version: "3.11")
    second = tools(checkout)
    second.repair()
    assert "--reinstall" in second.commands[0]
    assert second.missing() == {}


def test_repair_with_another_python_makes_the_environment_anew(checkout, monkeypatch):
    tools(checkout).ensure("app")
    monkeypatch.setattr(environment, "minor", lambda version: "3.13")
    second = tools(checkout)
    second.repair()
    assert second.builds == 1


def test_an_unknown_certificate_is_tried_with_the_systems_own(checkout, monkeypatch):
    tried = []
    first = tools(checkout)

    def logged(arguments, variables):
        tried.append(variables.get("UV_SYSTEM_CERTS"))
        return (0, "") if variables.get("UV_SYSTEM_CERTS") else (1, "invalid peer certificate: UnknownIssuer")

    monkeypatch.setattr(first, "logged", logged)
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    first.ensure("app")
    assert tried == [None, "true"]


def test_the_stamp_depends_on_requirements_and_python(checkout):
    names = ("requirements.txt", "uv.toml")
    before = digest(checkout, names, "3.11")
    assert digest(checkout, names, "3.12") != before
    (checkout / "requirements.txt").write_text("numpy==1\n")
    assert digest(checkout, names, "3.11") != before
    assert read_json(checkout / "absent.json") == {}


def test_the_double_click_files_start_start_py():
    assert "start.py %*" in (ROOT / "start.bat").read_text(encoding="ascii")
    command = ROOT / "start.command"
    assert 'start.py "$@"' in command.read_text(encoding="ascii")
    assert os.name == "nt" or os.access(command, os.X_OK)


@NEEDS_INSTALL
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_copy_installs_without_a_compiler_and_repairs_with_one(tmp_path):
    for name in ("start.py", "bootstrap", "requirements.txt", "uv.toml", "radiomics_core"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, tmp_path / name)
    outer = {**os.environ, "UV_CACHE_DIR": str(tmp_path / "cache")}
    python = tmp_path / ".venv" / "bin" / "python"
    command = [sys.executable, str(tmp_path / "start.py")]
    subprocess.run([*command, "cli"], env={**outer, "CC": "false"}, check=False)
    assert "pyradiomics" in read_json(tmp_path / ".venv" / "radiomics-missing.json")
    subprocess.run([str(python), "-c", "import streamlit, SimpleITK, shap, lifelines"], check=True)
    subprocess.run([*command, "repair"], env=outer, check=True)
    subprocess.run([str(python), "-c", "import radiomics"], check=True)
