-- To which categories and brands each customer leans: on which share of their days they take it, beside everybody's.
with named as (
    select customer_id, day, 'category' as kind, category as name from goods where category is not null
    union
    select customer_id, day, 'brand' as kind, brand as name from goods where brand is not null
), own_days as (
    select customer_id, count(distinct day) as of_days
    from goods
    group by customer_id
), shop as (
    select sum(of_days) as of_days from own_days
), own as (
    select customer_id, kind, name, count(*) as days
    from named
    group by customer_id, kind, name
), everybody as (
    select kind, name, sum(days) as days
    from own
    group by kind, name
), measured as (
    select
        own.customer_id,
        own.kind,
        own.name,
        own.days,
        own_days.of_days,
        cast(own.days as double) / own_days.of_days as share,
        cast(everybody.days as double) / shop.of_days as shop_share,
        cast(own.days * shop.of_days as double) / (own_days.of_days * everybody.days) as lift
    from own
    join own_days on own_days.customer_id = own.customer_id
    join everybody on everybody.kind = own.kind and everybody.name = own.name
    cross join shop
    where own.days >= $least_days
), told as (
    select
        *,
        row_number() over (partition by customer_id, kind order by days desc, lift desc, name, customer_id) as place,
        row_number() over (partition by kind, name order by days desc, lift desc, customer_id) as fan
    from measured
)
select customer_id, kind, name, days, of_days, share, shop_share, lift, place, fan
from told
