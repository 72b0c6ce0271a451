-- One row for a customer with at least one purchase, named as in the literature on repeat buying.
select
    customer_id,
    cast(sum(purchases) as bigint) as purchases,
    cast(sum(amount) as bigint) as revenue,
    cast(sum(bought) - 1 as integer) as frequency,
    max(case when bought = 1 then day end) - min(case when bought = 1 then day end) as recency,
    coalesce(cast($as_of as integer), (select max(day) from receipts))
        - min(case when bought = 1 then day end) as age,
    cast(sum(case when gap is not null then amount else 0 end) as bigint) as repeat_revenue,
    min(case when bought = 1 then day end) as first_day,
    max(case when bought = 1 then day end) as last_day,
    min(case when bought = 1 then month end) as first_month,
    max(case when bought = 1 then month end) as last_month,
    cast(sum(new_month) as integer) as months
from days
group by customer_id
having sum(bought) > 0
