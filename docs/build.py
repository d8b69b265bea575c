"""Writes the pages that are made from the code: ``methods.md`` from the registries, ``cli.md`` from the command line.

    python docs/build.py            # write both
    python docs/build.py --check    # exit code 1 when one is not what the code says

tests/contracts/test_docs.py runs the check.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from radiomics_core.cli.arguments import make_parser
from radiomics_core.extraction import catalogue
from radiomics_core.findings import KINDS, RETIRED
from radiomics_core.registry import Choice, Registry
from radiomics_core.study.all_kinds import MODULES

DOCS = Path(__file__).resolve().parent
MADE_BY = "<!-- Made by `python docs/build.py` from the code. Do not edit. -->\n"


@dataclasses.dataclass(frozen=True)
class Section:
    """One registry on the methods page: where it stands, its heading and what it is for."""

    place: str
    title: str
    about: str


SECTIONS = (
    Section(
        "features.screens.SCREENS",
        "Outcome-free filters",
        "Remove features before selection. They never see the endpoint, and are refitted in every training fold.",
    ),
    Section(
        "selection.SELECTORS",
        "Feature selection",
        "Chooses features with the endpoint, in training cases only. `sizes`: numbers of features among which the "
        "inner loop picks.",
    ),
    Section(
        "models.CLASSIFIERS",
        "Classifiers",
        "Models of a binary endpoint. Among several values of a setting the inner loop picks.",
    ),
    Section("models.SURVIVAL_MODELS", "Survival models", "Models of a time to an event."),
    Section(
        "analysis.tasks.TASKS",
        "Tasks",
        "Kinds of endpoint that can be analysed, and what the analysis is called.",
    ),
    Section("evaluation.METRICS", "Measures of discrimination", "0.5 is chance, 1 is perfect order."),
    Section(
        "checks.CHECKS",
        "Checks of an analysis",
        "Each answers *clear*, *found* (a finding below) or *not applicable* with the reason. "
        "In Python: `radiomics_core.checks.run_checks`.",
    ),
    Section("extraction.ENGINES", "Extraction engines", "Compute features from image, mask and settings."),
    Section("extraction.PRESETS", "Extraction presets", "Starting settings by modality; every value can be changed."),
    Section(
        "extraction.filters.FILTERS",
        "Image filters",
        "Images derived from the prepared one; every feature but shape is computed on each of them.",
    ),
    Section("clinical.readers.READERS", "Table formats", "Files that clinical and feature tables are read from."),
    Section("imaging.formats.READERS", "Image formats", "Files that images and masks are read from."),
    Section("imaging.render.WINDOWS", "Windows of the viewer", "For looking only; they change no number."),
)
FINDING_GROUPS = {
    "RX1": "Images and masks",
    "RX2": "Clinical tables, roles, endpoints",
    "RX3": "Extraction",
    "RX4": "Features and selection",
    "RX5": "Validation, modelling and checks of an analysis",
    "RX6": "Survival",
    "RX7": "Explanations",
    "RX8": "Study, files and jobs",
}


def methods_page() -> str:
    """Return the page of every method, preset, filter and finding."""
    parts = [
        "# Methods\n",
        MADE_BY,
        "Every method the app offers, with the name used in files and on the command line. How they are put together "
        "and judged: [statistics.md](statistics.md). How features are extracted: [engine.md](engine.md).\n",
    ]
    for section in SECTIONS:
        parts += [f"## {section.title}\n", f"{section.about}\n", registry_table(registry_at(section.place))]
        if section.place == "extraction.PRESETS":
            parts += [preset_tables(registry_at(section.place))]
    parts += ["## Feature families\n", family_table()]
    parts += ["## Findings\n", FINDINGS_ABOUT, finding_tables()]
    return "\n".join(parts).rstrip() + "\n"


FINDINGS_ABOUT = (
    "What the checks say. *stop*: it cannot be used as it is; *caution*: read this before you trust the result; "
    "*note*: good to know. Words in braces are filled in.\n"
)


def registry_at(place: str) -> Registry[Any]:
    """Return a registry by its place inside the core package, for example ``selection.SELECTORS``."""
    module, _dot, name = place.rpartition(".")
    found = getattr(import_module(f"radiomics_core.{module}"), name)
    if not isinstance(found, Registry):
        raise TypeError(f"{place} is no registry")
    return found


def registry_table(registry: Registry[Any]) -> str:
    """Return one row per method; columns that are empty for all are left out."""
    rows = [
        {
            "name": f"`{row.name}`",
            "on screen": str(row.label),
            "what it does": help_text(registry, row),
            "settings": settings_text(row),
            "for": ", ".join(sorted(tag for tag in row.tags if tag in ("binary", "time_to_event"))),
            "reference": row.reference,
        }
        for row in registry
    ]
    columns = [name for name in rows[0] if any(row[name] for row in rows)]
    return _table(columns, [[row[name] for name in columns] for row in rows])


def help_text(registry: Registry[Any], row: Choice[Any]) -> str:
    """Return what a method does; a check says it in the first line of its own description."""
    if registry.what != "check":
        return str(row.help)
    return str(registry.build(row.name).__doc__ or "").partition("\n")[0]


def settings_text(row: Choice[Any]) -> str:
    """Return the settings of a method with their defaults."""
    if row.settings is None:
        return ""
    made = row.settings()
    return ", ".join(f"{f.name} = {_plain(getattr(made, f.name))}" for f in dataclasses.fields(made))


def preset_tables(presets: Registry[Any]) -> str:
    """Return each preset's values with their reasons."""
    parts = []
    for row in presets:
        rows = [[f"`{r['key']}`", _plain(r["value"]), r["why"], r["source"]] for r in presets.build(row.name).rows()]
        parts += [f"### Preset {row.label}\n", _table(["setting", "value", "why", "source"], rows)]
    return "\n".join(parts)


