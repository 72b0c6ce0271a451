-- Customers active at the start (s) and at the end (e) of each whole month, and new ones (n) in it.
-- A purchase day keeps its customer active at the midnights from the day after until the next purchase
-- day or until $active_days have passed; so nobody counts twice and each day is looked at once.
-- What ends is found from the later of two purchase days, and for the last one from the summary.
with steps as (
    select day + 1 as midnight, count(*) as step from days where bought = 1 group by day
    union all
    select case when gap < $active_days then day else day - gap + $active_days end + 1, -count(*)
    from days
    where gap is not null
    group by case when gap < $active_days then day else day - gap + $active_days end
    union all
    select last_day + $active_days + 1, -count(*) from summary group by last_day
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
