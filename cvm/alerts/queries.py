"""The four warnings as SQL, to be read, copied and changed.

Each is asked for one day or for many (``$days``), and never looks past that day: what it
says of the 3rd of March is what it would have said on the 3rd of March. ``urgency`` is 1
where the warning begins, so warnings of one kind can be put in order.
"""

from __future__ import annotations

__all__ = ["BEHIND_PLAN", "OVER_BUDGET", "OVER_LINE", "STOPPED_FIXED", "STOPPED_RHYTHM"]

#: 1. Receivables over the credit line.
OVER_LINE = """
WITH reviews AS (SELECT unnest($days) AS today),
owed AS (
  SELECT today, customer, sum(amount) AS owed, sum(amount) FILTER (due < today) AS overdue
  FROM reviews JOIN receivables ON issued <= today
  WHERE paid IS NULL OR paid > today          -- open on that day
  GROUP BY today, customer
)
SELECT today, customer, owed, coalesce(overdue, 0) AS overdue, credit_line,
       owed / ($share * credit_line) AS urgency
FROM owed JOIN customers USING (customer)
WHERE owed > $share * credit_line
ORDER BY today, urgency DESC, customer
"""

#: 2. Sales behind plan, over the last whole months.
BEHIND_PLAN = """
WITH reviews AS (SELECT unnest($days) AS today),
spans AS (
  SELECT today, CAST(date_trunc('month', today) AS DATE) AS until,
         CAST(date_trunc('month', today) - to_months($months) AS DATE) AS since
  FROM reviews
),
planned AS (
  SELECT today, customer, sum(sales) AS planned, count(*) AS months
  FROM spans JOIN plans ON month >= since AND month < until
  GROUP BY today, customer
),
sold AS (
  SELECT today, customer, sum(amount) AS sold
  FROM spans JOIN orders ON date >= since AND date < until
  GROUP BY today, customer
)
SELECT today, customer, planned, coalesce(sold, 0) AS sold,
       (planned - coalesce(sold, 0)) / ((1 - $least) * planned) AS urgency
FROM planned LEFT JOIN sold USING (today, customer)
WHERE coalesce(sold, 0) < $least * planned AND months = $months
ORDER BY today, urgency DESC, customer
"""

#: 3. Selling cost over budget, over the last whole months.
OVER_BUDGET = """
WITH reviews AS (SELECT unnest($days) AS today),
costs AS (
  SELECT today, customer, sum(budget) AS budget, sum(spent) AS spent, count(*) AS months
  FROM reviews JOIN selling_costs
    ON month < date_trunc('month', today) AND month >= date_trunc('month', today) - to_months($months)
  GROUP BY today, customer
)
SELECT today, customer, budget, spent, (spent - budget) / ($tolerance * budget) AS urgency
FROM costs
WHERE spent > (1 + $tolerance) * budget AND months = $months
ORDER BY today, urgency DESC, customer
"""

_OCCASIONS = """
WITH occasions AS (                           -- orders of one day are one occasion
  SELECT DISTINCT customer, date FROM orders WHERE amount > 0
),
gaps AS (
  SELECT customer, date, date - lag(date) OVER (PARTITION BY customer ORDER BY date) AS gap
  FROM occasions
),
rhythm AS (                                   -- what was known of it on each day of an order
  SELECT customer, date, count(gap) OVER so_far AS gaps, avg(gap) OVER so_far AS usual,
         stddev_samp(gap) OVER so_far AS spread
  FROM gaps
  WINDOW so_far AS (PARTITION BY customer ORDER BY date)
),
reviews AS (SELECT customer, unnest($days) AS today FROM customers),
silences AS (                                 -- the last order before each review
  SELECT today, reviews.customer, date AS last_order, today - date AS silent, gaps, usual, spread
  FROM reviews ASOF JOIN rhythm
    ON reviews.customer = rhythm.customer AND today >= date
)
"""

#: 4. Stopped ordering, by the customer's own rhythm: silent for longer than its usual gap and
#: ``factor`` times its usual deviation from it, but no deviation below a fifth of the gap.
STOPPED_RHYTHM = (
    _OCCASIONS
    + """SELECT today, customer, last_order, silent, usual,
       usual + $factor * greatest(spread, usual / 5) AS patience, silent / patience AS urgency
FROM silences
WHERE gaps >= $gaps AND silent > patience
ORDER BY today, urgency DESC, customer
"""
)

#: 4, as usually done: silent for longer than a fixed number of days.
STOPPED_FIXED = (
    _OCCASIONS
    + """SELECT today, customer, last_order, silent, usual,
       $cutoff AS patience, silent / $cutoff AS urgency
FROM silences
WHERE gaps >= $gaps AND silent > $cutoff
ORDER BY today, urgency DESC, customer
"""
)
