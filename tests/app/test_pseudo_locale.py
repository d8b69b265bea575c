"""Every word on screen can be translated: in the pseudo-locale a translated text stands in ⟦ ⟧, and nothing else may.

Values of the data (case ids, column names, cells, file names) are no words of ours and stay as they are.
"""

from __future__ import annotations

import re

import pytest

from radiomics_core.i18n import PSEUDO_LOCALE
from radiomics_core.study import Study
from tests.app.conftest import PAGES, ROOT

SHOWN_FIELDS = {"label", "help", "body", "placeholder", "text", "caption", "options", "captions", "tooltip", "alt"}
TECHNICAL = r":material/\w+:|:(?:red|green|blue|orange|gray|grey|violet|primary)(?:-background|-badge)?|&\w+;|&#\d+;"
FILE_WORDS = {"csv", "tsv", "txt", "xlsx", "svg", "png", "yaml", "json", "nii", "utf", "gz", "url", "https"}
# Names of pyradiomics that are written as its parameter files write them.
PYRADIOMICS_NAMES = {
    "log", "wavelet", "square", "squareroot", "logarithm", "exponential", "gradient", "lbp", "original", "shape",
    "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm", "pyradiomics",
}  # fmt: skip
SECTIONS = {
    "cohort_section": ["images", "features", "clinical", "columns", "endpoints", "split", "quality", "flow"],
    "images_section": ["sheet", "single", "map"],
}
VARIANTS = [
    *[pytest.param(name, {}, id=name) for name in PAGES],
    *[pytest.param("cohort", {"cohort_section": s}, id=f"cohort-{s}") for s in SECTIONS["cohort_section"][1:]],
    *[pytest.param("images", {"images_section": s}, id=f"images-{s}") for s in SECTIONS["images_section"][1:]],
]


def outside_brackets(text: str) -> str:
    """Return what stands outside of every ⟦ ⟧ (they may be nested)."""
    depth, left = 0, []
    for sign in text:
        depth += (sign == "⟦") - (sign == "⟧")
        if depth == 0 and sign not in "⟦⟧":
            left.append(sign)
    return "".join(left)


def strings_of(proto) -> list[str]:
    """Return every shown string of a message, also of the messages inside it."""
    found = []
    for field, value in proto.ListFields():
        parts = list(value) if field.is_repeated else [value]
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            found += [text for part in parts for text in strings_of(part)]
        elif field.name in SHOWN_FIELDS:
            found += [part for part in parts if isinstance(part, str)]
    return found


def nodes(node):
    """Yield a node of the element tree and everything below it."""
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def bare_words(app, data_words: set[str]) -> list[str]:
    """Return the texts with a word that is neither translated nor data."""
    wrong = []
    for root in (app.main, app.sidebar):
        for node in nodes(root):
            proto = getattr(node, "proto", None)
            if proto is None or node.type in ("arrow_data_frame", "arrow_vega_lite_chart", "code"):
                continue
            for text in strings_of(proto):
                plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.S)
                left = re.sub(TECHNICAL, " ", outside_brackets(plain))
                words = {w.casefold() for w in re.findall(r"[^\W\d_]{3,}", left)}
                if words - data_words:
                    wrong.append(f"{node.type}: {text[:160]}")
    return list(dict.fromkeys(wrong))


def words_of(*texts: object) -> set[str]:
    return {word.casefold() for text in texts for word in re.findall(r"[^\W\d_]{3,}", str(text))}


def parameter_file_words() -> set[str]:
    """Keys, values and units of pyradiomics' parameter files: they are shown as they are written there."""
    text = (ROOT / "radiomics_core" / "extraction" / "fields.py").read_text(encoding="utf-8")
    return words_of(*re.findall(r"(?<!lazy_\()\"([^\"]*)\"", re.sub(r"lazy_\(\s*\".*?\"\s*\)", "", text, flags=re.S)))


@pytest.fixture
def data_words(demo_study) -> set[str]:
    """Words that come from the data: ids, columns, cells, features, names, paths."""
    with Study.open(demo_study, read_only=True) as study:
        cohort, table = study.cohort, study.feature_table()
        words = words_of(study.name, study.folder, *cohort.image_names(), *cohort.rois(), *study.endpoints)
        words |= words_of(*[case.case_id for case in cohort.cases], *[s.name for s in study.column_specs])
        clinical = study.clinical()
        words |= words_of(*[value for column in clinical for value in clinical[column].dropna().unique()])
        words |= words_of(*table.values.columns, table.engine, *table.columns.to_numpy().ravel())
    return words | FILE_WORDS | PYRADIOMICS_NAMES | parameter_file_words()


@pytest.mark.parametrize(("name", "choices"), VARIANTS)
def test_no_word_of_the_demo_pages_escapes_translation(open_page, data_words, name, choices):
    app = open_page(name, language=PSEUDO_LOCALE, **choices)
    assert bare_words(app, data_words) == []


@pytest.mark.parametrize("name", list(PAGES))
def test_no_word_of_the_empty_pages_escapes_translation(open_page, home, name):
    app = open_page(name, language=PSEUDO_LOCALE)
    assert bare_words(app, words_of(home)) == []


def test_the_walk_finds_a_bare_word():
    from streamlit.testing.v1 import AppTest

    def script():
        import streamlit as st

        st.button("Bare button", help="⟦Help⟧")
        st.markdown("**⟦Fine {n ⟦inner⟧}⟧** 12")
        st.selectbox("⟦Menu⟧", ["left", "right"])

    app = AppTest.from_function(script).run()
    found = bare_words(app, {"left"})
    assert [line.split(":")[0] for line in found] == ["button", "selectbox"]
