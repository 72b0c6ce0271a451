-- Of the customers who first bought in a month: who bought in each month, how often and for how much.
select
    summary.first_month as cohort,
    receipts.month,
    count(distinct case when receipts.sale = 1 then receipts.customer_id end) as customers,
    cast(sum(receipts.sale) as bigint) as purchases,
    cast(sum(receipts.amount) as bigint) as revenue
from receipts
join summary on summary.customer_id = receipts.customer_id
where receipts.month >= summary.first_month
group by summary.first_month, receipts.month
order by summary.first_month, receipts.month
