-- ABC by the share of revenue before the customer, XYZ by the steadiness of monthly revenue.
-- top_share: among the first so many percent of customers by revenue (1 to 100).
-- All limits are in hundredths and compared in whole numbers; squares need more than 64 bits.
with ranked as (
    select
        customer_id,
        first_month,
        revenue,
        row_number() over (order by revenue desc, customer_id) as place,
        sum(revenue) over (order by revenue desc, customer_id rows unbounded preceding) - revenue as before,
        sum(revenue) over () as total,
        count(*) over () as customers
    from summary
),
monthly as (
    select days.customer_id, days.month, cast(cast(sum(days.amount) as bigint) as decimal(38, 0)) as revenue
    from days
    join summary on summary.customer_id = days.customer_id
    where days.month >= summary.first_month
    group by days.customer_id, days.month
),
moments as (
    select customer_id, sum(revenue) as total, sum(revenue * revenue) as squares
    from monthly
    group by customer_id
),
spread as (
    select
        ranked.customer_id,
        ranked.revenue,
        ranked.before,
        ranked.total as shop_total,
        100 * ranked.place + ranked.customers - 1 as hundredths,
        ranked.customers,
        moments.total,
        (select max(month) from months) - ranked.first_month + 1 as months,
        cast(cast(moments.total as decimal(38, 0)) * moments.total as decimal(38, 0)) as square,
        cast(
            cast((select max(month) from months) - ranked.first_month + 1 as decimal(38, 0)) * moments.squares
        as decimal(38, 0)) as months_squares
    from ranked
    join moments on moments.customer_id = ranked.customer_id
)
select
    customer_id,
    case
        when revenue <= 0 then 'C'
        when 100 * before < $a * shop_total then 'A'
        when 100 * before < $b * shop_total then 'B'
        else 'C'
    end as abc,
    case
        when months < $least_months then 'N'
        when total <= 0 then 'Z'
        when 10000 * (months_squares - square) <= $x * $x * square then 'X'
        when 10000 * (months_squares - square) <= $y * $y * square then 'Y'
        else 'Z'
    end as xyz,
    cast((hundredths - mod(hundredths, customers)) / customers as integer) as top_share
from spread
