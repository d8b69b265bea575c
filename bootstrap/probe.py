"""Asked of the Python of an environment: where it would install, and whether what is installed there is whole.

``python -I probe.py '{"expected": ["requirements.txt"], "imported": ["requirements.in"]}'`` prints one JSON object.
``expected`` (pinned requirement files) is compared file by file with what each package says it brought; of
``imported`` every package is imported. Without a question only the places are told, which takes no time. Standard
library only, and pip's own copy of ``packaging`` to read the requirements.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import json
import os
import re
import sys
import sysconfig
from pathlib import Path
from typing import Any

PLACES = ("purelib", "platlib", "scripts", "data")
SUFFIXES = tuple(importlib.machinery.all_suffixes())


def main(question: dict[str, Any]) -> dict[str, Any]:
    """Answer what was asked."""
    answer = {
        "prefix": sys.prefix,
        "base": sys.base_prefix,
        "version": ".".join(map(str, sys.version_info[:2])),
        "places": [sysconfig.get_paths()[name] for name in PLACES],
        "others": [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")],
    }
    return answer | check(question["expected"], question["imported"]) if question else answer


def check(expected: list[str], imported: list[str]) -> dict[str, Any]:
    """Return what is wrong (package -> words) and the first files of each package, by paths in the environment."""
    found = installed()
    problems: dict[str, str] = {}
    heads: set[str] = set()
    versions = pinned(expected)
    for name, version in versions.items():
        problems.update(look(name, found.get(name), version))
        heads.update(first_files(found[name]) if name in found else ())
    for name in wanted(imported):
        if name in versions and name not in problems:
            problems.update(try_import(name, found[name]))
    return {"problems": problems, "heads": sorted(heads)}


def normal(name: str) -> str:
    """Return the name under which a package is compared with others."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, importlib.metadata.Distribution]:
    """Return what is installed in this environment alone."""
    folders = list(dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib")))
    return {normal(one.metadata["Name"] or ""): one for one in importlib.metadata.distributions(path=folders)}


def pinned(files: list[str]) -> dict[str, str]:
    """Return name -> version of the pinned requirements that count for this Python and system."""
    from pip._vendor.packaging.requirements import Requirement

    versions = {}
    for file in files:
        for line in Path(file).read_text(encoding="utf-8").splitlines():
            text = line.partition(" #")[0].strip()
            if text and not text.startswith(("#", "-")):
                one = Requirement(text)
                if one.marker is None or one.marker.evaluate():
                    versions[normal(one.name)] = next(iter(one.specifier)).version
    return versions


def wanted(files: list[str]) -> list[str]:
    """Return the names in requirement files that are written by hand."""
    lines = [line for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]
    found = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines)
    return list(dict.fromkeys(normal(one.group()) for one in found if one))


def look(name: str, package: importlib.metadata.Distribution | None, version: str) -> dict[str, str]:
    """Return what is wrong with a package: absent, of another version, or with files missing or cut short."""
    if package is None:
        return {name: "is not installed"}
    if package.version != version:
        return {name: f"has version {package.version} instead of {version}"}
    if not package.files:
        return {name: "does not know its own files"}
    broken = [str(file) for file in package.files if is_broken(file)]
    return {name: f"lacks {len(broken)} of its files ({broken[0]} ...)"} if broken else {}


def first_files(package: importlib.metadata.Distribution) -> set[str]:
    """Return the files and folders that a package brings at the top."""
    heads = {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}
    return {os.path.relpath(str(package.locate_file(head)), sys.prefix) for head in heads}


def is_broken(file: importlib.metadata.PackagePath) -> bool:
    """Tell whether a file is not there, or shorter or longer than it was when it was installed."""
    place = Path(file.locate())
    if file.suffix == ".pyc" or ".dist-info" in file.parts[0]:
        return False
    if not place.exists():
        return True
    return file.size is not None and file.parts[0] != ".." and place.stat().st_size != file.size


def try_import(name: str, package: importlib.metadata.Distribution) -> dict[str, str]:
    """Import the modules of a package and return what went wrong."""
    for module in modules(package):
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 whatever it is, the package cannot be used
            return {name: f"cannot be imported ({module}: {type(error).__name__}: {error})"}
    return {}


def modules(package: importlib.metadata.Distribution) -> list[str]:
    """Return the modules that a package brings at the top, without those that are its own business."""
    found = set()
    for file in package.files or ():
        if len(file.parts) == 2 and file.name == "__init__.py":
            found.add(file.parts[0])
        elif len(file.parts) == 1 and file.name.endswith(SUFFIXES):
            found.add(file.name.partition(".")[0])
    return sorted(one for one in found if one.isidentifier() and not one.startswith("_"))


if __name__ == "__main__":
    answer = main(json.loads(sys.argv[1]))
    print("\n" + json.dumps(answer))
