-- Who isn't among the best yet but buys like them: how many of the surest traits they show as much as the best do.
with ranked as (
    select
        customer_id,
        100 * row_number() over (order by revenue desc, customer_id) as place,
        count(*) over () as customers
    from summary
), likeliest as (
    select trait, value, best_share, row_number() over (order by z desc, trait, value) as place
    from portrait
    where z >= $least_z and (lift is null or lift >= $least_lift)
), marks as (
    select trait, value, best_share from likeliest where place <= $marks
)
select
    traits.customer_id,
    count(*) as alike,
    (select count(*) from marks) as of_marks,
    max(traits.of_days) as of_days
from traits
join marks on marks.trait = traits.trait and marks.value = traits.value
join ranked on ranked.customer_id = traits.customer_id
where traits.millionths >= 1000000 * marks.best_share
    and traits.of_days >= $least_days
    and ranked.place > $best * ranked.customers
group by traits.customer_id
