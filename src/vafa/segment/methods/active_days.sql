-- The 90th percentile of all gaps (linear interpolation, rounded up), kept within the limits.
with counted as (
    select gap, count(*) as customers from days where gap is not null group by gap
),
running as (
    select
        gap,
        sum(customers) over (order by gap) as upto,
        sum(customers) over () as gaps
    from counted
),
placed as (
    select gap, upto, gaps, 9 * (gaps - 1) - mod(9 * (gaps - 1), 10) as tenths, mod(9 * (gaps - 1), 10) as rest
    from running
),
ends as (
    select
        max(gaps) as gaps,
        max(rest) as rest,
        min(case when 10 * upto > tenths then gap end) as low,
        min(case when 10 * upto > tenths + 10 then gap end) as high
    from placed
),
percentile as (
    select
        gaps,
        10 * low + rest * (coalesce(high, low) - low) + 9
            - mod(10 * low + rest * (coalesce(high, low) - low) + 9, 10) as tenths
    from ends
)
select
    cast(case
        when gaps is null or tenths > 10 * $highest then $highest
        when tenths < 10 * $lowest then $lowest
        else tenths / 10
    end as integer) as active_days,
    cast(coalesce(gaps, 0) as bigint) as gaps
from percentile
