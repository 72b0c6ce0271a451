-- On which share of their days (in millionths, whole numbers) each customer shows a trait of buying.
with things as (
    select distinct customer_id, day, product, category, brand from goods
), sizes as (
    select customer_id, day, count(distinct product) as products
    from things
    group by customer_id, day
), named as (
    select customer_id, day, 'category' as trait, category as value from things where category is not null
    union
    select customer_id, day, 'brand' as trait, brand as value from things where brand is not null
    union
    select customer_id, day, 'product' as trait, product as value from things
    union
    select
        customer_id,
        day,
        'weekday' as trait,
        case mod(day + 3, 7)
            when 0 then '1' when 1 then '2' when 2 then '3' when 3 then '4' when 4 then '5' when 5 then '6' else '7'
        end as value
    from sizes
    union
    select
        customer_id,
        day,
        'size' as trait,
        case when products = 1 then '1' when products < 5 then '2-4' when products < 10 then '5-9' else '10+' end
            as value
    from sizes
), own as (
    select customer_id, count(*) as of_days
    from sizes
    group by customer_id
)
select
    named.customer_id,
    named.trait,
    named.value,
    count(*) as days,
    own.of_days,
    cast((1000000 * count(*) - mod(1000000 * count(*), own.of_days)) / own.of_days as bigint) as millionths
from named
join own on own.customer_id = named.customer_id
group by named.customer_id, named.trait, named.value, own.of_days
