"""Names of the user become Markdown that shows them as they are; our own markup stays markup."""

from __future__ import annotations

import pandas as pd
import pytest

from pages.common.words import WORD_JOINER, Markdown, _, cells, joined, markup, md, plural
from radiomics_core.i18n import PSEUDO_LOCALE, language, lazy_

SHOWN_AS_IT_IS = {
    "![x](http://evil/x.png)": rf"!&#91;x&#93;(http{WORD_JOINER}\://evil/x.png)",
    '<img src="x">': r'\<img src="x"\>',
    "__init__": r"\_\_init\_\_",
    "**bold**": r"\*\*bold\*\*",
    ":red[x]": r"\:red&#91;x&#93;",
    ":material/home:": rf"\:{WORD_JOINER}material/home\:",
    "$x^2$": r"\$x^2\$",
    "1. first": r"1\. first",
    "- item": r"\- item",
    "# head": r"\# head",
    "&lt;": r"\&lt;",
    "two\n\nlines": "two lines",
    "C:\\data": r"C\:\\data",
}
NEEDS_NOTHING = [
    "CT",
    "os_days",
    "DEMO-003",
    "CT__GTV__original_glcm_Idmn",
    "log-sigma-1-0-mm-3D",
    "-0.3",
    "10:30",
    "肺",
    "",
]


@pytest.mark.parametrize("name", SHOWN_AS_IT_IS)
def test_signs_of_markdown_in_a_name_are_escaped(name):
    assert md(name) == SHOWN_AS_IT_IS[name]


@pytest.mark.parametrize("name", NEEDS_NOTHING)
def test_an_ordinary_name_is_not_changed(name):
    assert md(name) == name


def test_escaping_happens_once():
    assert md(md("*a*")) == md("*a*")
    assert _("{what}!", what=_("**{name}**", name="*a*")) == r"**\*a\***!"
    assert joined(", ", [Markdown("**a**"), "*b*"]) == r"**a**, \*b\*"


def test_numbers_keep_their_format_and_texts_of_ours_their_markup():
    assert _("{share:.0%} of {n:,}: {word}", share=0.5, n=1000, word=lazy_("**all**")) == "50% of 1,000: **all**"
    assert plural(2, "{n} of {case}", "{n} of {case}", case="[a]") == "2 of &#91;a&#93;"


def test_texts_are_translated():
    with language(PSEUDO_LOCALE):
        assert _("Case {case}", case="<b>") == r"⟦Case \<b\>⟧"


def test_cells_headings_and_index_of_a_table_are_escaped():
    table = cells(pd.DataFrame({"*c*": ["<b>", 1]}, index=["[r]", "s"]))
    assert table.to_dict("split") == {"index": ["&#91;r&#93;", "s"], "columns": [r"\*c\*"], "data": [[r"\<b\>"], ["1"]]}


def test_html_keeps_our_tags_and_escapes_names():
    inner = markup("<b>{name}</b>", name="<img src=x>")
    assert markup("<p>{inner} {raw}</p>", inner=inner, raw='"&') == "<p><b>&lt;img src=x&gt;</b> &quot;&amp;</p>"
