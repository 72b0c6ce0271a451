-- Of the customers who first bought in a month: how many bought in that month and in each later one.
select
    summary.first_month as cohort,
    days.month,
    count(*) as customers
from days
join summary on summary.customer_id = days.customer_id
where days.new_month = 1
group by summary.first_month, days.month
order by summary.first_month, days.month
