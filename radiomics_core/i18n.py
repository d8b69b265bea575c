"""Every word on screen passes through here, so that a second language is a file and not a rewrite.

The English text is the key. ``_`` translates when called; ``lazy_`` marks a text that is translated when it is
shown. The language is a context variable: one session never changes another's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Translate = Callable[[str], str]

PSEUDO_LOCALE = "qps"


def _identity(text: str) -> str:
    return text


def _pseudo(text: str) -> str:
    return f"⟦{text}⟧" if text else text


CATALOGUES: dict[str, Translate] = {"en": _identity, PSEUDO_LOCALE: _pseudo}

_language: ContextVar[str] = ContextVar("radiomics_language", default="en")


class LazyText:
    """A text that is translated when it is shown, not when the module is imported."""

    __slots__ = ("template",)

    def __init__(self, template: str) -> None:
        self.template = template

    def __str__(self) -> str:
        return translate(self.template)

    def __repr__(self) -> str:
        return f"LazyText({self.template!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyText) and other.template == self.template

    def __hash__(self) -> int:
        return hash(self.template)

    def format(self, **params: object) -> str:
        """Translate, then fill in the named parameters."""
        return translate(self.template, **params)


Text = str | LazyText


def lazy_(template: str) -> LazyText:
    """Mark a text for translation at the time it is shown."""
    return LazyText(template)


def translate(template: Text, **params: object) -> str:
    """Return the text in the session's language with ``{name}`` fields filled from ``params``."""
    source = template.template if isinstance(template, LazyText) else template
    text = CATALOGUES[_language.get()](source)
    return text.format(**params) if params else text


_ = translate


def plural(n: int, one: str, many: str, **params: object) -> str:
    """Return ``one`` for n = 1 and ``many`` otherwise; ``{n}`` is filled in."""
    return translate(one if n == 1 else many, n=n, **params)


def english(template: Text, **params: object) -> str:
    """Return the English text: what logs, files and ``str(error)`` hold."""
    source = template.template if isinstance(template, LazyText) else template
    return source.format(**params) if params else source


def set_language(code: str) -> None:
    """Set the language of this context; raises ``KeyError`` naming the known codes for an unknown one."""
    if code not in CATALOGUES:
        raise KeyError(f"unknown language {code!r}; known: {', '.join(CATALOGUES)}")
    _language.set(code)


@contextmanager
def language(code: str) -> Iterator[None]:
    """Use a language inside a ``with`` block."""
    before = _language.get()
    set_language(code)
    try:
        yield
    finally:
        _language.set(before)
