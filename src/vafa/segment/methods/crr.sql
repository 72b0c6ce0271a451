-- Customers active at the start (s) and at the end (e) of each whole month, and new ones (n) in it.
-- A purchase day keeps its customer active at the midnights from the day after until the next purchase
-- day or until $active_days have passed; so nobody counts twice and each day is looked at once.
with following as (
    select
        customer_id,
        day,
        lead(day) over (partition by customer_id order by day, customer_id) as next_day
    from days
    where bought = 1
),
steps as (
    select day + 1 as midnight, 1 as step from following
    union all
    select case when next_day < day + $active_days then next_day else day + $active_days end + 1, -1
    from following
),
changes as (
    select midnight, sum(step) as change from steps group by midnight
),
beginnings as (
    select first_month, count(*) as customers from summary group by first_month
),
periods as (
    select month, first_day, end_day
    from months
    where month >= (select min(first_month) from summary) and complete = 1
)
select
    periods.month,
    cast(coalesce((select sum(change) from changes where midnight <= periods.first_day), 0) as bigint) as s,
    cast(coalesce((select sum(change) from changes where midnight <= periods.end_day), 0) as bigint) as e,
    coalesce(beginnings.customers, 0) as n
from periods
left join beginnings on beginnings.first_month = periods.month
order by periods.month
