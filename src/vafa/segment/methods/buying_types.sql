-- How each customer buys: waits for discounts, wanders, plans by need, or is loyal; and what tells it.
with each_day as (
    select
        customer_id,
        day,
        product,
        max(category) as category,
        sum(amount) as amount,
        sum(cheaper * amount) as cheap
    from goods
    group by customer_id, day, product
), counted as (
    select
        customer_id,
        category,
        amount,
        cheap,
        row_number() over (partition by customer_id, product order by day, customer_id) as time_of
    from each_day
), habits as (
    select
        customer_id,
        count(*) as things,
        sum(case when time_of > 1 then 1 else 0 end) as again,
        count(distinct category) as categories,
        sum(amount) as amount,
        sum(cheap) as cheap
    from counted
    group by customer_id
), shop as (
    select
        case when sum(amount) > 0 then cast(sum(cheap) as double) / sum(amount) else 0 end as cheap_share
    from habits
), rhythm as (
    select customer_id, count(*) as gaps, sum(gap) as together, sum(gap * gap) as squares
    from days
    where gap is not null
    group by customer_id
), told as (
    select
        summary.customer_id,
        summary.frequency + 1 as purchase_days,
        cast(habits.again as double) / habits.things as again_share,
        case when habits.amount > 0 then cast(habits.cheap as double) / habits.amount else 0 end as cheap_share,
        shop.cheap_share as shop_cheap_share,
        habits.categories,
        case when rhythm.gaps >= 2 and rhythm.gaps * rhythm.squares <= 2 * rhythm.together * rhythm.together
            then 1 else 0 end as regular,
        ladder.lapsed
    from summary
    cross join shop
    join ladder on ladder.customer_id = summary.customer_id
    left join habits on habits.customer_id = summary.customer_id
    left join rhythm on rhythm.customer_id = summary.customer_id
)
select
    customer_id,
    case
        when purchase_days < $least_days or again_share is null then 'unclear'
        when cheap_share >= $cheap_share and cheap_share >= $cheap_lift * shop_cheap_share then 'discount_hunter'
        when purchase_days >= $loyal_days and regular = 1 and lapsed = 0 and again_share >= $again_share
            and categories >= $loyal_categories then 'loyal'
        when again_share >= $again_share or regular = 1 then 'need_driven'
        else 'wanderer'
    end as buying_type,
    purchase_days,
    again_share,
    cheap_share,
    shop_cheap_share,
    categories,
    regular
from told
