"""Ordered tables of methods: one row is the menu entry, the form, the settings key, the methods sentence and the test.

Adding a method is its file and its row. Needing a third place is a fault here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import LazyText, lazy_

Built = TypeVar("Built")


@dataclass(frozen=True, kw_only=True)
class Choice(Generic[Built]):
    """One row of a registry.

    Attributes
    ----------
    name : str
        Code of the method: stored in files, digests and result tables.
    label : LazyText
        What the menu says.
    build : callable
        Makes the method from its settings (a class or a factory).
    settings : type or None
        The frozen settings dataclass of the method, None when it has none.
    tags : set of str
        What the method can do or needs, for filtering menus and tests.
    reference : str
        Paper the method comes from.
    help : LazyText
        One or two plain sentences for the tooltip.
    libraries : tuple of str
        Distributions whose versions go into result digests.
    """

    name: str
    label: LazyText
    build: Callable[..., Built]
    settings: type[Any] | None = None
    tags: frozenset[str] | set[str] = field(default_factory=frozenset)
    reference: str = ""
    help: LazyText = field(default_factory=lambda: lazy_(""))
    libraries: tuple[str, ...] = ()


class Registry(Generic[Built]):
    """An ordered, read-only table of :class:`Choice` rows."""

    def __init__(self, what: str, *choices: Choice[Built]) -> None:
        self.what = what
        self._rows = {choice.name: choice for choice in choices}
        self._given: Mapping[str, Any] = {}
        if len(self._rows) != len(choices):
            raise ValueError(f"{what} registry holds a name twice")

    def __getitem__(self, name: str) -> Choice[Built]:
        if name not in self._rows:
            near = difflib.get_close_matches(name, self._rows, n=1)
            raise SettingsError(
                lazy_("unknown {what} '{name}'{hint}"),
                remedy=lazy_("Available: {available}"),
                what=self.what,
                name=name,
                hint=f", did you mean '{near[0]}'?" if near else "",
                available=", ".join(self._rows),
            )
        return self._rows[name]

    def __iter__(self) -> Iterator[Choice[Built]]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def names(self, tag: str | None = None) -> list[str]:
        """Return the names in menu order, all or those with a tag."""
        return [row.name for row in self if tag is None or tag in row.tags]

    def helps(self) -> dict[str, LazyText]:
        """Return what each row does, by name, in menu order."""
        return {row.name: row.help for row in self}

    def build(self, name: str, settings: Any = None) -> Built:
        """Make a method by name; with ``settings`` None, with those of this table or the defaults."""
        row = self[name]
        if row.settings is None:
            return row.build()
        if settings is None:
            settings = self._given.get(name)
        return row.build(settings if settings is not None else row.settings())

    def configured(self, given: Mapping[str, Any]) -> Registry[Built]:
        """Return the same table, in which these settings stand for the defaults of the methods named."""
        other = Registry(self.what, *self)
        other._given = {**self._given, **{name: own for name, own in given.items() if name in self}}
        return other
