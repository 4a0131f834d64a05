"""11.1 and 11.5: one customer in closed form, and the developer at his likely numbers."""

from __future__ import annotations

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.clv import Developer, developer_expected, lifetime_value
from cvm.words import N_

__all__ = ["DEVELOPER", "ONE"]


# --- 11.1 one customer -------------------------------------------------------------------


def _worth(data: Data, *, first: str = "now", interest: float | None = None) -> float:
    return float(
        lifetime_value(
            margin=data.margin, retention=data.retention, first_payment=first,
            discount=data.interest if interest is None else interest,
            acquisition_cost=data.acquisition,
        )
    )  # fmt: skip


ONE = Question(
    id="11.1",
    prompt=N_(
        "What is a business customer worth who pays `margin` now and at every renewal, stays with "
        "the chance `retention`, and costs `acquisition` to win? Interest is `interest`."
    ),
    answer=Number(unit=N_("yuan")),
    reference=_worth,
    tolerance=0.001,
    shows=N_(
        "{answer}. Margin times expected life says much more: it counts money of the tenth year "
        "like money of today."
    ),
    mistakes=(
        Mistake(
            name="margin-times-life",
            wrong=lambda data: _worth(data, interest=0.0),
            reply=N_("You did not discount: later money is worth less. Use `data.interest`."),
        ),
        Mistake(
            name="first-payment-at-renewal",
            wrong=lambda data: _worth(data, first="renewal"),
            reply=N_(
                "That is the margin multiple: it leaves the payment of today out. This customer "
                "pays now as well."
            ),
        ),
        Mistake(
            name="first-payment-in-a-year",
            wrong=lambda data: _worth(data, first="end"),
            reply=N_("That lets the first payment fall in a year. It falls today."),
        ),
        Mistake(
            name="cost-to-win-forgotten",
            wrong=lambda data: _worth(data) + data.acquisition,
            reply=N_("Winning the customer cost something: take `data.acquisition` off."),
        ),
    ),
    hints=(
        N_("Payments are a geometric series with the ratio retention / (1 + interest)."),
        N_("`lifetime_value(margin=..., retention=..., discount=..., first_payment=\"now\", "
           "acquisition_cost=...)`."),
    ),
    solution=N_(
        "Add the series up and take the cost off.\n"
        "    life = (1 + data.interest) / (1 + data.interest - data.retention)\n"
        "    answer = data.margin * life - data.acquisition"
    ),
)  # fmt: skip


# --- 11.5 the developer --------------------------------------------------------------------


def _developer(data: Data, *, leaving: float | None = None, referrals: float | None = None,
               owed: float | None = None, discount: float = 0.1) -> float:  # fmt: skip
    return developer_expected(
        Developer(
            purchases=data.purchases, margin=data.share, months=data.months,
            leaving=data.leaving if leaving is None else leaving,
            referrals=data.referrals if referrals is None else referrals,
            referred_value=data.referred_value, owed=data.owed if owed is None else owed,
            successor=0.0, discount=discount,
        )
    )  # fmt: skip


DEVELOPER = Question(
    id="11.5",
    prompt=N_(
        "What is the developer worth at these numbers, in yuan? Nobody succeeds him, and interest is "
        "10 % a year."
    ),
    answer=Number(unit=N_("yuan")),
    reference=_developer,
    tolerance=0.001,
    shows=N_(
        "{answer}, a small part of his revenue. It is a number for likely numbers: the next question "
        "is which of them you would ask about first."
    ),
    mistakes=(
        Mistake(
            name="revenue",
            wrong=lambda data: data.purchases * data.months,
            reply=N_("That is what he will buy. You keep only the margin on it."),
        ),
        Mistake(
            name="he-never-leaves",
            wrong=lambda data: _developer(data, leaving=0.0),
            reply=N_("A rival may get him in any month: `data.leaving`."),
        ),
        Mistake(
            name="all-referrals",
            wrong=lambda data: _developer(data, owed=1.0),
            reply=N_(
                "Some of those would have come without his word. Count only the share `owed`."
            ),
        ),
        Mistake(
            name="referrals-forgotten",
            wrong=lambda data: _developer(data, referrals=0.0),
            reply=N_("Those are his own purchases. He sends others as well."),
        ),
        Mistake(
            name="not-discounted",
            wrong=lambda data: _developer(data, discount=0.0),
            reply=N_("Money of next year is worth less: interest is 10 % a year."),
        ),
    ),
    hints=(
        N_("Make a `Developer` of your seven numbers, with `successor=0`."),
        N_("`developer_expected(Developer(purchases=data.purchases, margin=data.share, ...))`."),
    ),
    solution=N_(
        "Put the numbers into the levers and ask for the value.\n"
        "    from cvm.clv import Developer, developer_expected\n"
        "    him = Developer(purchases=data.purchases, margin=data.share, months=data.months,\n"
        "                    leaving=data.leaving, referrals=data.referrals,\n"
        "                    referred_value=data.referred_value, owed=data.owed, successor=0)\n"
        "    answer = developer_expected(him)"
    ),
)
