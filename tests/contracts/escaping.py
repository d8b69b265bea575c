"""Which expressions may go where Streamlit reads Markdown: literals, words of ``pages.common.words``, and both together.

A name from the study (an attribute, an item, a call of the core) is none of them: it has to pass ``md`` or be a
parameter of ``_``.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass

WORDS = "pages.common.words"
SAFE_CALLS = {"_", "md", "plural", "joined", "cells"}
NUMBERS = {"len", "int", "sum", "round", "float", "max", "min"}
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

Places = tuple[tuple[int, ...], tuple[str, ...]]

# What reads Markdown: the method's positional arguments, then its keywords. ``help`` is read everywhere.
LABELLED = """markdown caption title header subheader info warning error success toast badge button download_button
form_submit_button link_button menu_button checkbox toggle selectbox multiselect slider number_input text_input text_area
date_input file_uploader expander popover dialog spinner status write"""
SINKS: dict[str, Places] = {
    **dict.fromkeys(LABELLED.split(), ((0,), ("body", "label", "text"))),
    **dict.fromkeys(("radio", "pills", "segmented_control"), ((0,), ("label", "format_func", "captions"))),
    "select_slider": ((0,), ("label", "format_func")),
    "page_link": ((), ("label",)),
    "metric": ((0, 1, 2), ("label", "value", "delta")),
    "progress": ((1,), ("text",)),
    "image": ((), ("caption",)),
    "table": ((0,), ()),
    "tabs": ((0,), ("tabs",)),
}
NOT_STREAMLIT = {"downloads", "quality", "table_card", "cards", "frame", "warm_up", "job", "case", "finding", "first"}
"""Names of our own modules and things with a method of such a name (``downloads.table``, ``frame.title``)."""


@dataclass(frozen=True)
class Known:
    """What one module may call: functions that return ``Markdown``, and functions that take it and where."""

    returning: frozenset[str]
    taking: dict[str, Places]
    members: frozenset[str]


def known(modules: dict[str, ast.Module]) -> Known:
    """Return what every module may call: public functions of all modules, as ``name`` where it is one, ``module.name``."""
    public = [(place, one) for place, module in modules.items() for one in _functions(module) if one.name[0] != "_"]
    times = Counter(one.name for _place, one in public)
    named = {f"{place}.{one.name}": one for place, one in public}
    named |= {one.name: one for _place, one in public if times[one.name] == 1}
    members = frozenset(name for module in modules.values() for name in _members(module))
    return Known(*_sides(named), members)


def known_to(module: ast.Module, everywhere: Known) -> Known:
    """Return what one module may call: its own functions stand before those of others."""
    returning, taking = _sides({one.name: one for one in _functions(module)})
    own = {one.name for one in _functions(module)}
    return Known(
        (everywhere.returning - own) | returning,
        {**everywhere.taking, **taking},
        everywhere.members | frozenset(_members(module)),
    )


def _sides(named: dict[str, ast.FunctionDef]) -> tuple[frozenset[str], dict[str, Places]]:
    returning = frozenset(name for name, one in named.items() if _returns_markdown(one))
    return returning, {name: _takes(one) for name, one in named.items()}


def _members(module: ast.Module) -> list[str]:
    """Return the fields and methods of a module's classes that are ``Markdown``."""
    inside = [node for one in ast.walk(module) if isinstance(one, ast.ClassDef) for node in one.body]
    fields = [node for node in inside if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "Markdown"]
    methods = [node.name for node in inside if isinstance(node, ast.FunctionDef) and _returns_markdown(node)]
    return [*(ast.unparse(one.target) for one in fields), *methods]


def _functions(module: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]


def _returns_markdown(function: ast.FunctionDef) -> bool:
    return function.returns is not None and ast.unparse(function.returns) == "Markdown"


def _takes(function: ast.FunctionDef) -> Places:
    args = function.args
    positional = [one for one in [*args.posonlyargs, *args.args] if one.arg != "self"]
    positions = tuple(i for i, one in enumerate(positional) if _is_markdown(one))
    return positions, tuple(one.arg for one in [*positional, *args.kwonlyargs] if _is_markdown(one))


