-- Five classes each of last day, purchases and revenue; 5 is the latest, the most frequent, the largest.
select
    customer_id,
    cast(ntile(5) over (order by last_day, customer_id) as integer) as r,
    cast(ntile(5) over (order by purchases, customer_id) as integer) as f,
    cast(ntile(5) over (order by revenue, customer_id) as integer) as m
from summary
