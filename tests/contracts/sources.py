"""The project's Python files as syntax trees, for the tests that read code."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tree(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def files(*places: str) -> list[Path]:
    """Return the Python files in folders or with these names, relative to the root of the project."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file for file in found if file.exists() and "__pycache__" not in file.parts]


def relative(file: Path) -> str:
    """Return the path as it is written in messages."""
    return file.relative_to(ROOT).as_posix()


def imported_modules(file: Path) -> set[str]:
    """Return the full names of everything a file imports, also inside functions and for types only."""
    package = list(file.relative_to(ROOT).with_suffix("").parts)
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: -node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names