def _is_markdown(parameter: ast.arg) -> bool:
    return parameter.annotation is not None and ast.unparse(parameter.annotation) == "Markdown"


def unescaped(module: ast.Module, known: Known) -> list[tuple[int, str]]:
    """Return line and source of every argument read as Markdown, and of every ``Markdown`` returned, that may be raw."""
    found: list[tuple[int, str]] = []
    _Walk(known, found).visit(module)
    return found


class _Walk(ast.NodeVisitor):
    """Visit the calls of a module, knowing the functions around them."""

    def __init__(self, known: Known, found: list[tuple[int, str]]) -> None:
        self.safe_calls, self.members = known.returning | SAFE_CALLS, known.members
        self.taking, self.found = known.taking, found
        self.around: list[ast.AST] = []

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Call):
            self._check(node)
        if isinstance(node, ast.Return) and self._is_in_markdown_function():
            self._note([node.value] if node.value else [])
        is_scope = isinstance(node, FUNCTIONS | ast.Module)
        if is_scope:
            self.around.append(node)
        self.generic_visit(node)
        if is_scope:
            self.around.pop()

    def _check(self, call: ast.Call) -> None:
        function = call.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        positions, keywords = self.taking.get(_called(function), ((), ()))
        if isinstance(function, ast.Name) and name == "Markdown":
            positions = (0,)
        if isinstance(function, ast.Attribute) and name in SINKS and not _is_ours(function.value):
            positions, keywords = SINKS[name]
        read = [call.args[i] for i in positions if i < len(call.args)]
        read += [keyword.value for keyword in call.keywords if keyword.arg in (*keywords, "help")]
        self._note(read)

    def _note(self, read: list[ast.expr]) -> None:
        self.found += [(one.lineno, ast.unparse(one)[:120]) for one in read if not self._is_worded(one)]

    def _is_in_markdown_function(self) -> bool:
        return isinstance(self.around[-1], ast.FunctionDef) and _returns_markdown(self.around[-1])

    def _is_worded(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr():
                return all(self._is_worded(part) for part in node.values)
            case ast.FormattedValue():
                return self._is_number(node) or self._is_worded(node.value)
            case ast.BinOp(op=ast.Add()):
                return self._is_worded(node.left) and self._is_worded(node.right)
            case ast.IfExp():
                return self._is_worded(node.body) and self._is_worded(node.orelse)
            case ast.BoolOp():
                return all(self._is_worded(part) for part in node.values)
            case ast.Lambda():
                return self._is_worded(node.body)
            case ast.Dict():
                return all(self._is_worded(part) for part in [*filter(None, node.keys), *node.values])
            case ast.DictComp():
                return self._is_worded(node.key) and self._is_worded(node.value)
            case ast.List() | ast.Tuple():
                return all(self._is_worded(part) for part in node.elts)
            case ast.ListComp() | ast.GeneratorExp():
                return self._is_worded(node.elt)
            case ast.Call():
                return self._is_worded_call(node)
            case ast.Name():
                return self._is_worded_name(node.id)
            case ast.Attribute():
                return node.attr in self.members
        return False

    def _is_number(self, node: ast.FormattedValue) -> bool:
        """Return whether a format that takes numbers only is asked for."""
        spec = "".join(str(part.value) for part in getattr(node.format_spec, "values", []) if hasattr(part, "value"))
        return spec[-1:] in set("defgn%,") if spec else False

    def _is_worded_call(self, call: ast.Call) -> bool:
        function = call.func
        if isinstance(function, ast.Name):
            is_marked = function.id == "Markdown" and all(self._is_worded(one) for one in call.args)
            return is_marked or function.id in self.safe_calls | NUMBERS
        if isinstance(function, ast.Attribute) and function.attr == "join":
            return self._is_worded(function.value) and all(self._is_worded(one) for one in call.args)
        return _called(function) in self.safe_calls or getattr(function, "attr", "") in self.members

    def _is_worded_name(self, name: str) -> bool:
        if name in self.safe_calls | {"NOTHING"}:
            return True
        for scope in reversed(self.around):
            if isinstance(scope, FUNCTIONS):
                args = scope.args
                of_name = [one for one in [*args.posonlyargs, *args.args, *args.kwonlyargs] if one.arg == name]
                if of_name:
                    return _is_markdown(of_name[0])
            given = _given(scope, name)
            if given:
                return all(one is not None and self._is_worded(one) for one in given)
        return False


def _called(function: ast.expr) -> str:
    """Return ``name`` or ``module.name`` of a called function; a method by its object's name."""
    return ast.unparse(function) if isinstance(function, ast.Name | ast.Attribute) else ""


def _given(scope: ast.AST, name: str) -> list[ast.expr | None]:
    """Return what a name is set to inside a function or module; None for what cannot be followed."""
    given: list[ast.expr | None] = []
    for node in _inside(scope):
        match node:
            case ast.Assign():
                given += [one for target in node.targets for one in _part(target, node.value, name)]
            case ast.AugAssign(target=ast.Name(id=target)) | ast.AnnAssign(target=ast.Name(id=target)) if (
                target == name
            ):
                given.append(node.value)
            case ast.For() | ast.comprehension() if _part(node.target, None, name):
                given.append(None)
    return given


def _part(target: ast.expr, value: ast.expr | None, name: str) -> list[ast.expr | None]:
    """Return the part of a value that a name gets when a target is assigned."""
    if isinstance(target, ast.Name):
        return [value] if target.id == name else []
    if isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [None] * len(target.elts)
        return [one for inner, part in zip(target.elts, parts, strict=False) for one in _part(inner, part, name)]
    return []


def _inside(scope: ast.AST) -> list[ast.AST]:
    """Return the nodes of a function without those of functions inside it."""
    found, waiting = [], list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, FUNCTIONS | ast.ClassDef):
            waiting += list(ast.iter_child_nodes(node))
    return found


