"""What is done in one place only: hashing, renaming and flushing."""

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