def family_table() -> str:
    """Return one row per feature family with its features."""
    rows = [
        [f"`{name}`", str(words), ", ".join(catalogue.FEATURE_NAMES[name])]
        for name, words in catalogue.FEATURE_CLASSES.items()
    ]
    return _table(["name", "what it measures", "features"], rows)


def finding_tables() -> str:
    """Return every kind of finding by code."""
    for module in MODULES:
        import_module(f"radiomics_core.{module}")
    parts = []
    for start, title in FINDING_GROUPS.items():
        rows = [
            [f"**{kind.code}**", kind.severity, str(kind.title), _template(kind.meaning), _template(kind.remedy)]
            for code, kind in sorted(KINDS.items())
            if code.startswith(start) and code not in RETIRED
        ]
        if rows:
            parts += [f"### {title}\n", _table(["code", "severity", "title", "meaning", "what to do"], rows)]
    return "\n".join(parts)


def cli_page() -> str:
    """Return the page of every command with its options."""
    parser = make_parser()
    parts = [
        "# Command line\n",
        MADE_BY,
        f"{parser.description} The commands call the same functions as the pages, so the numbers are the same.\n",
        "    python start.py cli COMMAND ...        # in a checkout\n"
        "    radiomics-explorer COMMAND ...         # after pip install .\n"
        "    python -m radiomics_core COMMAND ...\n",
        f"{parser.epilog} Progress and findings go to stderr, the table of `verify-engine` to stdout.\n",
    ]
    commands = subcommands(parser)
    links = [[f"[`{name}`](#{name})", help_text] for name, (_made, help_text) in commands.items()]
    parts.append(_table(["command", "what it does"], links))
    for name, (made, help_text) in commands.items():
        parts += [f"## {name}\n", f"{help_text[:1].upper()}{help_text[1:]}.\n", f"    {usage(name, made)}\n"]
        parts.append(_table(["argument", "meaning"], [argument_row(a) for a in arguments_of(made)]))
    return "\n".join(parts).rstrip() + "\n"


def subcommands(parser: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """Return every command with its parser and its help."""
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    helps = {one.dest: str(one.help) for one in action._choices_actions}
    return {name: (made, helps[name]) for name, made in action.choices.items()}


def arguments_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments of a command, ``--help`` left out."""
    return [a for a in parser._actions if not isinstance(a, argparse._HelpAction)]


def argument_row(action: argparse.Action) -> list[str]:
    """Return how an argument is written, and what it means."""
    words = str(action.help or "")
    if action.choices:
        words += f" ({', '.join(map(str, action.choices))})"
    if action.required and action.option_strings:
        words += " **needed**"
    return [f"`{_written(action)}`", words.strip()]


def usage(name: str, parser: argparse.ArgumentParser) -> str:
    """Return the command in one line, what may be left out in brackets."""
    exclusive = {id(a): group for group in parser._mutually_exclusive_groups for a in group._group_actions}
    words, done = [], set()
    for action in arguments_of(parser):
        group = exclusive.get(id(action))
        if group is None:
            needed = action.required or not action.option_strings
            words.append(_written(action) if needed else f"[{_written(action)}]")
        elif id(group) not in done:
            done.add(id(group))
            either = " | ".join(_written(a) for a in group._group_actions)
            words.append(f"({either})" if group.required else f"[{either}]")
    return " ".join(["radiomics-explorer", name, *words])


def _written(action: argparse.Action) -> str:
    value = str(action.metavar or (action.dest.upper() if not action.choices else "NAME"))
    if not action.option_strings:
        return value
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {value}"


def _named(words: dict[str, Any]) -> list[list[str]]:
    return [[f"`{name}`", str(text)] for name, text in words.items()]


def _template(text: Any) -> str:
    return str(text).replace("{{", "{").replace("}}", "}")


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({', '.join(map(str, value))})" if len(value) != 1 else str(value[0])
    return "yes" if value is True else str(value)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {"methods.md": methods_page, "cli.md": cli_page}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or say which are not what the code makes."""
    parser = argparse.ArgumentParser(description="Make the pages of docs/ that come from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is out of date")
    check = parser.parse_args(arguments).check
    late = []
    for name, make in PAGES.items():
        file, text = DOCS / name, make()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            late.append(name)
            if not check:
                file.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write("".join(f"{name}: {'out of date' if check else 'written'}\n" for name in late))
    return int(check and bool(late))


if __name__ == "__main__":
    sys.exit(main())
