"""Who climbed and who fell on the ladder between two days, and what they bought in between."""

from __future__ import annotations

import pyarrow as pa

from vafa.segment.analysis import rungs
from vafa.segment.running import Source, open_receipts

_BETWEEN = """
create temp table moved as
with bought as (
    select customer_id, sum(sale) as purchases, sum(1 - sale) as returns, sum(amount) as revenue
    from receipts where day > $start and customer_id is not null group by customer_id
)
select
    ended.customer_id,
    started.rung as was,
    ended.rung,
    cast(coalesce(bought.purchases, 0) as bigint) as purchases,
    cast(coalesce(bought.returns, 0) as bigint) as returns,
    cast(coalesce(bought.revenue, 0) as bigint) as revenue
from ended
left join started on started.customer_id = ended.customer_id
left join bought on bought.customer_id = ended.customer_id
"""


def movement(receipts: Source, *, calendar: str, start: int, end: int, active_days: int | None) -> pa.Table:
    """Everybody who had bought by the end of the day ``end``, in bytewise order of the id.

    ``customer_id, was, rung, purchases, returns, revenue``: the rungs at the end of the days ``start`` and
    ``end`` (``was`` is null for who had not bought by then), what was bought and given back after ``start``
    (minor units, returns off). Each day is looked at with the active days that held then.
    """
    stood = [_standing(rungs(receipts, calendar=calendar, as_of=day, active_days=active_days)) for day in (start, end)]
    connection, _day = open_receipts(receipts, calendar=calendar, as_of=end)
    try:
        connection.register("started", stood[0])
        connection.register("ended", stood[1])
        connection.execute(_BETWEEN, {"start": start})
        return connection.sql("select * from moved order by customer_id").to_arrow_table()
    finally:
        connection.close()


def _standing(found: dict[str, str]) -> pa.Table:
    columns = {"customer_id": list(found), "rung": list(found.values())}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
