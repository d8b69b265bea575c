"""Own modules are imported inside functions for one reason only: a slow library stands behind them."""

from __future__ import annotations

import ast
from functools import cache

from tests.contracts.sources import ROOT, files, relative, tree

SLOW_LIBRARIES = {"altair", "lifelines", "matplotlib", "numba", "radiomics", "scipy", "shap", "sklearn"}
# Places that have another reason.
OTHER_REASONS = {
    ("radiomics_core/extraction/__init__.py", "radiomics_core.extraction.engines.pyradiomics_engine"):
        "a row of ENGINES builds its engine when asked; engines know the package",
    ("radiomics_core/extraction/engines/fast/levels.py", "radiomics_core.extraction.bin_counts"):
        "grey levels and the count of bins know each other",
    ("radiomics_core/extraction/engines/fast/warm_up.py", "radiomics_core.extraction.feature_maps"):
        "warming up calls what itself asks for the engine",
}  # fmt: skip
MOST = 44
"""Places that are left; only a smaller number may be written here."""
# Circles that still hide behind such imports: a registry of engines builds what imports the registry's package.
KNOWN_CIRCLE = "radiomics_core.extraction"

MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in files("radiomics_core", "pages", "app.py")
}


def named(node: ast.AST) -> set[str]:
    """Return the modules that an import statement loads, own ones by their full name."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {full if (full := f"{node.module}.{a.name}") in MODULES else node.module for a in node.names}
    return set()


def inside_functions(file) -> list[tuple[str, str]]:
    """Return (file, own module) of each import statement inside a function."""
    places = {
        (node.lineno, target)
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        for target in named(node)
        if target in MODULES
    }
    return [(relative(file), target) for _line, target in sorted(places)]


def checked_only(file) -> set[int]:
    """Return the nodes that only the type checker sees."""
    return {
        id(child)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }


@cache
def loaded_at_once(module: str) -> frozenset[str]:
    """Return what the statements outside of functions load, with the packages above each module."""
    file = MODULES[module]
    unseen = checked_only(file)
    outside = [node for node in tree(file).body if id(node) not in unseen]
    found = {name for node in outside for name in named(node)}
    parents = {name.rpartition(".")[0] for name in {*found, module}}
    return frozenset(found | (parents & set(MODULES)))


def slow_libraries_behind(module: str) -> set[str]:
    """Return the slow libraries that importing a module loads."""
    seen, waiting = set(), [module]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += loaded_at_once(one) if one in MODULES else []
    return {name.split(".")[0] for name in seen} & SLOW_LIBRARIES


DEFERRED = [place for file in files("radiomics_core", "pages", "app.py") for place in inside_functions(file)]


def test_imports_inside_functions_have_a_slow_library_behind_them():
    for_nothing = {place for place in DEFERRED if not slow_libraries_behind(place[1])}
    assert for_nothing - set(OTHER_REASONS) == set()
    assert set(OTHER_REASONS) - set(DEFERRED) == set()


def test_their_number_only_falls():
    assert len(DEFERRED) <= MOST


def everything_imported(module: str) -> set[str]:
    """Return the own modules that a module names anywhere but for the type checker."""
    unseen = checked_only(MODULES[module])
    return {
        name
        for node in ast.walk(tree(MODULES[module]))
        if id(node) not in unseen
        for name in named(node)
        if name in MODULES and name != module
    }


def circles() -> list[str]:
    """Return the modules that cannot be put in an order: each imports the next in a circle."""
    left = {module: everything_imported(module) for module in MODULES}
    before = -1
    while before != len(left):  # take away whoever imports nobody that is left, and whom nobody left imports
        before = len(left)
        imported = {name for names in left.values() for name in names}
        left = {m: {n for n in names if n in left} for m, names in left.items() if names & set(left) and m in imported}
    return sorted(left)


def test_no_circle_hides_behind_them():
    assert [module for module in circles() if not module.startswith(KNOWN_CIRCLE)] == []
