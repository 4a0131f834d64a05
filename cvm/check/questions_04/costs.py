"""04.1 and 04.2: what customers have cost, and what the next one costs."""

from __future__ import annotations

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.words import N_

__all__ = ["NEXT", "SO_FAR", "average_at", "step_cost"]


# --- 04.1 the cost so far ----------------------------------------------------------------


def _so_far(data: Data) -> float:
    return float(data.plan["spend"].sum() / data.plan["won"].sum())


SO_FAR = Question(
    id="04.1",
    prompt=N_("What did a customer cost last month, over all channels of the plan?"),
    answer=Number(unit=N_("yuan")),
    reference=_so_far,
    shows=N_(
        "{answer} a customer, on average over all. It is a true number, and it says nothing of "
        "what the next one will cost."
    ),
    mistakes=(
        Mistake(
            name="mean-of-costs",
            wrong=lambda data: float((data.plan["spend"] / data.plan["won"]).mean()),
            reply=N_(
                "You averaged the channels' costs, as if each had won as many. Add up the money, "
                "add up the customers, then divide."
            ),
        ),
        Mistake(
            name="a-contact",
            wrong=lambda data: float(data.plan["spend"].sum() / data.plan["reached"].sum()),
            reply=N_("That is the cost of a person reached. Few of those became customers."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: float(data.plan["won"].sum() / data.plan["spend"].sum()),
            reply=N_("Upside down: those are customers a yuan. Asked is yuan a customer."),
        ),
        Mistake(
            name="a-channel",
            wrong=lambda data: float(data.plan["spend"].sum() / len(data.plan)),
            reply=N_("You divided by the channels. Divide by the customers they won."),
        ),
    ),
    hints=(
        N_("All the money over all the customers."),
        N_('`data.plan["spend"].sum()` over `data.plan["won"].sum()`.'),
    ),
    solution=N_(
        "Add up both columns, then divide.\n"
        '    answer = data.plan["spend"].sum() / data.plan["won"].sum()'
    ),
)


# --- 04.2 the next customer ------------------------------------------------------------------


def _won(data: Data, steps_ahead: int = 0) -> tuple[float, float]:
    table = data.steps.sort_values("spend", ignore_index=True)
    here = int((table["spend"] - data.today).abs().to_numpy().argmin()) + steps_ahead
    return float(table["spend"][here]), float(table["won"][here])


def average_at(data: Data, steps_ahead: int = 0) -> float:
    """Cost of a customer on average, so many steps of money from today."""
    spend, won = _won(data, steps_ahead)
    return spend / won


def step_cost(data: Data, steps_ahead: int = 0) -> float:
    """Cost of a customer of the next step alone."""
    here, more = _won(data, steps_ahead), _won(data, steps_ahead + 1)
    return (more[0] - here[0]) / (more[1] - here[1])


def _first_step(data: Data) -> float:
    table = data.steps.sort_values("spend", ignore_index=True)
    return float(table["spend"][1] / (table["won"][1] - table["won"][0]))


NEXT = Question(
    id="04.2",
    prompt=N_(
        "From `data.today` on, with one step more of money: what does a customer of that step "
        "alone cost?"
    ),
    answer=Number(unit=N_("yuan")),
    reference=step_cost,
    shows=N_(
        "The customers of the next step cost {answer} each, far more than the average so far: the "
        "easy ones have been won."
    ),
    mistakes=(
        Mistake(
            name="average-today",
            wrong=average_at,
            reply=N_(
                "That is what a customer has cost on average so far. Asked are only those whom the "
                "next step brings."
            ),
        ),
        Mistake(
            name="average-after",
            wrong=lambda data: average_at(data, 1),
            reply=N_(
                "You divided all the money by all the customers, after the step. Take what the "
                "step adds: to the money and to the customers."
            ),
        ),
        Mistake(
            name="step-before",
            wrong=lambda data: step_cost(data, -1),
            reply=N_("That is the step that led to today. Asked is the next one."),
        ),
        Mistake(
            name="first-step",
            wrong=_first_step,
            reply=N_("Those are the first customers, when nothing had been spent yet."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: 1 / step_cost(data),
            reply=N_("Upside down: those are customers a yuan."),
        ),
    ),
    hints=(
        N_("Take the row of today and the row after it. Two differences."),
        N_("(spend after less spend today) over (won after less won today)."),
    ),
    solution=N_(
        "Find today's row and the next, and divide one difference by the other.\n"
        '    table = data.steps.set_index("spend")["won"]\n'
        "    here = list(table.index).index(data.today)\n"
        "    money = table.index[here + 1] - table.index[here]\n"
        "    answer = money / (table.iloc[here + 1] - table.iloc[here])"
    ),
)
