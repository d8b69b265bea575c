"""What is done in one place only: hashing, renaming and flushing, and reading the voxels of a case."""

from __future__ import annotations

import ast

from tests.contracts.sources import files, imported_modules, relative, tree

CODE = files("radiomics_core", "pages", "app.py")
FILES = "radiomics_core/files/"
FLUSH_AND_RENAME = {"os.replace", "os.rename", "os.renames", "os.fsync", "shutil.move"}
# What else is called rename or replace with one argument, and is no path.
NO_PATHS = {
    "radiomics_core/analysis/data.py": "names a column",
    "radiomics_core/plots/explanations.py": "names a column",
    "radiomics_core/study/library.py": "gives a study another name",
    "pages/data/panels/study_overview.py": "gives a study another name",
}
READING = {"read_volume", "read_mask", "read_channel", "select_label", "VolumeCache"}
# Who reads voxels without a case; everybody else asks images.regions.
NO_CASE = {
    "radiomics_core/images/pairing.py": "labels of found files, which become cases",
    "radiomics_core/images/pattern_guess.py": "labels of found files, before they are paired",
    "radiomics_core/images/intake.py": "dropped files, to write them anew",
    "radiomics_core/cli/engine_check.py": "two files named on the command line",
}


def renames_a_path(node) -> bool:
    """Return whether a call is ``path.rename(target)`` or ``path.replace(target)``, or one of the system's own."""
    if not isinstance(node, ast.Call):
        return False
    if ast.unparse(node.func) in FLUSH_AND_RENAME:
        return True
    named = isinstance(node.func, ast.Attribute) and node.func.attr in ("rename", "replace")
    return named and len(node.args) == 1 and not node.keywords


def test_only_files_rename_and_flush():
    found = {relative(file) for file in CODE if any(map(renames_a_path, ast.walk(tree(file))))}
    assert {name for name in found - set(NO_PATHS) if not name.startswith(FILES)} == set()
    assert set(NO_PATHS) - found == set()


def test_only_files_make_digests_of_content():
    users = {relative(file) for file in CODE if "hashlib" in {name.split(".")[0] for name in imported_modules(file)}}
    assert users == {FILES + "digests.py"}


def test_the_rule_itself_finds_a_rename():
    assert renames_a_path(ast.parse("temporary.replace(path)").body[0].value)
    assert renames_a_path(ast.parse("os.replace(a, b)").body[0].value)
    assert not renames_a_path(ast.parse("text.replace('a', 'b')").body[0].value)
    assert not renames_a_path(ast.parse("frame.rename(columns=names)").body[0].value)


def test_only_regions_lead_from_a_case_to_voxels():
    users = {
        relative(file)
        for file in CODE
        if {name.split(".")[-1] for name in imported_modules(file) if name.startswith("radiomics_core.imaging")}
        & READING
    }
    outside = {name for name in users if not name.startswith("radiomics_core/imaging/")}
    assert outside - set(NO_CASE) == {"radiomics_core/images/regions.py"}
    assert set(NO_CASE) - outside == set()
