"""Setting up for real, with an index of three small packages: two starts at once, kills, and every broken ``.venv``.

The first installation is a real one (venv, pip, an installer that stands for uv) and is made by two starts at once;
the broken environments are copies of what it made. A base Python of its own is compared file by file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from bootstrap import lock
from bootstrap.environment import Environment
from bootstrap.failures import StartError
from bootstrap.lock import SetupLock

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and signals of POSIX; Windows runs test_start.py")
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"pandas": "3.0", "numpy": "2.4", "six": "1.0"}
# What stands for uv: it writes the packages into the environment of the Python that runs it, as uv does.
INSTALLER = """
import os, re, sys, sysconfig, time
from pathlib import Path
asked = sys.argv[1:]
if asked == ["--version"]:
    sys.exit(print("uv 0.9.99"))
place = Path(sysconfig.get_paths()["purelib"])
calls = Path(os.environ["FAKE_UV_CALLS"])
with calls.open("a") as stream:
    stream.write(" ".join(asked) + "\\n")
again = {asked[i + 1] for i, word in enumerate(asked) if word == "--reinstall-package"}
for file in (asked[i + 1] for i, word in enumerate(asked) if word == "-r"):
    for name, version in re.findall(r"(?m)^([a-z]+)==(\\S+)", Path(file).read_text()):
        about = place / f"{name}-{version}.dist-info"
        if about.is_dir() and "--reinstall" not in asked and name not in again:
            continue
        time.sleep(float(os.environ.get("FAKE_UV_SECONDS", 0)))
        for part in (place / name, about):
            part.mkdir(exist_ok=True)
        files = {f"{name}/__init__.py": "from . import part\\n", f"{name}/part.py": "x = 1\\n",
                 f"{about.name}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"}
        record = "".join(f"{path},,{len(text)}\\n" for path, text in files.items()) + f"{about.name}/RECORD,,\\n"
        damaged = os.environ.get("FAKE_UV_DAMAGED_CACHE", "") == name and "--no-cache" not in asked
        if os.environ.get("FAKE_UV_DAMAGED_INDEX", "") == name:
            files[f"{name}/part.py"] = "import nothing_of_that_name\\n"[: len("x = 1\\n")]
        for path, text in {**files, f"{about.name}/RECORD": record}.items():
            if not (damaged and path.endswith("part.py")):
                (place / path).write_text(text)
        print(f"Installed {name}", flush=True)
"""
# What stands for pip in the copies: its settings, read from the file that is named for them.
PIP = """
import os, sys
assert sys.argv[1:] == ["config", "list"], sys.argv
file = os.environ["PIP_CONFIG_FILE"]
for line in open(file).read().splitlines()[1:] if file != os.devnull else ():
    print("install." + line.replace(" = ", "='") + "'")
"""
START = """
import sys
from pathlib import Path
from bootstrap.environment import Environment
from bootstrap.failures import StartError
root = Path(sys.argv[1])
try:
    Environment(root / ".venv", root).ensure("app")
except StartError as problem:
    sys.exit(str(problem))
