-- Each product: who takes it, how often, again; ABC by the share of sales before it, XYZ by the steadiness of its
-- baskets from month to month (a basket: what one customer took on one day). Limits are in hundredths.
with taken as (
    select
        customer_id,
        day,
        product,
        max(category) as category,
        max(brand) as brand,
        sum(amount) as amount
    from goods
    group by customer_id, day, product
), by_customer as (
    select product, customer_id, count(*) as days
    from taken
    group by product, customer_id
), people as (
    select product, count(*) as customers, sum(case when days > 1 then 1 else 0 end) as again
    from by_customer
    group by product
), by_month as (
    select taken.product, months.month, count(*) as baskets
    from taken
    join months on taken.day >= months.first_day and taken.day < months.end_day
    group by taken.product, months.month
), moments as (
    select
        product,
        (select max(month) from months) - min(month) + 1 as months,
        sum(baskets) as total,
        sum(baskets * baskets) as squares
    from by_month
    group by product
), sums as (
    select
        product,
        max(category) as category,
        max(brand) as brand,
        count(*) as baskets,
        cast(sum(amount) as bigint) as amount
    from taken
    group by product
), ranked as (
    select
        product,
        category,
        brand,
        baskets,
        amount,
        cast(sum(amount) over (order by amount desc, product rows unbounded preceding) - amount as bigint) as before,
        cast(sum(amount) over () as bigint) as shop
    from sums
)
select
    ranked.product,
    ranked.category,
    ranked.brand,
    people.customers,
    ranked.baskets,
    ranked.amount,
    cast(people.again as double) / people.customers as again_share,
    case
        when ranked.amount <= 0 then 'C'
        when 100 * ranked.before < $a * ranked.shop then 'A'
        when 100 * ranked.before < $b * ranked.shop then 'B'
        else 'C'
    end as abc,
    case
        when moments.months < $least_months then 'N'
        when 10000 * (moments.months * moments.squares - moments.total * moments.total)
            <= $x * $x * moments.total * moments.total then 'X'
        when 10000 * (moments.months * moments.squares - moments.total * moments.total)
            <= $y * $y * moments.total * moments.total then 'Y'
        else 'Z'
    end as xyz
from ranked
join people on people.product = ranked.product
join moments on moments.product = ranked.product
