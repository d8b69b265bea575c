"""Rules of the style page that a reader should not have to check."""

from __future__ import annotations

import ast

from tests.contracts.sources import ROOT, files, relative, tree

CORE_AND_PAGES = files("radiomics_core", "pages", "app.py")
PRODUCT = [*CORE_AND_PAGES, *files("start.py", "bootstrap")]
FITS = {"fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit"}
# Models and selectors wrap a library's fit; validation decides on which rows it is called. Anything else that fits
# does so without an endpoint and for looking only.
MAY_FIT = {
    "radiomics_core/analysis": "fits recipes on training rows",
    "radiomics_core/models": "wraps the library's models",
    "radiomics_core/sklearn": "estimators of a user's own pipeline",
    "radiomics_core/selection": "wraps the library's selectors",
    "radiomics_core/survival": "wraps the library's models",
    "radiomics_core/features/exploration": "maps of development cases, labelled exploratory",
}
MAY_PRINT = ("radiomics_core/cli.py", "radiomics_core/__main__.py", "start.py", "bootstrap/")
STATE = "pages/common/state.py"


def places(chosen, is_wrong):
    """Return file:line of every syntax node that breaks a rule."""
    return [
        f"{relative(file)}:{getattr(node, 'lineno', 1)}"
        for file in chosen
        for node in ast.walk(tree(file))
        if is_wrong(node)
    ]


def is_call_of_method(node, names):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def is_call_of_name(node, names):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def test_fit_is_called_only_where_training_rows_are_known():
    chosen = [file for file in CORE_AND_PAGES if not relative(file).startswith(tuple(f"{place}/" for place in MAY_FIT))]
    assert places(chosen, lambda node: is_call_of_method(node, FITS)) == []


def test_nothing_is_printed():
    chosen = [file for file in PRODUCT if not relative(file).startswith(MAY_PRINT)]
    assert places(chosen, lambda node: is_call_of_name(node, {"print", "breakpoint"})) == []


def test_every_file_says_why_it_exists():
    first_words = {
        relative(file): (ast.get_docstring(tree(file)) or "").split("\n\n")[0].strip()
        for file in [*PRODUCT, *files("benchmarks")]
    }
    assert [name for name, words in first_words.items() if words[-1:] not in (".", ":", "?") or not words] == []


def test_no_error_is_swallowed():
    def is_wrong(node):
        if not isinstance(node, ast.ExceptHandler):
            return False
        return node.type is None or all(isinstance(line, ast.Pass) for line in node.body)

    assert places(PRODUCT, is_wrong) == []


def test_no_import_of_everything():
    assert places(PRODUCT, lambda node: isinstance(node, ast.ImportFrom) and node.names[0].name == "*") == []


def n_lines(file):
    return len(file.read_text(encoding="utf-8").splitlines())


def test_files_stay_within_400_lines():
    assert [relative(file) for file in PRODUCT if n_lines(file) > 400] == []


def test_functions_stay_within_60_lines():
    def is_wrong(node):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        body = node.body[1:] if ast.get_docstring(node) else node.body
        return bool(body) and body[-1].end_lineno - body[0].lineno >= 60

    assert places(PRODUCT, is_wrong) == []


def test_no_page_file_lies_directly_under_pages():
    # It would bring the old page discovery back, which hides the frame.
    assert [file.name for file in (ROOT / "pages").glob("*.py") if file.name != "__init__.py"] == []


def test_the_app_pages_and_panels_stay_short():
    limits = {file: 150 if "panels" in file.parts else 80 for file in files("pages") if "common" not in file.parts}
    limits[ROOT / "app.py"] = 60
    assert [f"{relative(file)}: {n_lines(file)}" for file, limit in limits.items() if n_lines(file) > limit] == []


def test_uploads_are_read_in_one_place():
    # the dashboard keeps them on disk, where getvalue() is empty
    users = [relative(file) for file in files("pages") if "getvalue(" in file.read_text(encoding="utf-8")]
    assert users == ["pages/common/uploads.py"]


def test_session_state_is_touched_in_one_place():
    chosen = [file for file in files("pages", "app.py") if relative(file) != STATE]
    assert places(chosen, lambda node: getattr(node, "attr", "") == "session_state") == []
