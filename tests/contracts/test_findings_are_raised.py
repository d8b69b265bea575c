"""Every kind of finding that is declared is raised somewhere; one that is raised no more is retired, and keeps its words."""

from __future__ import annotations

import ast

from radiomics_core.findings import KINDS, RETIRED
from radiomics_core.study.all_kinds import load_kinds_of
from tests.contracts.sources import files, tree


def declared() -> dict[str, str]:
    """Return the name of each constant that holds a declared kind, with its code."""
    made = {}
    for file in files("radiomics_core"):
        for node in tree(file).body:
            call = node.value if isinstance(node, ast.Assign) else None
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "declare":
                made[f"{file.parent.name}.{node.targets[0].id}"] = call.args[0].value
    return made


def used() -> set[str]:
    """Return every name that is read as a value, or as an attribute of a module of kinds."""
    found = set()
    for file in files("radiomics_core"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
    return found


def test_every_declared_kind_of_finding_is_raised_somewhere():
    names, reads = declared(), used()
    assert len(names) > 100
    assert sorted(code for name, code in names.items() if name.split(".")[1] not in reads) == []


def test_retired_kinds_keep_their_words_and_are_not_declared_to_be_made():
    import importlib

    from radiomics_core.study.all_kinds import MODULES

    for module in MODULES:
        importlib.import_module(f"radiomics_core.{module}")
    assert RETIRED
    assert set(KINDS) >= RETIRED
    assert not RETIRED & set(declared().values())
    assert load_kinds_of([]) == []
