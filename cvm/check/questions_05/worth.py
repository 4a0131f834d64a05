"""05.5 and 05.6: who stands out in a shared table, and from how many customers a database pays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_05.base import LOOKS, K
from cvm.database import PaybackCase, k_anonymity, payback
from cvm.words import N_

__all__ = ["PAYS", "RARE", "exposed"]


# --- 05.5 rare rows ------------------------------------------------------------------


def exposed(data: Data) -> float:
    """Share of rows in groups that are too small."""
    found = k_anonymity(data.shared, columns=LOOKS, k=K)
    return found.exposed / found.rows


def _sizes(data: Data, *, missing: bool = True) -> pd.Series:
    return data.shared.groupby(LOOKS, dropna=not missing).size()


def _small(data: Data, least: int, *, missing: bool = True) -> float:
    sizes = _sizes(data, missing=missing)
    return float(sizes[sizes < least].sum() / len(data.shared))


RARE = Question(
    id="05.5",
    prompt=N_(
        "What share of the rows of `data.shared` stand in a group of fewer than five that look "
        "alike in industry, district and size? An unknown district is a look of its own."
    ),
    answer=Number(unit="share"),
    reference=exposed,
    shows=N_(
        "{answer} of the accounts could be recognised, without a name and without a number. Coarsen "
        "a column before the table leaves the house."
    ),
    mistakes=(
        Mistake(
            name="groups-for-rows",
            wrong=lambda data: float((_sizes(data) < K).mean()),
            reply=N_("That is the share of groups. Small groups hold few rows; count the rows."),
        ),
        Mistake(
            name="safe-rows",
            wrong=lambda data: 1 - exposed(data),
            reply=N_("That is the share of rows that are safe. The others are asked."),
        ),
        Mistake(
            name="size-forgotten",
            wrong=lambda data: k_anonymity(data.shared, columns=LOOKS[:2], k=K).exposed
            / len(data.shared),
            reply=N_("You left the size out. An outsider sees all three columns."),
        ),
        Mistake(
            name="unknown-left-out",
            wrong=lambda data: _small(data, K, missing=False),
            reply=N_(
                "`groupby` left the rows without a district out. To be unknown is a look, too, and a "
                "rare one."
            ),
        ),
    ),
    hints=(
        N_("How many rows share each combination? Then add up the rows of the small groups."),
        N_('`k_anonymity(data.shared, columns=["industry", "district", "size"], k=5)` counts them.'),
    ),
    solution=N_(
        "Let the check count, and divide by all rows.\n"
        "    from cvm.database import k_anonymity\n"
        '    found = k_anonymity(data.shared, columns=["industry", "district", "size"], k=5)\n'
        "    answer = found.exposed / found.rows"
    ),
)  # fmt: skip


# --- 05.6 when it pays -----------------------------------------------------------------


def _annuity(data: Data) -> float:
    return float((1 + data.discount) ** -np.arange(1.0, data.years + 1) @ np.ones(data.years))


def _case(data: Data) -> PaybackCase:
    return PaybackCase(
        setup=data.setup, record_cost=data.record_cost, purchases=data.purchases,
        margin=data.margin, loyalty=data.loyalty, lift=data.lift, years=data.years,
        discount=data.discount,
    )  # fmt: skip


def _added(data: Data) -> float:
    return float(data.purchases * data.margin * data.loyalty * data.lift)


def _without_loyalty(data: Data) -> float:
    gain = data.purchases * data.margin * data.lift - data.record_cost
    return float(data.setup / (gain * _annuity(data)))


def _all_purchases(data: Data) -> float:
    gain = data.purchases * data.margin - data.record_cost
    return float(data.setup / (gain * _annuity(data)))


PAYS = Question(
    id="05.6",
    prompt=N_(
        "From how many customers on does this database pay? Discount each year's gain to today."
    ),
    answer=Number(unit=N_("customers")),
    reference=lambda data: payback(_case(data)).least_customers,
    tolerance=0.005,
    shows=N_(
        "It takes {answer}. Only what knowing the customer adds counts, and only with customers "
        "who care whose goods they buy."
    ),
    mistakes=(
        Mistake(
            name="all-purchases",
            wrong=_all_purchases,
            reply=N_(
                "You booked all purchases to the database. They would have come anyway; it earns "
                "what it adds."
            ),
        ),
        Mistake(
            name="loyalty-forgotten",
            wrong=_without_loyalty,
            reply=N_("Some customers do not care which brand it is, and nothing is added there."),
        ),
        Mistake(
            name="record-cost-forgotten",
            wrong=lambda data: float(data.setup / (_added(data) * _annuity(data))),
            reply=N_("Each record costs something every year. Take it from what the record adds."),
        ),
        Mistake(
            name="not-discounted",
            wrong=lambda data: float(
                data.setup / ((_added(data) - data.record_cost) * data.years)
            ),
            reply=N_("A gain in the fifth year is worth less today. Discount it."),
        ),
    ),
    hints=(
        N_("What does a record add in a year, less what it costs? What is that worth over the years?"),
        N_("Make a `PaybackCase` of your numbers; `payback(case)` has `least_customers`."),
    ),
    solution=N_(
        "Put your numbers into the case.\n"
        "    from cvm.database import PaybackCase, payback\n"
        "    case = PaybackCase(setup=data.setup, record_cost=data.record_cost,\n"
        "                       purchases=data.purchases, margin=data.margin,\n"
        "                       loyalty=data.loyalty, lift=data.lift, years=data.years,\n"
        "                       discount=data.discount)\n"
        "    answer = payback(case).least_customers"
    ),
)  # fmt: skip
