"""The market's parameters: the topics' levers held together, with people and firm."""

from __future__ import annotations

from cvm.behaviour import Behaviour
from cvm.levers import Levers, Parts, assumption, lever
from cvm.loyalty import Loyalty
from cvm.satisfaction import Satisfaction
from cvm.service import Service
from cvm.value import Offer, Value
from cvm.words import N_

__all__ = ["CHANNELS", "DESK", "SEGMENTS", "STATES", "TIERS", "Firm", "Market", "People"]

#: People who share a complaint desk; also what a large market is cut into.
DESK = 10_000
#: Kinds of people, tiers of customers, ways they come, and where they stand.
SEGMENTS = (N_("household"), N_("youth"), N_("business"))
TIERS = (N_("key"), N_("ordinary"), N_("small"))
CHANNELS = (
    N_("from the start"), N_("advertising"), N_("selling"), N_("web"), N_("referral"),
    N_("win-back"),
)  # fmt: skip
STATES = (N_("potential"), N_("actual"), N_("lost"))


class People(Levers):
    """Who lives in the market, and how they look around."""

    youth: float = assumption(
        0.25, low=0, high=0.5, unit="share", meaning=N_("People who are young")
    )
    business: float = assumption(
        0.1, low=0, high=0.5, unit="share", meaning=N_("People who buy for a business")
    )
    youth_rate: float = assumption(
        1.2, low=0, high=10, meaning=N_("How often the young buy, relative to households")
    )
    youth_spend: float = assumption(
        0.6, low=0.01, high=10, meaning=N_("What the young spend, relative to households")
    )
    business_rate: float = assumption(
        1.5, low=0, high=10, meaning=N_("How often businesses buy, relative to households")
    )
    business_spend: float = assumption(
        2.0, low=0.01, high=50, meaning=N_("What businesses spend, relative to households")
    )
    business_serve: float = assumption(
        2.0, low=0, high=50, meaning=N_("What serving a business costs, relative to households")
    )
    present: float = assumption(
        1.0, low=0, high=1, unit="share",
        meaning=N_("How much of its share of choice the firm has at the start"),
    )  # fmt: skip
    there: float = assumption(
        30.0, low=0, high=120, unit=N_("months"),
        meaning=N_("How long the first customers have been there on average"),
    )  # fmt: skip
    look: float = assumption(
        0.04, low=0, high=1, unit="share",
        meaning=N_("Chance in a month that a rival's customer looks around"),
    )  # fmt: skip
    talk: float = assumption(
        0.3, low=0, high=1, unit="share",
        meaning=N_("Chance that somebody who was referred considers the firm"),
    )  # fmt: skip
    pull: float = assumption(
        0.5, low=0, high=3,
        meaning=N_("How far a preference for rivals raises the risk of leaving (power)"),
    )  # fmt: skip
    contacts: float = assumption(
        0.12, low=0, high=1, unit="share",
        meaning=N_("Chance in a month that a customer needs service"),
    )  # fmt: skip
    push_risk: float = assumption(
        1.4, low=0, high=5,
        meaning=N_("Risk of leaving of those won by selling, relative to the others"),
        source=N_("direction: Verhoef & Donkers 2005; number: teaching"),
    )  # fmt: skip
    keenness: float = assumption(
        0.5, low=0, high=5,
        meaning=N_("How much readier frequent buyers are to join a reward programme"),
    )  # fmt: skip
    lift: float = assumption(
        0.05, low=0, high=1, unit="share",
        meaning=N_("Rise of purchases that membership itself causes"),
    )  # fmt: skip
    member_bond: float = assumption(
        0.3, low=0, high=1, meaning=N_("Financial bond that membership adds")
    )
    answer: float = assumption(
        0.35, low=0, high=1, unit="share",
        meaning=N_("Chance to answer a survey for someone neither pleased nor angry"),
    )  # fmt: skip
    answer_bias: float = assumption(
        0.5, low=0, high=2,
        meaning=N_("How much readier the pleased and the angry are to answer"),
    )  # fmt: skip
    survey_noise: float = assumption(
        0.7, low=0, high=5, unit=N_("points of 10"),
        meaning=N_("Random part of an answer on a scale from 0 to 10"),
    )  # fmt: skip


