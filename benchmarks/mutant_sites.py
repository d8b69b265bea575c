"""Small faults that code can have: a boundary moved, a sign turned, a condition reversed, an argument forgotten.

A site is a node of a module's syntax tree with one fault that fits it. Words on screen, docstrings, annotations and
what errors say are no sites.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

Fault = Callable[[Any], None]

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
CALLS = {"sorted": "list", "min": "max", "max": "min", "any": "all", "all": "any", "reversed": "list", "set": "list"}
NO_KEYWORDS = (
    "label", "help", "reference", "encoding", "strict", "frozen", "kw_only", "dtype",
)  # fmt: skip
"""Arguments that are words, or that change no number whose code is right."""
NO_SITES = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.JoinedStr)


@dataclass(frozen=True)
class Mutant:
    """One fault at one place.

    Attributes
    ----------
    file : str
        Module, relative to the repository.
    index : int
        Number of the site in the module.
    line : int
        First line of the statement that is changed.
    function : str
        Qualified name of the outermost function, empty for what runs when the module is imported.
    before, after : str
        The changed expression.
    """

    file: str
    index: int
    line: int
    function: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """Name that stays when lines and packages move."""
        return f"{Path(self.file).stem}.{self.function or 'module'}: {self.before} -> {self.after}"


def mutants_of(root: Path, file: Path) -> list[Mutant]:
    """Return every mutant of a module."""
    text = file.read_text(encoding="utf-8")
    found = []
    for index, (node, fault, function) in enumerate(_sites(ast.parse(text))):
        faulty = copy.deepcopy(node)
        fault(faulty)
        place = file.relative_to(root).as_posix()
        found.append(Mutant(place, index, node.lineno, function, _words(node), _words(faulty)))
    return [one for one in found if one.before != one.after]


def mutated_source(root: Path, mutant: Mutant) -> CodeType:
    """Return the compiled module with the fault in it."""
    file = root / mutant.file
    tree = ast.parse(file.read_text(encoding="utf-8"))
    node, fault, _function = _sites(tree)[mutant.index]
    fault(node)
    return compile(ast.fix_missing_locations(tree), str(file), "exec")


def _words(node: ast.AST) -> str:
    shown = node.test if isinstance(node, ast.If | ast.IfExp | ast.While) else node
    return " ".join(ast.unparse(ast.fix_missing_locations(shown)).split())[:120]


def _sites(tree: ast.Module) -> list[tuple[Any, Fault, str]]:
    return [(node, fault, function) for node, function in _nodes(tree, (), "") for fault in _faults(node)]


def _nodes(node: ast.AST, path: tuple[str, ...], function: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield nodes that may be sites, each with the outermost function it stands in."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or name in ("annotation", "returns") or isinstance(child, NO_SITES):
                continue
            if isinstance(child, ast.keyword) and child.arg in NO_KEYWORDS:
                continue
            inside, around = path, function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = (*path, child.name)
            if isinstance(node, ast.FunctionDef) and name == "body" and not function:
                around = ".".join(path)
            yield child, around
            yield from _nodes(child, inside, around)


def _faults(node: ast.AST) -> Iterator[Fault]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS[type(operator)]:
                yield partial(_compared, place, other)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS and not _is_text(node):
        yield partial(_operated, OPERATORS[type(node.op)])
    elif isinstance(node, ast.BoolOp):
        yield partial(_operated, ast.Or if isinstance(node.op, ast.And) else ast.And)
    elif isinstance(node, ast.UnaryOp):
        yield _turned
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and not _is_types(node.test):
        yield lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield lambda n: setattr(n, "value", _other_number(n.value))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield lambda n: setattr(n, "value", ast.Constant(None))
    elif isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[Fault]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg not in NO_KEYWORDS:
            yield partial(_without, place)
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield _another_call


def _compared(place: int, other: type[ast.cmpop], node: ast.Compare) -> None:
    node.ops[place] = other()


def _operated(other: type[ast.operator] | type[ast.boolop], node: Any) -> None:
    node.op = other()


def _without(place: int, node: ast.Call) -> None:
    node.keywords.pop(place)


def _another_call(node: ast.Call) -> None:
    assert isinstance(node.func, ast.Name)
    if node.func.id in ("sorted", "reversed", "set"):
        node.keywords = []
    node.func.id = CALLS[node.func.id]


def _turned(node: ast.UnaryOp) -> None:
    if isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    else:
        node.operand = ast.UnaryOp(node.op, node.operand)


def _other_number(value: float) -> float:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) or value == 0 else value * 2


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    parts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(isinstance(p, ast.JoinedStr) or isinstance(getattr(p, "value", None), str) for p in parts)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_types(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
