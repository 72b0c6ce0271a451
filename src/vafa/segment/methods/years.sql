-- What each customer bought in the last days beside as many days before.
with today as (
    select max(first_day + age) as as_of from summary
), told as (
    select
        receipts.customer_id,
        sum(case when receipts.day > today.as_of - $days then receipts.sale else 0 end) as purchases_now,
        sum(case when receipts.day > today.as_of - $days then receipts.amount else 0 end) as revenue_now,
        sum(case when receipts.day <= today.as_of - $days then receipts.sale else 0 end) as purchases_before,
        sum(case when receipts.day <= today.as_of - $days then receipts.amount else 0 end) as revenue_before
    from receipts
    cross join today
    where receipts.day > today.as_of - 2 * $days
    group by receipts.customer_id
), found as (
    select
        summary.customer_id,
        summary.purchases,
        today.as_of - summary.first_day as age,
        cast(coalesce(told.purchases_now, 0) as bigint) as purchases_now,
        cast(coalesce(told.revenue_now, 0) as bigint) as revenue_now,
        cast(coalesce(told.purchases_before, 0) as bigint) as purchases_before,
        cast(coalesce(told.revenue_before, 0) as bigint) as revenue_before
    from summary
    cross join today
    left join told on told.customer_id = summary.customer_id
), ranked as (
    select
        found.customer_id,
        ntile(10) over (order by revenue_now desc, customer_id) as tenth
    from found
    where purchases_now > 0
)
select
    found.customer_id,
    found.purchases_now,
    found.revenue_now,
    found.purchases_before,
    found.revenue_before,
    cast(ranked.tenth as integer) as tenth,
    case
        when found.purchases_now > 0 and found.age < $days then 'came'
        when found.purchases_now > 0 and found.purchases_before = 0 then 'back'
        when found.purchases_now > 0 and found.revenue_now >= found.revenue_before then 'up'
        when found.purchases_now > 0 then 'down'
        when found.purchases_before > 0 then 'lost'
        else 'gone'
    end as way
from found
left join ranked on ranked.customer_id = found.customer_id
