-- What goes well with what: products taken by one customer on one day more often than chance would have it.
-- least_lift: the lift if it were two standard errors smaller (of a Poisson count).
with baskets as (
    select distinct customer_id, day, product from goods
), counted as (
    select product, count(*) as baskets
    from baskets
    group by product
), ranked as (
    select product, baskets, row_number() over (order by baskets desc, product) as place
    from counted
), often as (
    select product, baskets
    from ranked
    where place <= $products and baskets >= $least
), chosen as (
    select baskets.customer_id, baskets.day, baskets.product
    from baskets
    join often on often.product = baskets.product
), together as (
    select one.product, two.product as other, count(*) as together
    from chosen as one
    join chosen as two
        on two.customer_id = one.customer_id and two.day = one.day and two.product <> one.product
    group by one.product, two.product
), everything as (
    select count(*) as baskets from (select distinct customer_id, day from goods) as visits
), measured as (
    select
        together.product,
        together.other,
        together.together,
        first.baskets,
        second.baskets as other_baskets,
        everything.baskets as all_baskets,
        cast(together.together as double) / first.baskets as share,
        cast(together.together as double) * everything.baskets / (first.baskets * second.baskets) as lift,
        (together.together - 2 * sqrt(cast(together.together as double))) * everything.baskets
            / (first.baskets * second.baskets) as least_lift
    from together
    join often as first on first.product = together.product
    join often as second on second.product = together.other
    cross join everything
    where together.together >= $least
), told as (
    select
        *,
        row_number() over (partition by product order by least_lift desc, other) as place
    from measured
    where least_lift > 1
)
select product, other, together, baskets, other_baskets, all_baskets, share, lift, least_lift, place
from told
where place <= $others
