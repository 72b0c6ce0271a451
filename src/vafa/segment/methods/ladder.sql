-- The highest rung reached, and beside it whether the customer is gone by their own measure.
-- Adherent and advocate need share of wallet and referrals, which receipts alone don't tell.
with latest as (
    select
        summary.customer_id,
        summary.purchases,
        summary.frequency,
        summary.months,
        summary.recency,
        summary.age - summary.recency as since,
        gaps.twice_median_gap,
        case when coalesce(gaps.twice_median_gap, 0) > $active_days
            then gaps.twice_median_gap else $active_days end as patience
    from summary
    left join gaps on gaps.customer_id = summary.customer_id
)
select
    customer_id,
    case
        when frequency + 1 >= $regular_days and months >= $regular_months and since <= patience then 'regular'
        when purchases >= 2 then 'client'
        else 'buyer'
    end as rung,
    case when since > patience then 1 else 0 end as lapsed,
    since,
    twice_median_gap,
    patience
from latest