def _is_ours(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Name) and owner.id in NOT_STREAMLIT


# ---- charts ----------------------------------------------------------------------------------------------------

WORDING = {"_", "plural", "effect_title", "shap_title"}
"""Functions whose texts are ours: the last two choose one by the kind of effect or scale."""


def named_tooltips(module: ast.Module, file: str) -> list[str]:
    """Return the tooltips of a module of charts whose title may be a name that a user gave."""
    return [
        f"{file}:{call.lineno}: {ast.unparse(call)}"
        for function in _functions(module)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "alt.Tooltip"
        and not _has_fixed_title(call, function)
    ]


def _has_fixed_title(tooltip: ast.Call, function: FUNCTIONS) -> bool:
    titles = [keyword.value for keyword in tooltip.keywords if keyword.arg == "title"]
    return len(titles) == 1 and _is_fixed(titles[0], function)


def _is_fixed(text: ast.expr, function: FUNCTIONS) -> bool:
    if isinstance(text, ast.Call):
        return ast.unparse(text.func) in WORDING
    if isinstance(text, ast.Subscript):  # of a table of our texts
        return isinstance(text.value, ast.Name) and text.value.id.isupper()
    if isinstance(text, ast.IfExp):
        return _is_fixed(text.body, function) and _is_fixed(text.orelse, function)
    if isinstance(text, ast.Name):
        given = [value for name, value in _assigned(function) if name == text.id]
        return bool(given) and all(_is_fixed(value, function) for value in given)
    return isinstance(text, ast.Constant)


def _assigned(function: FUNCTIONS) -> list[tuple[str, ast.expr]]:
    pairs: list[tuple[str, ast.expr]] = []
    for node in ast.walk(function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            sides = zip(target.elts, node.value.elts, strict=True) if both else [(target, node.value)]
            pairs += [(side.id, value) for side, value in sides if isinstance(side, ast.Name)]
    return pairs
