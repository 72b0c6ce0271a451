"""Mutants of functions: every small change that an operator of the language allows, one at a time."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

OTHER: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
NAMES = {"min": "max", "max": "min"}


class Mutant(NamedTuple):
    """One changed place of one function."""

    module: str
    function: str
    line: int
    old: str
    new: str
    number: int  # among the function's mutants

    @property
    def name(self) -> str:
        """What stays the same when lines move."""
        return f"{self.module.rsplit('.', 1)[1]}.{self.function} #{self.number}: {self.old} → {self.new}"


def functions(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """The functions and methods that the module itself defines."""
    found = []
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            found.append((name, value))
    return found


def mutants(module: ModuleType) -> Iterator[Mutant]:
    for name, function in functions(module):
        first = function.__code__.co_firstlineno
        for number, (line, old, new, _tree) in enumerate(changes(function)):
            yield Mutant(module.__name__, name, first + line - 1, old, new, number)


def source(function: Callable[..., Any], number: int) -> str:
    """The function with its change of that number."""
    for place, (_line, _old, _new, tree) in enumerate(changes(function)):
        if place == number:
            return ast.unparse(tree)
    raise LookupError(number)


def changes(function: Callable[..., Any]) -> Iterator[tuple[int, str, str, ast.AST]]:
    """Line, what stood there, what stands there now, and the whole function with it."""
    whole = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = whole.body[0]
    assert isinstance(body, ast.FunctionDef)
    places = [node for statement in body.body for node in ast.walk(statement)]
    for place, node in enumerate(places):
        for changed in of_node(node):
            tree = copy.deepcopy(whole)
            made = tree.body[0]
            assert isinstance(made, ast.FunctionDef)
            twin = [other for statement in made.body for other in ast.walk(statement)][place]
            old, new = shown(node), shown(changed)
            twin.__dict__.update(changed.__dict__)
            twin.__class__ = changed.__class__
            yield getattr(node, "lineno", 0), old, new, ast.fix_missing_locations(tree)


def shown(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return ast.unparse(node)


def of_node(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in OTHER.get(type(operator), ()):
                yield with_field(node, "ops", [*node.ops[:place], other(), *node.ops[place + 1 :]])
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        for other in OTHER.get(type(node.op), ()):
            yield with_field(node, "op", other())
    elif isinstance(node, ast.UnaryOp):
        yield copy.copy(node.operand)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        if node.value > 1:
            yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield with_field(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], node.ctx)
    elif (
        (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        or (isinstance(node, ast.Return) and node.value is None)
        or isinstance(node, ast.Break | ast.Continue)
    ):
        yield ast.Pass()


def with_field(node: ast.AST, field: str, value: Any) -> ast.AST:
    changed = copy.copy(node)
    setattr(changed, field, value)
    return changed
