"""What customers are worth to the firm: months, value, the types of relationship."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.lifecycle import STATES, Chain, estimate_chain, relationship_types
from cvm.words import N_

__all__ = ["FUNCTIONAL", "MONTHS", "WORTH"]


@lru_cache(maxsize=4)  # two questions and their mistakes ask for the same few
def chain(data: Data, *, interest: float | None = None, courting: bool = True) -> Chain:
    """Estimate the chain of the panel; few draws, for the intervals are not asked for."""
    profit = data.profit.to_dict()
    if not courting:
        profit["prospect"] = 0.0
    rate = data.interest if interest is None else interest
    return estimate_chain(data.panel, order=STATES, profit=profit, discount=rate, draws=2)


def _of(found: Chain, column: str, state: str = "prospect") -> float:
    return float(found.summary.set_index("state").loc[state, column])  # type: ignore[arg-type]


# --- 02.4 months until lost ----------------------------------------------------------


def _loss(data: Data) -> float:
    return 1 / float(chain(data).matrix.loc["prospect", "lost"])  # type: ignore[arg-type]


def _stay(data: Data) -> float:
    return 1 / (1 - float(chain(data).matrix.loc["prospect", "prospect"]))  # type: ignore[arg-type]


def _seen(data: Data) -> float:
    """Average the months of those who were lost while somebody looked."""
    lost = data.panel[data.panel["state"] == "lost"]
    return float(lost.groupby("customer")["month"].min().mean())


MONTHS = Question(
    id="02.4",
    prompt=N_("How many months is it, on average, until a prospect is lost, by the Markov chain?"),
    answer=Number(unit=N_("months")),
    reference=lambda data: _of(chain(data), "months"),
    tolerance=0.005,
    shows=N_(
        "{answer}, all rungs a prospect may climb in between included. Those who climb stay long, "
        "and they are a part of the average."
    ),
    mistakes=(
        Mistake(
            name="one-over-the-loss",
            wrong=_loss,
            reply=N_(
                "You took one over the loss of prospects. A prospect who buys leaves that rung "
                "and has another loss from then on."
            ),
        ),
        Mistake(
            name="months-as-a-prospect",
            wrong=_stay,
            reply=N_("Those are the months *as a prospect*. Whoever is won is not lost yet."),
        ),
        Mistake(
            name="only-those-seen-lost",
            wrong=_seen,
            reply=N_(
                "You averaged those who were lost within the panel. Those still there at its end "
                "stay longer, and you left them out."
            ),
        ),
        Mistake(
            name="another-rung",
            wrong=lambda data: _of(chain(data), "months", "first-time"),
            reply=N_("That is the time of a first-time buyer. Asked is a prospect."),
        ),
    ),
    hints=(
        N_("A panel of states, a chain estimated from it, and the time in its summary."),
        N_(
            "`estimate_chain(data.panel, order=STATES, profit=data.profit, "
            "discount=data.interest)`, then `.summary`."
        ),
    ),
    solution=N_(
        "Estimate the chain and read the months of a prospect.\n"
        "    from cvm.lifecycle import STATES, estimate_chain\n"
        "    chain = estimate_chain(\n"
        "        data.panel, order=STATES, profit=data.profit, discount=data.interest\n"
        "    )\n"
        '    answer = chain.summary.set_index("state").loc["prospect", "months"]'
    ),
)


# --- 02.5 what a prospect is worth -----------------------------------------------------


def _months_times_mean(data: Data) -> float:
    live = data.profit.drop("lost")
    return _of(chain(data), "months") * float(live.mean())


WORTH = Question(
    id="02.5",
    prompt=N_("What is a prospect worth, discounted at `data.interest` a month?"),
    answer=Number(unit=N_("yuan")),
    reference=lambda data: _of(chain(data), "value"),
    tolerance=0.005,
    shows=N_(
        "{answer}, though a prospect costs money this month. Strike prospects off, and in three "
        "years there are no clients."
    ),
    mistakes=(
        Mistake(
            name="this-month",
            wrong=lambda data: float(data.profit["prospect"]),
            reply=N_("That is what a prospect costs this month. What comes after?"),
        ),
        Mistake(
            name="no-interest",
            wrong=lambda data: _of(chain(data, interest=0.0), "value"),
            reply=N_("Later money is worth less: discount with `data.interest`."),
        ),
        Mistake(
            name="courting-forgotten",
            wrong=lambda data: _of(chain(data, courting=False), "value"),
            reply=N_("Courting a prospect costs money each month: it belongs to the profit."),
        ),
        Mistake(
            name="months-times-average",
            wrong=_months_times_mean,
            reply=N_(
                "You multiplied the months with the average profit of a rung. Most prospects never "
                "see the rich rungs: weigh each rung by the months spent there."
            ),
        ),
        Mistake(
            name="another-rung",
            wrong=lambda data: _of(chain(data), "value", "first-time"),
            reply=N_("That is the value of a first-time buyer, who has been won already."),
        ),
    ),
    hints=(
        N_("The same call as for the months gives the value too."),
        N_("In the summary of the chain: the column `value`, the row of the prospect."),
    ),
    solution=N_(
        "The chain again, with profit and interest; read the value.\n"
        "    from cvm.lifecycle import STATES, estimate_chain\n"
        "    chain = estimate_chain(\n"
        "        data.panel, order=STATES, profit=data.profit, discount=data.interest\n"
        "    )\n"
        '    answer = chain.summary.set_index("state").loc["prospect", "value"]'
    ),
)


# --- 02.6 functional relationships -------------------------------------------------------


def held(data: Data, kind: int, *, loyalty_cut: float | None = None) -> pd.Series:
    """Give the profit of one relationship type, by its position in TYPES."""
    table = data.customers
    cut = data.loyalty_cut if loyalty_cut is None else loyalty_cut
    code = relationship_types(
        table["profit"], table["loyalty"], value_cut=data.value_cut, loyalty_cut=cut
    )
    return table.loc[code == kind, "profit"]


def _part(data: Data, kind: int, *, loyalty_cut: float | None = None) -> float:
    mine = held(data, kind, loyalty_cut=loyalty_cut)
    return float(mine.sum() / data.customers["profit"].sum())


FUNCTIONAL = Question(
    id="02.6",
    prompt=N_(
        "High value is a profit of `data.value_cut` or more, high loyalty an answer of "
        "`data.loyalty_cut` or more. What share of all profit do functional relationships hold?"
    ),
    answer=Number(unit="share"),
    reference=lambda data: _part(data, 1),
    shows=N_(
        "{answer} of the profit is held by nothing but the offer. The first rival with a better "
        "one takes it."
    ),
    mistakes=(
        Mistake(
            name="share-of-customers",
            wrong=lambda data: len(held(data, 1)) / len(data.customers),
            reply=N_("That is their share of customers. Asked is their share of profit."),
        ),
        Mistake(
            name="emotional-for-functional",
            wrong=lambda data: _part(data, 2),
            reply=N_("Those are the emotional ones: loyal, with little value. Turn it round."),
        ),
        Mistake(
            name="partners",
            wrong=lambda data: _part(data, 3),
            reply=N_("Those are partners, high on both. Functional customers are not loyal."),
        ),
        Mistake(
            name="cut-not-included",
            wrong=lambda data: _part(data, 1, loyalty_cut=data.loyalty_cut + 1),
            reply=N_("An answer of exactly `data.loyalty_cut` counts as loyal already."),
        ),
    ),
    hints=(
        N_("Functional: high value and low loyalty. Whose profit, over whose profit?"),
        N_('`types_table(data.customers, value="profit", loyalty="loyalty", ...)`.'),
    ),
    solution=N_(
        "Pick the customers of high value and low loyalty, and divide sums.\n"
        "    table = data.customers\n"
        '    high = table["profit"] >= data.value_cut\n'
        '    loyal = table["loyalty"] >= data.loyalty_cut\n'
        '    answer = table.loc[high & ~loyal, "profit"].sum() / table["profit"].sum()'
    ),
)
