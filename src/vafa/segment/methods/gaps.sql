-- Each customer's own rhythm: twice the median of the gaps between purchase days (twice, so it is whole).
with ranked as (
    select
        days.customer_id,
        days.gap,
        summary.frequency as gaps,
        row_number() over (
            partition by days.customer_id order by days.gap, days.day, days.customer_id
        ) as place
    from days
    join summary on summary.customer_id = days.customer_id
    where days.gap is not null
)
select
    customer_id,
    cast(sum(gap) * (3 - count(*)) as integer) as twice_median_gap
from ranked
where 2 * place between gaps and gaps + 2
group by customer_id
