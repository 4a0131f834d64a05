r"""A market whose truth is known: a firm, its customers and two rivals, month by month.

The market restates no equation; it lets the topics' own work together.

1. :mod:`cvm.value` - a person's delivered value of each firm, and whom it makes them choose;
2. :mod:`cvm.satisfaction` - the month's performance against what was expected;
3. :mod:`cvm.service` - contacts, failures, complaints, the queue, recovery;
4. :mod:`cvm.loyalty` - attitude, bonds, intention, habit, the chance to stay;
5. :mod:`cvm.behaviour` - leaving, share of wallet, purchases, spend, referral, cost to serve;
6. here, **the firm**, and how the five meet:

   * *Service by tier.* Performance a person usually meets is delivered value on the scale
     of satisfaction, plus ``effort`` for the tier of the person's usual spending, plus
     lasting luck.
   * *Leaving.* A customer leaves with the hazard of loyalty times a lasting risk
     :math:`\rho_i = \bigl(\tfrac{1 - P_i}{2/3}\bigr)^{\text{pull}}`, :math:`P_i` the
     person's chance of choosing the firm: 1 for whom all three firms are alike. Whom
     selling pushed in leaves ``push_risk`` times as readily.
   * *Joining.* An outsider joins with probability

     .. math:: P_i\,\Bigl[\text{look}\sum_c R_c\bigl(1 - e^{-x_c/\text{saturation}}\bigr)
        + \text{talk}\cdot H + \text{lost}_i\, R_w\bigl(1 - e^{-x_w}\bigr)\Bigr],

     spending :math:`x_c` a person on channel :math:`c` reaching at most :math:`R_c` of those
     who look around; :math:`H` the share of outsiders of whom last month's customers
     talked; :math:`x_w` the win-back effort for the lost. Response saturates in every
     channel.
   * *The reward programme* gives back a share of spending, lifts purchases and adds a
     financial bond; who buys often joins sooner, so members buy more for two reasons.
   * *The complaint desk* of 10,000 people answers as fast as its load allows.
   * *The ledger* adds it all up, in whole cents.

One call runs it, and one scenario is one object:

    tables = simulate(Market().replace(**{"satisfaction.promise": 12.0}), n=10_000, months=60, seed=1)
    tables.ledger; tables.transactions; tables.observed().survey

**The same people, the same luck.** Every chance has a name and a draw of its own by person
and month, settled before any lever acts. Two scenarios with one seed are paired
(:func:`compare`, which reports how much variance that saves), a longer run keeps the first
months, a larger market the first people. :func:`replicate` runs many small markets at
once, :func:`store` one too large for memory.

**Calibrated.** At its defaults the market shows what studies found (:func:`stylised_facts`):
the top fifth of customers make 55 to 80 % of profit; answers on satisfaction have their tail
on the low side and more than half are satisfied; intention and behaviour hang together
moderately; time as a customer and profit weakly; few failures are complained about; smaller
firms have fewer customers who stay a little less (double jeopardy). Its limits are simpler
models: switch differences, memory and bonds off and life is geometric, purchases are Poisson
and the lifetime value is the closed form's.

**What the naive answer gets wrong** is a chapter of its own for each method: here the truth
stands beside (``true_`` columns, hidden by ``observed()``), so that it can be told.

**Where it comes from.** Each equation's source is in its topic. Saturating response to
spending: after Little (1979). Double jeopardy: Ehrenberg, Goodhardt & Barwise (1990). At
second hand. The defaults of people and firm are for teaching, set so that the facts above hold.

**Simplified for teaching.** Rivals do not react. A lost customer is forgotten by habit but
not by taste. The firm sorts customers by usual spending on the category, which it would have
to estimate. Purchases do not feed back on satisfaction. Neighbours matter only through the
queue and through talk.

References
----------
Ehrenberg, A. S. C., Goodhardt, G. J. & Barwise, T. P. (1990). Double jeopardy revisited.
*Journal of Marketing* 54(3), 82-91.
Little, J. D. C. (1979). Aggregate advertising models: the state of the art. *Operations
Research* 27(4), 629-667.
"""

from cvm.market.blocks import StoredMarket, store
from cvm.market.compare import MEASURES, Comparison, compare, outcomes
from cvm.market.facts import firm_table, stylised_facts
from cvm.market.parameters import CHANNELS, DESK, SEGMENTS, STATES, TIERS, Firm, Market, People
from cvm.market.schemas import SCHEMAS
from cvm.market.simulation import replicate, simulate
from cvm.market.tables import NAMES, MarketTables, ObservedTables

__all__ = [
    "CHANNELS",
    "Comparison",
    "DESK",
    "Firm",
    "MEASURES",
    "Market",
    "MarketTables",
    "NAMES",
    "ObservedTables",
    "People",
    "SCHEMAS",
    "SEGMENTS",
    "STATES",
    "StoredMarket",
    "TIERS",
    "compare",
    "firm_table",
    "outcomes",
    "replicate",
    "simulate",
    "store",
    "stylised_facts",
]