class Firm(Levers):
    """What the firm decides, and what its decisions cost."""

    price: float = lever(1.0, low=0.5, high=2, meaning=N_("Price, relative to the going one"))
    margin: float = assumption(
        0.5, low=0, high=1, unit="share",
        meaning=N_("Contribution of a purchase at the going price, before service"),
    )  # fmt: skip
    advertising: float = lever(
        0.6, low=0, high=20, unit=N_("yuan a person and month"), meaning=N_("Advertising")
    )
    selling: float = lever(
        0.5, low=0, high=20, unit=N_("yuan a person and month"), meaning=N_("Selling in person")
    )
    web: float = lever(
        0.3, low=0, high=20, unit=N_("yuan a person and month"), meaning=N_("Web and app")
    )
    reach_advertising: float = assumption(
        0.5,
        low=0,
        high=1,
        unit="share",
        meaning=N_("Most that advertising can reach of those who look"),
    )
    reach_selling: float = assumption(
        0.4,
        low=0,
        high=1,
        unit="share",
        meaning=N_("Most that selling can reach of those who look"),
    )
    reach_web: float = assumption(
        0.3,
        low=0,
        high=1,
        unit="share",
        meaning=N_("Most that the web can reach of those who look"),
    )
    saturation: float = assumption(
        1.0, low=0.01, high=50, unit=N_("yuan a person and month"),
        meaning=N_("Spending by which a channel has 63 % of its reach"),
    )  # fmt: skip
    welcome: float = lever(
        60.0, low=0, high=1000, unit=N_("yuan"), meaning=N_("Welcome offer to a new customer")
    )
    winback: float = lever(
        0.5, low=0, high=50, unit=N_("yuan a lost customer and month"),
        meaning=N_("Win-back: effort to regain lost customers"),
    )  # fmt: skip
    winback_reach: float = assumption(
        0.03, low=0, high=1, unit="share", meaning=N_("Most that win-back can reach in a month")
    )
    programme: bool = lever(True, meaning=N_("Whether there is a reward programme"))
    reward: float = lever(
        0.02, low=0, high=0.3, unit="share", meaning=N_("Reward: share of spending given back")
    )
    enrol: float = lever(
        0.35, low=0, high=1, unit="share", meaning=N_("Average customers who join the programme")
    )
    key_from: float = lever(
        300.0, low=0, high=100_000, unit=N_("yuan a month"),
        meaning=N_("Usual spending from which a customer is key"),
    )  # fmt: skip
    ordinary_from: float = lever(
        120.0, low=0, high=100_000, unit=N_("yuan a month"),
        meaning=N_("Usual spending from which a customer is ordinary"),
    )  # fmt: skip
    effort_key: float = lever(
        6.0,
        low=-20,
        high=20,
        unit=N_("points of satisfaction"),
        meaning=N_("Service above standard for key customers"),
    )
    effort_ordinary: float = lever(
        2.0, low=-20, high=20, unit=N_("points of satisfaction"),
        meaning=N_("Service above standard for ordinary customers"),
    )  # fmt: skip
    effort_small: float = lever(
        0.0,
        low=-20,
        high=20,
        unit=N_("points of satisfaction"),
        meaning=N_("Service above standard for small customers"),
    )
    effort_cost: float = assumption(
        0.5,
        low=0,
        high=100,
        unit=N_("yuan a month"),
        meaning=N_("Cost of a point of service for a customer"),
    )
    bond_cost: float = assumption(
        4.0, low=0, high=100, unit=N_("yuan a month"),
        meaning=N_("Cost of a full social or structural bond with a customer"),
    )  # fmt: skip
    wage: float = assumption(
        8000.0,
        low=0,
        high=100_000,
        unit=N_("yuan a month"),
        meaning=N_("Cost of one person at a complaint desk"),
    )
    overhead: float = assumption(
        2.0, low=0, high=1000, unit=N_("yuan a person and month"),
        meaning=N_("Overhead, for each person in the market"),
    )  # fmt: skip
    asked: float = lever(
        0.25, low=0, high=1, unit="share", meaning=N_("Customers asked in the yearly survey")
    )


class Market(Parts):
    """Everything there is to decide and to assume: one whole, its parts by name."""

    offer: Offer = Offer()
    rival_a: Offer = Offer(presence=0.5)
    rival_b: Offer = Offer(presence=-0.6)
    value: Value = Value()
    satisfaction: Satisfaction = Satisfaction()
    service: Service = Service(staff=1, handling_hours=8.0)
    loyalty: Loyalty = Loyalty(conversion=1.0, habit_weight=0.25)
    behaviour: Behaviour = Behaviour()
    people: People = People()
    firm: Firm = Firm()
