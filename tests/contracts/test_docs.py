"""The documentation says what the code does: pages made from it, words on screen, commands, links, the list of layers."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from functools import cache

import pytest

from docs import build
from radiomics_core.analysis.rows import ROW_COLUMNS
from radiomics_core.analysis.tasks import TASKS
from radiomics_core.evaluation.intervals import Interval
from tests.contracts.sources import ROOT, files, tree
from tests.contracts.test_layers import LAYERS, NEIGHBOURS
from tests.contracts.test_registries import core_modules, registries
from tests.contracts.test_tracked_files import INDEX_HOSTS, MACHINE_PATHS

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "data" / "README.md", *DOCS.rglob("*.md")])
# Tables of the program's inside, not of what a user chooses.
INTERNAL = {"job kind": "background jobs are started by buttons and commands"}
COMMAND = re.compile(
    r"(?:radiomics-explorer|python -m radiomics_core|python start\.py cli)\s+(?P<command>[a-z][\w-]*)(?P<rest>[^`\n]*)"
)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(name):
    return (DOCS / name).read_text(encoding="utf-8")


def by_page(find):
    """Return ``page: what`` for everything wrong that ``find(page, text)`` yields."""
    return [
        f"{page.relative_to(ROOT).as_posix()}: {wrong}"
        for page in PAGES
        for wrong in find(page, page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("name", sorted(build.PAGES))
def test_pages_made_from_the_code_are_up_to_date(name):
    assert text_of(name) == build.PAGES[name](), "run: python docs/build.py"


def test_every_registry_is_on_the_methods_page():
    documented = {id(build.registry_at(section.place)) for section in build.SECTIONS}
    found = registries()
    missing = [name for name, one in found.items() if id(one) not in documented and one.what not in INTERNAL]
    assert missing == []


def test_every_finding_any_module_declares_is_on_the_methods_page():
    for name in core_modules():
        importlib.import_module(name)
    written = set(re.findall(r"^\| \*\*(RX\d+)\*\*", text_of("methods.md"), re.MULTILINE))
    assert written == set(build.KINDS) - build.RETIRED


def test_what_a_finding_says_ends_as_a_sentence_so_that_the_remedy_can_follow():
    texts = {k.code: (k.meaning.template, k.remedy.template) for k in build.KINDS.values()}
    assert {c: t for c, t in texts.items() if not all(part.endswith((".", "?", "}")) for part in t)} == {}


def block(page, name):
    match = re.search(rf"^```{name}\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    return match.group(1).splitlines()


def test_the_layers_on_the_architecture_page_are_those_of_the_test():
    written = [tuple(line.split(" | ")) for line in block("architecture.md", "layers")]
    assert written == list(LAYERS)


def test_the_neighbours_on_the_architecture_page_are_those_of_the_test():
    assert {tuple(line.split(" -> ")) for line in block("architecture.md", "neighbours")} == set(NEIGHBOURS)


def codes_in(page):
    return {code for part in re.findall(r"`([^`\n]+)`", text_of(page)) for code in part.split(", ")}


def test_every_kind_of_interval_is_explained():
    assert set(re.findall(r"``(\w+)``", Interval.__doc__)) <= codes_in("statistics.md")


def test_every_column_of_the_result_tables_is_explained():
    named = [
        (dict(zip(("value", "low", "high"), task.columns, strict=True)), task)
        for task in map(TASKS.build, TASKS.names())
    ]
    columns = {names.get(name, name) for names, task in named for name in (*ROW_COLUMNS, *task.extra_columns)}
    assert columns - codes_in("statistics.md") == set()


def commands(text):
    for match in COMMAND.finditer(text):
        try:
            words = shlex.split(match["rest"], comments=True)
        except ValueError:
            words = match["rest"].split()
        yield match["command"], [word.strip("[]()") for word in words]


def wrong_commands(page, text):
    known = build.subcommands(build.make_parser())
    for command, words in commands(text):
        if command not in known:
            yield f"no command '{command}'"
            continue
        options = known[command][0]._option_string_actions
        yield from (
            f"{command} has no {word}" for word in words if word.startswith("--") and word.split("=")[0] not in options
        )


def test_commands_in_the_documentation_and_their_options_exist():
    assert by_page(wrong_commands) == []


def test_the_rule_itself_finds_wrong_commands():
    assert list(wrong_commands(None, "radiomics-explorer fly STUDY")) == ["no command 'fly'"]
    assert list(wrong_commands(None, "`python start.py cli check STUDY --cvs FILE`")) == ["check has no --cvs"]
    assert list(wrong_commands(None, "    python -m radiomics_core check STUDY --csv quality.csv")) == []


def test_commands_of_the_user_guide_parse_as_they_stand(capsys):
    parser = build.make_parser()
    lines = [
        line.strip() for line in text_of("user-guide.md").splitlines() if line.startswith("    python start.py cli")
    ]
    assert len(lines) >= 8
    for line in lines:
        parser.parse_args(shlex.split(line.removeprefix("python start.py cli")))


def anchors(text):
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def wrong_links(page, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists():
            yield f"no file {target}"
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"no heading {target}"


def test_links_lead_somewhere():
    assert by_page(wrong_links) == []


def wrong_paths(page, text):
    top = "radiomics_core|pages|tests|docs|benchmarks|data|bootstrap"
    for path in re.findall(rf"`((?:{top})/[\w./-]+)`", text):
        if not (ROOT / path).exists() and not path.startswith("docs/benchmarks"):
            yield f"no {path}"


def test_files_named_in_the_documentation_exist():
    assert by_page(wrong_paths) == []


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, INDEX_HOSTS], ids=["machine paths", "package index"])
def test_no_page_names_one_machine_or_index(pattern):
    assert by_page(lambda _page, text: (match.group() for match in re.finditer(pattern, text))) == []


@cache
def words_on_screen():
    """Return every text of the pages and the core; those with fields as regular expressions."""
    texts = {
        node.value
        for file in files("app.py", "pages", "radiomics_core")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 120
    }
    plain = {text for text in texts if "{" not in text}
    # a text of fields alone would fit everything
    worded = [text for text in texts - plain if len(re.sub(r"\{.*?\}|\W", "", text)) >= 6]
    return plain, [re.compile(re.sub(r"\\\{.*?\\\}", ".+", re.escape(text))) for text in worded]


def test_words_in_bold_in_the_user_guide_stand_on_the_screen():
    plain, fields = words_on_screen()
    guide = text_of("user-guide.md")
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", guide, re.DOTALL)}
    on_screen = {words for words in bold if words[:1].isupper() and not words.endswith((".", ":"))}
    assert len(on_screen) > 30
    missing = [words for words in on_screen if words not in plain and not any(f.fullmatch(words) for f in fields)]
    assert sorted(missing) == []
