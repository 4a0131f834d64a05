"""What the market's tables look like: every one passes its schema (:mod:`cvm.tables`)."""

from __future__ import annotations

from cvm import schemas
from cvm.market.parameters import CHANNELS, SEGMENTS, STATES, TIERS
from cvm.schemas import Column, Schema
from cvm.value import FIRMS
from cvm.words import N_

__all__ = ["SCHEMAS"]

_CUSTOMER = Column(name="customer", kind="id", meaning=N_("the customer"))
_DATE = Column(name="date", kind="date", meaning=N_("the day"))
_YUAN = N_("yuan")


def _flag(name: str, meaning: str) -> Column:
    return Column(name=name, kind="text", meaning=meaning, options=("True", "False"))


def _money(name: str, meaning: str) -> Column:
    return Column(name=name, kind="number", unit=_YUAN, meaning=meaning, low=-1e15, high=1e15)


def _count(name: str, meaning: str) -> Column:
    return Column(name=name, kind="whole", meaning=meaning, low=0)


def _share(name: str, meaning: str) -> Column:
    return Column(
        name=name, kind="number", low=0, high=1, meaning=meaning, required=False, empty=True
    )


def _true(name: str, meaning: str, unit: str = "") -> Column:
    return Column(
        name=f"true_{name}", kind="number", meaning=meaning, unit=unit, required=False, empty=True
    )


CUSTOMERS = Schema(
    name=N_("customers"),
    meaning=N_("one person of the district, customer or not"),
    columns=(
        Column(name="customer", kind="id", meaning=N_("the person"), unique=True),
        Column(name="segment", kind="text", meaning=N_("kind of person"), options=SEGMENTS),
        Column(name="tier", kind="text", meaning=N_("tier by usual spending"), options=TIERS),
        _flag("member", N_("member of the reward programme")),
        Column(
            name="channel", kind="text", meaning=N_("how the customer first came; empty for others"),
            options=CHANNELS, empty=True,
        ),
        Column(name="joined", kind="date", meaning=N_("first month as a customer"), empty=True),
        Column(name="left", kind="date", meaning=N_("last month in which the customer left"), empty=True),
    ),
)  # fmt: skip

CONTACTS = Schema(
    name=N_("contacts"),
    meaning=N_("one service contact"),
    columns=(
        _CUSTOMER, _DATE, _flag("complained", N_("whether a complaint followed")),
        _share("true_quality", N_("quality of the moment")),
    ),
)  # fmt: skip

COMPLAINTS = Schema(
    name=N_("complaints"),
    meaning=N_("one complaint"),
    columns=(
        _CUSTOMER, _DATE,
        Column(
            name="response_days", kind="number", unit=N_("working days"), low=0, high=1000,
            meaning=N_("time until the answer"),
        ),
        _flag("settled", N_("whether it was settled properly")),
    ),
)  # fmt: skip

STATES_BY_MONTH = Schema(
    name=N_("states"),
    meaning=N_("one person in one month"),
    columns=(
        _CUSTOMER, _count("month", N_("month, from 0")),
        Column(name="state", kind="text", meaning=N_("where the person stands"), options=STATES),
        _count("tenure", N_("months as a customer so far")),
        _count("purchases", N_("purchases in the month")),
        _money("revenue", N_("what the customer paid")),
        _money("cost", N_("what the customer caused")),
        Column(
            name="true_provider", kind="text", meaning=N_("whose customer the person is"),
            options=FIRMS, required=False,
        ),
        Column(
            name="true_satisfaction", kind="number", low=0, high=100, required=False, empty=True,
            unit=N_("points"), meaning=N_("cumulative satisfaction; empty for others"),
        ),
        _share("true_attitude", N_("attitude; empty for others")),
        _share("true_hazard", N_("chance to leave in the month; empty for others")),
    ),
    key=("customer", "month"),
)  # fmt: skip

LEDGER = Schema(
    name=N_("ledger"),
    meaning=N_("one month of the firm"),
    columns=(
        _count("month", N_("month, from 0")), _DATE,
        _count("customers", N_("customers in the month")),
        _count("joined", N_("customers won in the month, from the next on")),
        _count("left", N_("customers lost in the month")),
        _count("contacts", N_("service contacts")), _count("complaints", N_("complaints")),
        _count("referrals", N_("customers who referred somebody")),
        _count("purchases", N_("purchases")),
        _money("revenue", N_("what customers paid")),
        _money("goods", N_("cost of goods")),
        _money("service", N_("cost of serving, purchases and contacts included")),
        _money("rewards", N_("given back by the reward programme")),
        _money("tier_service", N_("service above standard by tier")),
        _money("bonds", N_("social and structural bonds")),
        _money("advertising", N_("advertising")), _money("selling", N_("selling in person")),
        _money("web", N_("web and app")), _money("welcome", N_("welcome offers")),
        _money("win_back", N_("effort for lost customers")),
        _money("complaint_desk", N_("wages of the complaint desk")),
        _money("overhead", N_("overhead")), _money("profit", N_("revenue less all costs")),
    ),
    key=("replicate", "month"),
)  # fmt: skip

TRUTH = Schema(
    name=N_("truth"),
    meaning=N_("one person, as nobody in the market knows it"),
    columns=(
        Column(name="customer", kind="id", meaning=N_("the person"), unique=True),
        _true("rate", N_("purchases a month, all firms together")),
        _true("spend", N_("mean worth of a purchase"), _YUAN),
        _true("performance", N_("performance the person usually meets"), N_("points")),
        _true("risk", N_("risk of leaving, 1 for the average")),
        _true("share", N_("chance of choosing the firm, once it is considered")),
        _true("value_firm", N_("delivered value of the firm"), N_("points")),
        _true("value_rival_a", N_("delivered value of the first rival"), N_("points")),
        _true("value_rival_b", N_("delivered value of the second rival"), N_("points")),
    ),
)  # fmt: skip

#: The schema of each table, by the table's name.
SCHEMAS = {
    "customers": CUSTOMERS,
    "transactions": schemas.TRANSACTIONS,
    "contacts": CONTACTS,
    "complaints": COMPLAINTS,
    "survey": schemas.SURVEY,
    "states": STATES_BY_MONTH,
    "ledger": LEDGER,
    "truth": TRUTH,
}
