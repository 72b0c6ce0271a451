"""What numba must know to compile the kernel: how a table lies in memory, and how a set of tables is handed on.

With numba's own types each call would hand on some two hundred numbers (every array of both sets with its lengths
and strides), and compiling that takes longer than compiling what the calls do. Here a row is where it begins and how
long it is, a table knows its width too, and a set of tables (``Tables``, ``Stack``, ``Memory``) is the place of a
block with three numbers for each of its tables: address, rows, width.

With NUMBA_BOUNDSCHECK=1 every index is checked: an IndexError instead of a wrong number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast, get_type_hints

from llvmlite import ir
from numba import int64, njit, types
from numba.core import cgutils, config
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_getattr_generic, models, register_model

from vafa.reward.engine.compiled import EACH, Told
from vafa.reward.engine.fields import WIDTHS, Memory, Table, Tables

# _nrt: nothing is allocated in the kernel, so references need no counting; error_model: no divisor is ever 0
# (a programme's loading sees to it)
OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}
WORD = ir.IntType(64)
PLACE = WORD.as_pointer()
CHECKED = bool(getattr(config, "BOUNDSCHECK", 0))


class RowType(types.Type):
    """Integers one after another."""

    def __init__(self) -> None:
        super().__init__(name="Row")


class TableType(types.Type):
    """Rows one after another; ``width`` where it is known beforehand, else 0."""

    def __init__(self, width: int = 0) -> None:
        self.width = width
        super().__init__(name=f"Table({width or ''})")


class SetType(types.Type):
    """A named tuple of rows and tables, as the place of their block."""

    def __init__(self, told: Any) -> None:
        widths = WIDTHS.get(told, {})
        self.kinds = {
            name: TableType(widths.get(name, 0)) if kind == Table else ROW
            for name, kind in get_type_hints(told).items()
        }
        self.size = EACH * len(self.kinds)
        super().__init__(name=f"Set({told.__name__})")


ROW = RowType()
TABLES, MEMORY, TOLD = SetType(Tables), SetType(Memory), SetType(Told)


@register_model(RowType)
class _RowModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, [("data", types.CPointer(int64)), ("count", types.intp)])


@register_model(TableType)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("data", types.CPointer(int64)), ("count", types.intp), ("width", types.intp)]
        super().__init__(manager, kind, members)


@register_model(SetType)
class _SetModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, PLACE)


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, told: Any, _named: Any) -> Any:
        return signature(types.intp, *told) if isinstance(told[0], RowType | TableType) else None


@infer_global(operator.getitem)
class _Item(AbstractTemplate):
    def generic(self, told: Any, _named: Any) -> Any:
        gives = int64 if told[0] is ROW else ROW if isinstance(told[0], TableType) else None
        return signature(gives, told[0], types.intp) if gives else None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, told: Any, _named: Any) -> Any:
        return signature(types.none, ROW, types.intp, int64) if told[0] is ROW else None


@infer_getattr
class _Fields(AttributeTemplate):
    key = SetType

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return value.kinds.get(attr)


def _opened(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    return cgutils.create_struct_proxy(kind)(context, builder, value=value)


def _checked(context: Any, builder: Any, index: Any, count: Any) -> None:
    if CHECKED:
        cgutils.do_boundscheck(context, builder, index, count)


@lower_builtin(len, RowType)
@lower_builtin(len, TableType)
def _length(context: Any, builder: Any, told: Any, values: Any) -> Any:
    return _opened(context, builder, told.args[0], values[0]).count


@lower_builtin(operator.getitem, RowType, types.Integer)
def _number(context: Any, builder: Any, told: Any, values: Any) -> Any:
    row = _opened(context, builder, told.args[0], values[0])
    _checked(context, builder, values[1], row.count)
    return builder.load(builder.gep(row.data, [values[1]]))


@lower_builtin(operator.getitem, TableType, types.Integer)
def _row(context: Any, builder: Any, told: Any, values: Any) -> Any:
    table = _opened(context, builder, told.args[0], values[0])
    _checked(context, builder, values[1], table.count)
    row = cgutils.create_struct_proxy(ROW)(context, builder)
    width = WORD(told.args[0].width) if told.args[0].width else table.width
    row.data = builder.gep(table.data, [builder.mul(values[1], width)])
    row.count = width
    return row._getvalue()


@lower_builtin(operator.setitem, RowType, types.Integer, types.Integer)
def _put(context: Any, builder: Any, told: Any, values: Any) -> Any:
    row = _opened(context, builder, told.args[0], values[0])
    _checked(context, builder, values[1], row.count)
    builder.store(values[2], builder.gep(row.data, [values[1]]))
    return context.get_dummy_value()


@lower_getattr_generic(SetType)
def _field(context: Any, builder: Any, kind: SetType, block: Any, name: str) -> Any:
    found = cgutils.create_struct_proxy(kind.kinds[name])(context, builder)
    first = EACH * list(kind.kinds).index(name)

    def number(place: int) -> Any:
        loaded = builder.load(builder.gep(block, [WORD(first + place)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))  # a block never changes
        return loaded

    found.data, found.count = builder.inttoptr(number(0), PLACE), number(1)
    if kind.kinds[name] is not ROW:
        found.width = number(2)
    return found._getvalue()


def set_at(kind: SetType) -> Any:
    """The set whose block lies at an address."""

    def placed(_typing: Any, _address: Any) -> Any:
        return kind(int64), lambda _context, builder, _told, values: builder.inttoptr(values[0], PLACE)

    return intrinsic(placed)


@intrinsic
def tables_at(_typing: Any, stack: Any, _version: Any) -> Any:
    """The blocks of all versions lie one after another; the first one stands for them all."""

    def lower(_context: Any, builder: Any, _told: Any, values: Any) -> Any:
        return builder.gep(values[0], [builder.mul(values[1], WORD(TABLES.size))])

    return stack(stack, types.intp), lower


INSTEAD = {"tables_at": tables_at}  # of the kernel's function of this name
# What stays a call: what is rare, and what has so many callers that putting it into each takes long to compile.
# All else goes into its callers, which makes a walk a fifth faster.
RARE = {"adjusting", "returning", "versions"}
CALLED = set("add choose clear_away count counter_falls draw end_tier expire_lots fall feed_counters follow".split())
CALLED |= set("first_dead_day give_yearly_rewards highest_tier hold_tier issue keep_alive leaves member_year".split())
CALLED |= set("add_months prolong put_in_order redeem say say_debt say_extended say_tier settlement_day".split())
CALLED |= set("spend streak_number within_budgets _write".split())


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """The kernel's function for other compiled functions; it has no door for Python."""
    called = function.__module__.rpartition(".")[2] in RARE or function.__name__ in CALLED
    options: Any = OPTIONS | {"no_cpython_wrapper": True, "forceinline": not called}
    made: Any = INSTEAD.get(function.__name__) or njit(**options)(function)
    return cast("Function", made)
