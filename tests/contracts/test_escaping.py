"""A name that a user gave reaches Streamlit's Markdown and HTML only through ``pages.common.words``.

When a test here names your line: word it with ``_("... {name} ...", name=name)`` or ``md(name)`` of
``pages.common.words``, and annotate functions that return such texts with ``Markdown``. For menus, cells of tables,
charts and files use ``plain``.
"""

from __future__ import annotations

import ast

import pytest

from tests.contracts.escaping import known, known_to, named_tooltips, unescaped
from tests.contracts.sources import files, imported_modules, relative, tree

WORDS = "pages/common/words.py"
PAGES = [file for file in files("pages", "app.py") if relative(file) != WORDS]
EVERYWHERE = known({file.stem: tree(file) for file in PAGES})


def test_no_raw_name_is_read_as_markdown():
    raw = [
        f"{relative(file)}:{line}: {source}"
        for file in PAGES
        for line, source in unescaped(tree(file), known_to(tree(file), EVERYWHERE))
    ]
    assert raw == []


def test_pages_word_texts_with_the_function_that_escapes():
    bare = {f"radiomics_core.i18n.{name}" for name in ("_", "plural", "translate")}
    assert [relative(file) for file in PAGES if imported_modules(file) & bare] == []


def test_html_is_drawn_in_one_place():
    def is_wrong(node):
        if isinstance(node, ast.keyword):
            return node.arg == "unsafe_allow_html"
        return isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "st.html",
            "st.iframe",
            "st.components.v1.html",
        )

    assert [relative(f) for f in PAGES for node in ast.walk(tree(f)) if is_wrong(node)] == []


def test_html_is_made_of_literals_and_escaped_parts():
    def is_ours(part):
        joins = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "join"
        return isinstance(part, ast.Constant) or joins

    made = [
        (relative(f), node)
        for f in PAGES
        for node in ast.walk(tree(f))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Html", "markup")
    ]
    assert made
    assert [f"{file}:{node.lineno}" for file, node in made if not is_ours(node.args[0])] == []


def test_titles_of_tooltips_are_fixed_words():
    """A tooltip is HTML: values in it are escaped by the chart's library, its titles are ours."""
    assert [line for file in files("radiomics_core/plots") for line in named_tooltips(tree(file), relative(file))] == []


@pytest.mark.parametrize("title", ["name", "group or _('Group')", "frame.columns[0]", "f'{name}'", "label(name)"])
def test_the_check_finds_a_title_that_a_user_may_have_given(title):
    assert named_tooltips(ast.parse(f"def chart(name, group, frame):\n    alt.Tooltip('x:Q', title={title})"), "chart")


@pytest.mark.parametrize(
    "title", ["_('Case')", "'n'", "TITLES[metric]", "effect_title(effect)", "word", "_('A') if name else _('B')"]
)
def test_the_check_takes_fixed_words(title):
    chart = f"def chart(name, metric, effect):\n    word = _('Share')\n    alt.Tooltip('x:Q', title={title})"
    assert named_tooltips(ast.parse(chart), "chart") == []


SETTING = """
from pages.common.words import Markdown, _, joined, md
def label(case) -> Markdown: ...
def raw(case) -> str: ...
def card(text: Markdown): ...
"""
RAW = [
    'st.markdown(study.name)',
    'st.markdown(f"**{study.name}**")',
    'st.caption("in " + study.name)',
    'st.button(_("Open"), help=study.name)',
    'st.radio(_("Case"), ids, format_func=lambda name: str(name))',
    'left.metric(_("Case"), case.case_id)',
    'st.error(error.message())',
    'st.expander(", ".join(names))',
    'st.caption(raw(case))',
    'card(study.name)',
    'Markdown(study.name)',
    'st.progress(0.5, text=what)',
    'st.tabs([name for name in names])',
    'st.toast("%s" % name)',
    'def made(case) -> Markdown: return case.case_id',
]  # fmt: skip
WORDED = [
    'st.markdown(f"**{md(study.name)}** {count:,}")',
    'st.caption(_("in {name}", name=study.name) + ".")',
    'card(label(case))',
    'st.expander(joined(", ", names), expanded=is_open)',
    'left.metric(_("Cases"), len(cases))',
    'st.radio(_("Case"), ids, format_func=lambda name: md(name))',
]  # fmt: skip


@pytest.mark.parametrize("line", RAW)
def test_the_check_finds_a_raw_name(line):
    module = ast.parse(SETTING + line)
    assert unescaped(module, known_to(module, known({})))


@pytest.mark.parametrize("line", WORDED)
def test_the_check_takes_escaped_names(line):
    module = ast.parse(SETTING + line)
    assert unescaped(module, known_to(module, known({}))) == []
