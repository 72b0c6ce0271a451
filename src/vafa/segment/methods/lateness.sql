-- How late each customer is in their own gaps. late: further away than twice the own median gap, or gone.
-- good: worth going after, because they came back before and belong to those who bring most.
-- year_revenue: what they brought in the 365 days up to their last purchase.
with last_year as (
    select days.customer_id, cast(sum(days.amount) as bigint) as year_revenue
    from days
    join summary on summary.customer_id = days.customer_id
    where days.day > summary.last_day - 365 and days.day <= summary.last_day
    group by days.customer_id
)
select
    ladder.customer_id,
    case
        when ladder.twice_median_gap > 0
            then case when ladder.since = 0 then 0 else
                cast((4 * ladder.since - 1 - mod(4 * ladder.since - 1, ladder.twice_median_gap))
                    / ladder.twice_median_gap as integer) end
    end as half_gaps,
    case when ladder.lapsed = 1 or ladder.since > ladder.twice_median_gap then 1 else 0 end as late,
    case when ladder.rung <> 'buyer' and abc_xyz.abc <> 'C' then 1 else 0 end as good,
    last_year.year_revenue
from ladder
join abc_xyz on abc_xyz.customer_id = ladder.customer_id
join last_year on last_year.customer_id = ladder.customer_id
