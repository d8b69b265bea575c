"""What the requirements ask for is imported by the program."""

from __future__ import annotations

import re

from tests.contracts.sources import ROOT, files, imported_modules

IMPORTED_AS = {
    "scikit-learn": "sklearn",
    "vl-convert-python": "vl_convert",
    "PyWavelets": "pywt",
    "PyYAML": "yaml",
    "charset-normalizer": "charset_normalizer",
    "python-dateutil": "dateutil",
    "Pillow": "PIL",
}
BEHIND_OTHERS = {"pyarrow": "pandas writes Parquet with it, Streamlit draws tables with it"}


def test_every_library_that_is_asked_for_is_imported():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    asked = {re.split(r"[<>=;\s]", line, maxsplit=1)[0] for line in lines if line and not line.startswith("#")}
    imported = {
        name.split(".")[0]
        for file in files("radiomics_core", "pages", "app.py", "bootstrap", "start.py")
        for name in imported_modules(file)
    }
    assert {name for name in asked - set(BEHIND_OTHERS) if IMPORTED_AS.get(name, name) not in imported} == set()
    assert set(BEHIND_OTHERS) <= asked
