"""Who may know whom: exactly the list of the architecture page, and no other import."""

from __future__ import annotations

import subprocess
import sys

from tests.contracts.sources import ROOT, files, imported_modules, relative

# A line may import only lines above it; names on one line do not know each other.
LAYERS = (
    ("i18n",),
    ("errors",),
    ("findings", "registry", "processes"),
    ("files", "stats"),
    ("settings", "naming"),
    ("imaging",),
    ("cohort",),
    ("images", "clinical"),
    ("deidentification",),
    ("features",),
    ("extraction", "selection", "evaluation"),
    ("survival", "models"),
    ("analysis",),
    ("explain", "checks", "sklearn"),
    ("plots", "demo"),
    ("study",),
    ("report",),
    ("cli", "__main__"),
    ("pages.common",),
    ("pages",),
    ("app",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# Single files that may know a neighbour all the same, with the reason.
NEIGHBOURS = {
    ("radiomics_core.__main__", "cli"): "python -m radiomics_core starts the command line",
    ("radiomics_core.processes", "files"): "files.digests knows nothing, and the label of a process is a short digest",
}
HEAVY = ("sklearn", "shap", "lifelines", "radiomics", "matplotlib", "numba")


def layer_of(module: str) -> str | None:
    """Return the layer a module belongs to, None for other people's modules and the package itself."""
    parts = module.split(".")
    if parts[0] == "radiomics_core":
        return parts[1] if len(parts) > 1 and parts[1] != "__version__" else None
    if parts[0] == "pages":
        return "pages.common" if parts[1:2] == ["common"] else "pages"
    return "app" if module == "app" else None


def module_of(file):
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def wrong_imports(module: str, imports: set[str]) -> list[str]:
    """Return the imports that point sideways or up."""
    own = layer_of(module)
    found = []
    for name in sorted(imports):
        other = layer_of(name)
        if own is None or other in (None, own) or (module, other) in NEIGHBOURS:
            continue
        if other not in LEVEL or LEVEL[other] >= LEVEL[own]:
            found.append(f"{module} ({own}) imports {name} ({other})")
    return found


def test_every_package_has_its_line():
    packages = {layer_of(module_of(file)) for file in files("radiomics_core", "pages", "app.py")} - {None, "__init__"}
    assert packages <= set(LEVEL)


def test_imports_point_down_the_layers():
    chosen = files("radiomics_core", "pages", "app.py")
    assert [wrong for file in chosen for wrong in wrong_imports(module_of(file), imported_modules(file))] == []


def test_the_rule_itself_finds_wrong_imports():
    assert wrong_imports("radiomics_core.cohort.model", {"radiomics_core.features.table"})
    assert wrong_imports("radiomics_core.plots.roc", {"radiomics_core.study.Study"})
    assert wrong_imports("pages.common.state", {"pages.data.study"})
    assert not wrong_imports("radiomics_core.plots.roc", {"radiomics_core.i18n._", "numpy"})
    assert not wrong_imports("pages.data.study", {"pages.common.state", "radiomics_core.study.Study"})


def test_core_never_imports_streamlit_or_pages():
    above = {"streamlit", "pages", "app", "bootstrap", "start", "tests"}
    roots = {
        relative(file): {name.split(".")[0] for name in imported_modules(file)} for file in files("radiomics_core")
    }
    assert {name: found & above for name, found in roots.items() if found & above} == {}


def test_opening_a_study_does_not_load_the_heavy_libraries():
    code = f"import sys, radiomics_core.study; print(*[n for n in {HEAVY} if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
