-- In what the best customers differ from the others: each customer has one voice, the share of their days with it.
-- z: the difference of the means in standard errors; sums are of whole numbers, so they don't depend on any order.
with ranked as (
    select
        customer_id,
        100 * row_number() over (order by revenue desc, customer_id) as place,
        count(*) over () as customers
    from summary
), told as (
    select traits.customer_id, max(case when ranked.place <= $best * ranked.customers then 1 else 0 end) as best
    from traits
    join ranked on ranked.customer_id = traits.customer_id
    where traits.of_days >= $least_days
    group by traits.customer_id
), sides as (
    select sum(best) as best, sum(1 - best) as others from told
), sums as (
    select
        traits.trait,
        traits.value,
        sum(told.best) as best_customers,
        sum(1 - told.best) as other_customers,
        sum(told.best * traits.millionths) as best,
        sum((1 - told.best) * traits.millionths) as others,
        sum(told.best * traits.millionths * traits.millionths) as best_squares,
        sum((1 - told.best) * traits.millionths * traits.millionths) as other_squares
    from traits
    join told on told.customer_id = traits.customer_id
    group by traits.trait, traits.value
), means as (
    select
        sums.trait,
        sums.value,
        sums.best_customers,
        sums.other_customers,
        cast(sums.best as double) / sides.best / 1000000 as best_share,
        cast(sums.others as double) / sides.others / 1000000 as other_share,
        (cast(sums.best_squares as double) - cast(sums.best as double) * sums.best / sides.best)
            / (sides.best - 1) / sides.best / 1000000000000 as best_error,
        (cast(sums.other_squares as double) - cast(sums.others as double) * sums.others / sides.others)
            / (sides.others - 1) / sides.others / 1000000000000 as other_error
    from sums
    cross join sides
    where sides.best > 1 and sides.others > 1 and sums.best_customers + sums.other_customers >= $least_customers
)
select
    trait,
    value,
    best_customers,
    other_customers,
    best_share,
    other_share,
    case when other_share > 0 then best_share / other_share end as lift,
    (best_share - other_share) / sqrt(best_error + other_error) as z
from means
where best_error + other_error > 0
