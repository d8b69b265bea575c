"""Every file of the package that writes asks first whether the open study is still at its place."""

from __future__ import annotations

import ast

from tests.contracts.sources import files, imported_modules, relative, tree

WRITES = {"mkdir", "WriteImage", "write_text", "write_bytes", "touch", "rmtree", "move", "copytree", "copyfile"}
GIVEN = "fills a folder that storage.folder_in_one_step gave it; that asks before and after"
OUTSIDE = "writes outside of studies"
STEPS = "writes inside files.atomic.file_in_one_step, which asks before and after"
UNCHECKED = {
    "radiomics_core/imaging/writing.py": STEPS,
    "radiomics_core/imaging/volume_cache.py": STEPS + "; what it removes is its own cache",
    "radiomics_core/explain/explanation.py": GIVEN,
    "radiomics_core/explain/shap_values.py": GIVEN,
    "radiomics_core/analysis/nested.py": GIVEN,
    "radiomics_core/analysis/evaluation.py": GIVEN,
    "radiomics_core/extraction/engines/fast/warm_up.py": OUTSIDE,
    "radiomics_core/cli/charts.py": "its writing is storage.write_bytes",
    "radiomics_core/cli/analysis_arguments.py": "its writing is files.atomic.write_bytes",
    "radiomics_core/study/jobs/kinds/extraction.py": "its writing is storage.write_bytes",
    "radiomics_core/study/copies.py": GIVEN,
    "radiomics_core/study/storage/making.py": "makes a study that nobody holds open yet",
    "radiomics_core/study/actions/neutral_names.py": "its writing is storage.write_bytes, outside of the study",
    "radiomics_core/files/private.py": "makes the folder of a study that nobody holds open yet",
    "radiomics_core/study/library.py": "moves and copies studies that nobody holds open",
}


def writes(file) -> bool:
    """Return whether a file makes, fills or removes files by itself."""
    calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    names = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
    modes = {
        value
        for call in calls
        if getattr(call.func, "attr", "") == "open"
        for arg in [*call.args, *(word.value for word in call.keywords)]
        if isinstance(value := getattr(arg, "value", None), str) and value[:1] in "wax" and len(value) <= 2
    }
    return bool(names & WRITES or modes)


def test_every_file_that_writes_asks_for_the_place_first():
    writing = {relative(file): file for file in files("radiomics_core") if writes(file)}
    unchecked = [
        name
        for name, file in writing.items()
        if "radiomics_core.files.anchors.check_place" not in imported_modules(file)
    ]
    assert sorted(set(unchecked) - set(UNCHECKED)) == []
    assert set(UNCHECKED) - set(writing) == set()
