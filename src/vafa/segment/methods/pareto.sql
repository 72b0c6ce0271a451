-- For each whole percent: how many customers that is (rounded up) and what those who buy most bring.
-- The row without a percent is the smallest number of customers that brings half.
with ranked as (
    select
        row_number() over (order by revenue desc, customer_id) as place,
        sum(revenue) over (order by revenue desc, customer_id rows unbounded preceding) as upto
    from summary
),
total as (
    select count(*) as customers, sum(revenue) as revenue from summary
),
digits as (
    select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
),
percents as (
    select 10 * tens.digit + ones.digit + 1 as percent from digits as tens cross join digits as ones
),
places as (
    select
        percents.percent,
        percents.percent * total.customers + 99 - mod(percents.percent * total.customers + 99, 100) as hundredths
    from percents cross join total
)
select places.percent, ranked.place as customers, cast(ranked.upto as bigint) as revenue
from places
join ranked on 100 * ranked.place = places.hundredths
union all
select null, min(ranked.place), cast(min(total.revenue) as bigint)
from ranked
cross join total
where total.revenue > 0 and 2 * ranked.upto >= total.revenue