print("ready")
"""


def wheel(folder: Path) -> None:
    """Write the package index: one wheel with the installer."""
    about = "uv-0.9.99.dist-info"
    files = {
        "uv/__init__.py": "",
        "uv/__main__.py": INSTALLER,
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 0.9.99\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / "uv-0.9.99-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"]))


@pytest.fixture(scope="module")
def variables(tmp_path_factory):
    """Variables under which pip sees the index of this file and nothing else."""
    index = tmp_path_factory.mktemp("index")
    wheel(index)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    return kept | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index), "PIP_CONFIG_FILE": os.devnull,
                   "UV_CONFIG_FILE": os.devnull, "FAKE_UV_CALLS": str(index / "calls.txt"),
                   "PYTHONPATH": str(ROOT)}  # fmt: skip


def new_checkout(folder: Path) -> Path:
    (folder / "requirements.txt").write_text("".join(f"{name}=={version}\n" for name, version in PACKAGES.items()))
    (folder / "requirements.in").write_text("pandas  # the table\nnumpy<3\n")
    (folder / "uv.toml").write_text("")
    return folder


def starting(root: Path, variables: dict[str, str], **more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", START, str(root)],
        env={**variables, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory, variables):
    """A checkout that two first starts set up at once, and what each of them said."""
    root = new_checkout(tmp_path_factory.mktemp("pair"))
    both = [starting(root, variables), starting(root, variables)]
    said = [one.communicate(timeout=300)[0] for one in both]
    return root, said, [one.returncode for one in both]


def test_of_two_first_starts_one_sets_up_and_the_other_says_that_it_waits(pair, variables):
    root, said, codes = pair
    assert codes == [0, 0], said
    assert [text.splitlines()[-1] for text in said] == ["ready", "ready"]
    assert sorted("Installing the libraries" in text for text in said) == [False, True]
    waiting = next(text for text in said if "Installing the libraries" not in text)
    assert "Another start is setting up .venv (process " in waiting
    assert len(Path(variables["FAKE_UV_CALLS"]).read_text().splitlines()) == 1
    assert Environment(root / ".venv", root).is_complete("app")


# --- broken environments


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """A Python of its own that something could be installed into: the real one's program and library, by links."""
    folder = tmp_path_factory.mktemp("base")
    library = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (library / "site-packages" / "owned").mkdir(parents=True)
    (library / "site-packages" / "owned" / "__init__.py").write_text("mine = True\n")
    for entry in Path(os.__file__).parent.iterdir():
        if entry.name not in ("site-packages", "dist-packages", "__pycache__"):
            (library / entry.name).symlink_to(entry)
    (folder / "bin").mkdir()
    python = folder / "bin" / "python3"
    shutil.copy2(Path(sys._base_executable).resolve(), python)
    command = [python, "-I", "-c", "import sys; print(sys.prefix)"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if told.stdout.strip() != str(folder):
        pytest.skip("this Python cannot be copied to another place")
    return folder


def bin_python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def point_python_to(root: Path, target: Path) -> None:
    for name in (root / ".venv" / "bin").glob("python*"):
        name.unlink()
    bin_python(root).symlink_to(target)


def without_configuration(root: Path, base: Path) -> None:
    point_python_to(root, base / "bin" / "python3")
    (root / ".venv" / "pyvenv.cfg").unlink()


def only_a_link_to_the_base(root: Path, base: Path) -> None:
    shutil.rmtree(root / ".venv")
    (root / ".venv" / "bin").mkdir(parents=True)
    bin_python(root).symlink_to(base / "bin" / "python3")


def stamped_link_to_the_base(root: Path, base: Path) -> None:
    stamp = (root / ".venv" / "radiomics-stamp.json").read_text()
    only_a_link_to_the_base(root, base)
    (root / ".venv" / "radiomics-stamp.json").write_text(stamp)


def dangling_link(root: Path, base: Path) -> None:
    point_python_to(root, base / "bin" / "gone")


def python_of_another_environment(root: Path, base: Path) -> None:
    other = shutil.move(root / ".venv", base / "other")
    (root / ".venv" / "bin").mkdir(parents=True)
    bin_python(root).symlink_to(other / "bin" / "python")
    shutil.copy2(other / "radiomics-stamp.json", root / ".venv")


def a_file(root: Path, _base: Path) -> None:
    shutil.rmtree(root / ".venv")
    (root / ".venv").write_text("my-environment\n")


def a_link_to_another_environment(root: Path, base: Path) -> None:
    (root / ".venv").symlink_to(shutil.move(root / ".venv", base / "other"))


def the_mark_of_a_killed_run(root: Path, base: Path) -> None:
    without_configuration(root, base)
    (root / ".venv" / "radiomics-installing").touch()


def packages_of_the_base_by_a_link(root: Path, base: Path) -> None:
    place = next((root / ".venv" / "lib").glob("python*")) / "site-packages"
    shutil.rmtree(place)
    place.symlink_to(next((base / "lib").glob("python*")) / "site-packages")


def packages_of_the_base_by_configuration(root: Path, base: Path) -> None:
    point_python_to(root, base / "bin" / "python3")
    text = f"home = {base / 'bin'}\ninclude-system-site-packages = true\n"
    (root / ".venv" / "pyvenv.cfg").write_text(text)


def an_empty_folder(root: Path, _base: Path) -> None:
    shutil.rmtree(root / ".venv")
    (root / ".venv").mkdir()


def no_python_at_all(root: Path, _base: Path) -> None:
    point_python_to(root, Path("/bin/true"))


def a_package_taken_away(root: Path, _base: Path) -> None:
    for part in (root / ".venv").rglob("pandas"):
        shutil.rmtree(part)


BROKEN = (
    without_configuration,
    only_a_link_to_the_base,
    stamped_link_to_the_base,
    dangling_link,
    python_of_another_environment,
    a_file,
    a_link_to_another_environment,
    the_mark_of_a_killed_run,
    packages_of_the_base_by_a_link,
    packages_of_the_base_by_configuration,
    an_empty_folder,
    no_python_at_all,
    a_package_taken_away,
)


class Copied(Environment):
    """An environment that is made by copying one without packages, which takes no time."""

    def __init__(self, root: Path, template: Path) -> None:
        super().__init__(root / ".venv", root)
        self.template, self.made = template, 0

    def make(self):
        self.made += 1
        shutil.copytree(self.template, self.folder, symlinks=True, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def complete(pair, tmp_path_factory) -> Path:
    """What the two starts made; of pip only the parts that are used stay, so that copies take no time."""
    folder = tmp_path_factory.mktemp("complete") / "venv"
    site = next((pair[0] / ".venv").rglob("site-packages"))
    left_out = shutil.ignore_patterns("pip", "pip-*", "setuptools*", "pkg_resources", "_distutils_hack")
    shutil.copytree(pair[0] / ".venv", folder, symlinks=True, ignore=left_out)
    pip = folder / site.relative_to(pair[0] / ".venv") / "pip"
    for part in ("packaging", "pyparsing"):
        if (site / "pip" / "_vendor" / part).is_dir():
            shutil.copytree(site / "pip" / "_vendor" / part, pip / "_vendor" / part)
    for file in ("__init__.py", "_vendor/__init__.py"):
        (pip / file).touch()
    (pip / "__main__.py").write_text(PIP)
    return folder


@pytest.fixture(scope="module")
def empty(complete, tmp_path_factory) -> Path:
    """The same without packages and marks."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    left_out = shutil.ignore_patterns("radiomics-*", "install.log", *(f"{name}*" for name in PACKAGES))
    return Path(shutil.copytree(complete, folder, symlinks=True, ignore=left_out))


@pytest.fixture
def checkout(complete, tmp_path, variables, monkeypatch) -> Path:
    """A checkout with a complete ``.venv``, and the variables of the index."""
    root = new_checkout(tmp_path)
    shutil.copytree(complete, root / ".venv", symlinks=True)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return root


def snapshot(folder: Path) -> dict[str, str]:
    """Return every path below a folder with what it holds."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = str(path.readlink())
        elif "__pycache__" not in path.parts:
            is_file = path.is_file()
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
    return found


@pytest.mark.parametrize(
    ("command", "break_it"),
    [*(("ensure", one) for one in BROKEN), *(("repair", one) for one in BROKEN[:2]), ("repair", BROKEN[8])],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_nothing_is_installed_anywhere_but_in_our_own_environment(command, break_it, checkout, empty, base, tmp_path):
    theirs = shutil.copytree(base, tmp_path / "their_python", symlinks=True)
    break_it(checkout, theirs)
    before = snapshot(theirs)
    venv = Copied(checkout, empty)
    venv.ensure("app") if command == "ensure" else venv.repair()
    assert snapshot(theirs) == before
    assert venv.made == (break_it is not a_package_taken_away)
    assert not venv.folder.is_symlink()
    assert venv.is_complete("app")
    code, told = venv.call("-c", "import pandas.part, numpy, sys; print(sys.prefix, pandas.__file__)")
    assert code == 0
    assert all(word.startswith(str(venv.folder)) for word in told.split())


@pytest.mark.parametrize(("break_it", "kept"), [(a_file, "my-environment\n"), (a_link_to_another_environment, None)])
def test_what_start_py_did_not_make_is_set_aside_and_not_removed(break_it, kept, checkout, empty, base, capsys):
    break_it(checkout, Path(shutil.copytree(base, checkout / "their_python", symlinks=True)))
    Copied(checkout, empty).ensure("app")
    aside = checkout / ".venv-not-ours-1"
    assert f"it is kept as {aside.name}" in capsys.readouterr().out
    assert aside.read_text() == kept if kept else aside.is_symlink()


def test_an_environment_that_changes_hands_is_found_before_the_next_command(checkout, empty, base):
    venv = Copied(checkout, empty)
    theirs = shutil.copytree(base, checkout / "their_python", symlinks=True)
    without_configuration(checkout, theirs)
    before = snapshot(theirs)
    with pytest.raises(StartError, match=r"nothing was installed: the Python of \.venv belongs to .*their_python"):
        venv.install("app")
    assert snapshot(theirs) == before


MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_SYSTEM_PYTHON", "UV_PYTHON",
              "VIRTUAL_ENV", "CONDA_PREFIX")  # fmt: skip


def test_variables_that_send_packages_elsewhere_do_not_count(checkout, empty, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in MISLEADING:
        monkeypatch.setenv(name, str(elsewhere))
    (checkout / ".venv" / "radiomics-stamp.json").unlink()
    venv = Copied(checkout, empty)
    venv.ensure("app")
    assert venv.is_complete("app")
    assert list(elsewhere.iterdir()) == []
    assert not set(MISLEADING) & set(venv.install_environment())
    told = venv.call("-c", "import os, sys; print(*os.environ)")[1]
    assert not set(MISLEADING) & set(told.split())


@pytest.mark.parametrize("file", ["pip.conf", "uv.toml"])
def test_settings_that_send_packages_elsewhere_are_named_and_refused(file, checkout, empty, tmp_path, monkeypatch):
    elsewhere, config = tmp_path / "elsewhere", tmp_path / file
    text = f"[install]\ntarget = {elsewhere}\n" if file == "pip.conf" else f'[pip]\ntarget = "{elsewhere}"\n'
    config.write_text(text)
    monkeypatch.setenv("PIP_CONFIG_FILE" if file == "pip.conf" else "UV_CONFIG_FILE", str(config))
    (checkout / ".venv" / "radiomics-stamp.json").unlink()
    with pytest.raises(StartError, match=r"nothing was installed: .*target.* sends packages to another folder"):
        Copied(checkout, empty).ensure("app")
    assert not elsewhere.exists()


# --- what the stamp says is so


def test_a_cache_that_lost_a_file_is_passed_by_and_the_stamp_stays_true(checkout, empty, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_UV_DAMAGED_CACHE", "pandas")
    venv = Copied(checkout, empty)
    shutil.rmtree(venv.folder)
    venv.ensure("app")
    assert "Not whole: pandas; installing again, without the installer's cache" in capsys.readouterr().out
    assert venv.call("-c", "import pandas.part")[0] == 0


def test_what_cannot_be_imported_gets_no_stamp(checkout, empty, monkeypatch):
    monkeypatch.setenv("FAKE_UV_DAMAGED_INDEX", "numpy")
    venv = Copied(checkout, empty)
    shutil.rmtree(venv.folder)
    with pytest.raises(StartError, match=r"numpy cannot be imported .* although it was installed"):
        venv.ensure("app")
    assert not venv.stamp.exists()
    assert not venv.is_complete("app")
    monkeypatch.delenv("FAKE_UV_DAMAGED_INDEX")
    venv.repair()
    assert venv.is_complete("app")


# --- the lock


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_killed_start_leaves_no_lock_but_its_installer_is_waited_for(checkout, variables):
    (checkout / ".venv" / "radiomics-stamp.json").unlink()
    for part in (checkout / ".venv").rglob("numpy*"):
        shutil.rmtree(part)
    calls = Path(variables["FAKE_UV_CALLS"])
    before = len(calls.read_text().splitlines())
    first = starting(checkout, variables, FAKE_UV_SECONDS="3")
    wait_for(lambda: len(calls.read_text().splitlines()) > before)
    first.send_signal(signal.SIGKILL)
    first.wait()
    with SetupLock(checkout / ".venv-setup.lock").held():
        assert list((checkout / ".venv").rglob("numpy/part.py"))  # the installer, which went on, had ended
    first.stdout.close()
    assert (checkout / ".venv" / "radiomics-installing").exists()  # so that the next start begins anew


def test_waiting_is_said_again_with_the_holder_and_the_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lock, "REPEAT_SECONDS", 0)
    holder, polls = ExitStack(), []
    holder.enter_context(SetupLock(tmp_path / "lock").held())

    def sleep(seconds):
        polls.append(seconds)
        if len(polls) == 3:
            holder.close()

    monkeypatch.setattr(lock.time, "sleep", sleep)
    with SetupLock(tmp_path / "lock").held():
        assert len(polls) == 3
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert f"Another start is setting up .venv (process {os.getpid()} since " in said[0]


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    with (
        pytest.raises(StartError, match=r"cannot be written \(No such file or directory\)"),
        SetupLock(tmp_path / "gone" / "lock").held(),
    ):
        pass
