"""07.4 to 07.6: the desk at least cost, who leaves unheard, and what a repair repairs."""

from __future__ import annotations

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.service import Desk, Staffing, least_cost_staff, paradox
from cvm.words import N_

__all__ = ["DESK", "EXIT", "REPAIR", "unheard"]


# --- 07.4 the desk -----------------------------------------------------------------------


def _staffing(data: Data) -> Staffing:
    desk = Desk(
        complaints=data.complaints, handling_hours=data.hours, wage=data.wage,
        customer_value=data.customer_value,
    )  # fmt: skip
    return least_cost_staff(desk)


DESK = Question(
    id="07.4",
    prompt=N_(
        "What does the complaint desk cost a month in all, wages and lost customers, with the "
        "number of people at which that is least?"
    ),
    answer=Number(unit=N_("yuan")),
    reference=lambda data: _staffing(data).total_cost,
    tolerance=0.001,
    shows=N_(
        "{answer} a month. With just enough people to do the work it would be far more: they are "
        "always busy, so customers wait, and leave."
    ),
    mistakes=(
        Mistake(
            name="just-enough-people",
            wrong=lambda data: _staffing(data).naive_cost,
            reply=N_(
                "That is the desk that can just do the work. Look at one person more, and one more "
                "again: where is the sum least?"
            ),
        ),
        Mistake(
            name="wages-only",
            wrong=lambda data: _staffing(data).staff * data.wage,
            reply=N_("Those are the wages. Customers who leave cost something too."),
        ),
        Mistake(
            name="lost-customers-only",
            wrong=lambda data: _staffing(data).total_cost - _staffing(data).staff * data.wage,
            reply=N_("That is the value of the customers who leave. The people are paid as well."),
        ),
        Mistake(
            name="people-for-cost",
            wrong=lambda data: _staffing(data).staff,
            reply=N_("That is the number of people. Asked is what the desk costs with them."),
        ),
    ),
    hints=(
        N_("Make a `Desk` of your four numbers and tabulate the cost over the people."),
        N_("`staffing_table(desk)` has the column `total_cost`; take its least."),
    ),
    solution=N_(
        "Put your numbers into a desk, tabulate, take the least.\n"
        "    from cvm.service import Desk, staffing_table\n"
        "    desk = Desk(complaints=data.complaints, handling_hours=data.hours,\n"
        "                wage=data.wage, customer_value=data.customer_value)\n"
        '    answer = staffing_table(desk)["total_cost"].min()'
    ),
)


# --- 07.5 voice or exit --------------------------------------------------------------------


def unheard(data: Data) -> float:
    """Share of those who left that had not complained."""
    left = data.failures[data.failures["left"]]
    return float((~left["complained"]).mean())


def _leave(data: Data, column: str) -> float:
    silent = data.failures[~data.failures[column]]
    return float(silent["left"].mean())


def _not_settled(data: Data) -> float:
    left = data.failures[data.failures["left"]]
    return float((~left["settled"]).mean())


EXIT = Question(
    id="07.5",
    prompt=N_(
        "Of the failed moments after which the customer left, in what share had there been no "
        "complaint?"
    ),
    answer=Number(unit="share"),
    reference=unheard,
    shows=N_(
        "{answer} of those who left were never heard of. Whoever counts complaints counts the "
        "customers who are still talking."
    ),
    mistakes=(
        Mistake(
            name="silent-of-all",
            wrong=lambda data: float((~data.failures["complained"]).mean()),
            reply=N_("That is how many keep silent. Look only at those who left."),
        ),
        Mistake(
            name="leaving-of-the-silent",
            wrong=lambda data: _leave(data, "complained"),
            reply=N_(
                "You turned it round: that is how many of the silent leave. Asked is how many of "
                "the leavers were silent."
            ),
        ),
        Mistake(
            name="not-settled-for-silent",
            wrong=_not_settled,
            reply=N_(
                "You counted complaints not settled as well. Those customers spoke, and were not "
                "helped."
            ),
        ),
        Mistake(
            name="silent-leavers-of-all",
            wrong=lambda data: float((data.failures["left"] & ~data.failures["complained"]).mean()),
            reply=N_("You divided by all failed moments. Divide by those after which one left."),
        ),
    ),
    hints=(
        N_("Keep the rows in which the customer left. How many of them have no complaint?"),
        N_('`(~left["complained"]).mean()`.'),
    ),
    solution=N_(
        "Among the rows with a customer who left, count those without a complaint.\n"
        '    left = data.failures[data.failures["left"]]\n'
        '    answer = (~left["complained"]).mean()'
    ),
)


# --- 07.6 what a repair repairs --------------------------------------------------------------


def _gap(data: Data, group: str, outcome: str = "intention") -> float:
    means = data.customers.groupby("group")[outcome].mean()
    return float(means[group] - means["no failure"])


def _any_failure(data: Data) -> float:
    means = data.customers.groupby("failed")["intention"].mean()
    return float(means[True] - means[False])


REPAIR = Question(
    id="07.6",
    prompt=N_(
        "By how much does the intention to come back differ after a settled complaint from that "
        "without a failure, for customers who were equally satisfied before?"
    ),
    answer=Number(unit="points"),
    reference=lambda data: paradox(data.customers, outcome="intention").effect,
    shows=N_(
        "{answer}: a failure costs intention even where it is repaired well. The plain comparison "
        "is kinder, because those who complain are the attached ones."
    ),
    mistakes=(
        Mistake(
            name="plain-comparison",
            wrong=lambda data: _gap(data, "settled"),
            reply=N_(
                "That compares whoever complained with everybody. Those who complain were more "
                "satisfied before: hold that fixed."
            ),
        ),
        Mistake(
            name="satisfaction-for-intention",
            wrong=lambda data: paradox(data.customers).effect,
            reply=N_("That is satisfaction, where the paradox lives. Asked is the intention."),
        ),
        Mistake(
            name="any-failure",
            wrong=_any_failure,
            reply=N_("Those are all with a failure. Keep the ones whose complaint was settled."),
        ),
        Mistake(
            name="silent-for-settled",
            wrong=lambda data: _gap(data, "silent"),
            reply=N_("That is the silent group. Asked are those whose complaint was settled."),
        ),
    ),
    hints=(
        N_("A regression of the intention on settled or not, and on the satisfaction before."),
        N_('`paradox(data.customers, outcome="intention")` does it.'),
    ),
    solution=N_(
        "Compare the two groups, holding the satisfaction before fixed.\n"
        "    from cvm.service import paradox\n"
        '    answer = paradox(data.customers, outcome="intention")'
    ),
)
