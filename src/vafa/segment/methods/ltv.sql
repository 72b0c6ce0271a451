-- The four sums that lifetime value is made of, and what is known of costs.
with buyers as (
    select
        count(*) as customers,
        sum(purchases) as purchases,
        sum(revenue) as revenue,
        sum(last_month - first_month + 1) as lives
    from summary
),
costed as (
    select sum(receipts.amount) as costed_revenue, sum(receipts.cost) as cost
    from receipts
    join summary on summary.customer_id = receipts.customer_id
    where receipts.cost is not null
)
select
    buyers.customers,
    cast(coalesce(buyers.purchases, 0) as bigint) as purchases,
    cast(coalesce(buyers.revenue, 0) as bigint) as revenue,
    cast(coalesce(buyers.lives, 0) as bigint) as lives,
    cast(costed.costed_revenue as bigint) as costed_revenue,
    cast(costed.cost as bigint) as cost
from buyers
cross join costed
