-- One row for a known customer and a day on which something was bought or given back.
-- gap: days since the purchase day before; new_month: 1 on the first purchase day of a month.
with totals as (
    select
        customer_id,
        day,
        max(month) as month,
        cast(sum(sale) as integer) as purchases,
        max(sale) as bought,
        cast(sum(amount) as bigint) as amount
    from receipts
    where customer_id is not null
    group by customer_id, day
),
before as (
    select
        totals.*,
        lag(day) over (partition by customer_id, bought order by day, customer_id) as previous_day,
        lag(month) over (partition by customer_id, bought order by day, customer_id) as previous_month
    from totals
)
select
    customer_id,
    day,
    month,
    bought,
    purchases,
    amount,
    case when bought = 1 then day - previous_day end as gap,
    case when bought = 1 and (previous_month is null or previous_month <> month) then 1 else 0 end as new_month
from before
