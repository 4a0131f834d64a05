"""04.3 and 04.4: whom a customer brings along, and what it is worth."""

from __future__ import annotations

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.clv import lifetime_value
from cvm.words import N_

__all__ = ["FAMILY", "WORTH"]


# --- 04.3 the family --------------------------------------------------------------------------


def _refer(data: Data) -> float:
    return float(data.told["brought"].mean())


def _family(data: Data) -> float:
    return 1 / (1 - _refer(data))


def _of_those_who_brought(data: Data) -> float:
    some = data.told["brought"][data.told["brought"] > 0]
    return float(some.mean())


FAMILY = Question(
    id="04.3",
    prompt=N_(
        "How many customers does one that was paid for come to in the end, itself included, if "
        "those who are brought bring others as readily?"
    ),
    answer=Number(unit=N_("customers")),
    reference=_family,
    shows=N_("{answer} for one: the ones it brought, the ones they brought, and so on."),
    mistakes=(
        Mistake(
            name="one-generation",
            wrong=lambda data: 1 + _refer(data),
            reply=N_("You stopped after the first generation. Those who were brought bring too."),
        ),
        Mistake(
            name="without-itself",
            wrong=lambda data: _family(data) - 1,
            reply=N_("Those are the ones who came along. Count the one who was paid for as well."),
        ),
        Mistake(
            name="referrals-a-customer",
            wrong=_refer,
            reply=N_("That is how many a customer brings. What do all generations come to?"),
        ),
        Mistake(
            name="only-those-who-brought",
            wrong=_of_those_who_brought,
            reply=N_(
                "You averaged over those who brought somebody. Most brought nobody, and count."
            ),
        ),
    ),
    hints=(
        N_("Average `brought` over all customers; call it r. Then 1 + r + r squared, and so on."),
        N_("1 / (1 - r); `referral_multiplier(r)` gives the same."),
    ),
    solution=N_(
        "Average over all, then sum the generations.\n"
        '    r = data.told["brought"].mean()\n'
        "    answer = 1 / (1 - r)"
    ),
)


# --- 04.4 the worth ---------------------------------------------------------------------------


def _own(data: Data, first_payment: str = "now", discount: float | None = None) -> float:
    rate = data.discount if discount is None else discount
    value = lifetime_value(
        margin=data.margin, retention=data.retention, discount=rate, first_payment=first_payment
    )
    return float(value)


WORTH = Question(
    id="04.4",
    prompt=N_(
        "What is a new customer worth, with those it brings along? The first margin comes now, "
        "then one each year the customer stays."
    ),
    answer=Number(unit=N_("yuan")),
    reference=lambda data: _own(data) * _family(data),
    shows=N_("{answer}. Up to there the next customer may cost, and not a yuan more."),
    mistakes=(
        Mistake(
            name="without-the-family",
            wrong=_own,
            reply=N_("That is the customer alone. Count those it brings along, as in 04.3."),
        ),
        Mistake(
            name="first-margin-at-renewal",
            wrong=lambda data: _own(data, "renewal") * _family(data),
            reply=N_("You left the first margin out: it comes now, not at the first renewal."),
        ),
        Mistake(
            name="not-discounted",
            wrong=lambda data: _own(data, discount=0.0) * _family(data),
            reply=N_("That is margin times expected years. Money that comes later is worth less."),
        ),
        Mistake(
            name="one-year",
            wrong=lambda data: data.margin * _family(data),
            reply=N_("That is one year's margin. The customer stays, with luck, for more."),
        ),
        Mistake(
            name="one-generation",
            wrong=lambda data: _own(data) * (1 + _refer(data)),
            reply=N_("You counted the first generation of those brought along, and no other."),
        ),
    ),
    hints=(
        N_("First one customer: `lifetime_value` with the first payment now. Then the family."),
        N_("margin * (1 + discount) / (1 + discount - retention), times the answer of 04.3."),
    ),
    solution=N_(
        "Value one customer in closed form, then multiply by the family.\n"
        "    from cvm.clv import lifetime_value\n"
        "    one = lifetime_value(margin=data.margin, retention=data.retention,\n"
        "                         discount=data.discount)\n"
        '    r = data.told["brought"].mean()\n'
        "    answer = one / (1 - r)"
    ),
)
