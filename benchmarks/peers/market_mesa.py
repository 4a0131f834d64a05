"""The market of ``cvm.market`` written as Mesa agents, one object a person.

Run by ``benchmarks/market.py`` with the interpreter of an environment that has Mesa:
``python market_mesa.py PEOPLE.npz MARKET.json MONTHS``. Prints one JSON object: the CPU
seconds of building and stepping the model, and what came of it. Imports nothing of ``cvm``.
"""

import json
import math
import sys
import time

import mesa
import numpy as np


def logistic(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class Person(mesa.Agent):
    """One inhabitant of the district."""

    def __init__(self, model, traits):
        super().__init__(model)
        for name, value in traits.items():
            setattr(self, name, value)
        self.active = self.provider == 0
        self.ever = self.active
        self.learned, self.satisfaction = self.lasting, self.rested
        self.luck = self.risk
        self.states, self.orders = [], []

    def step(self):
        if self.active:
            self.live()
        else:
            self.look()
        self.states.append((self.active, self.provider, self.tenure, self.satisfaction))

    def live(self):
        p, draw = self.model.p, self.random.random
        change, gone = self.contact() if draw() < p["people.contacts"] else (0.0, False)
        self.judge(change)
        attitude = self.attitude()
        hazard = min(1.0, self.luck * (1 - self.retention(attitude)))
        self.buy(attitude)
        if draw() < p["behaviour.referral"] * attitude:
            self.model.talked += 1
        self.tenure += 1
        if gone or draw() < hazard:
            self.active = False
            self.model.left += 1
            self.provider = 1 if draw() < self.first_rival else 2

    def contact(self):
        p, draw, self.model.contacts = self.model.p, self.random.random, self.model.contacts + 1
        held = [draw() >= p[f"service.fail_{d}"] for d in ("human", "business", "hidden")]
        if min(held):
            return 0.0, False
        if draw() >= p["service.voice"]:
            return -p["service.failure_loss"], draw() < p["service.silent_exit"]
        self.model.complaints += 1
        if draw() >= p["service.resolution"]:
            return -p["service.failure_loss"] - p["service.double_deviation"], False
        speed = math.exp(-self.model.days / p["service.patience"])
        return p["service.failure_loss"] * (p["service.recovery_strength"] * speed - 1), False

    def judge(self, change):
        p = self.model.p
        met = self.lasting + p["satisfaction.noise"] * self.random.gauss(0, 1)
        expected = self.learned + p["satisfaction.promise"]
        seen = met + p["satisfaction.assimilation"] * (expected - met)
        gap = seen - expected
        weight = p["satisfaction.gain"] * (p["satisfaction.loss_aversion"] if gap < 0 else 1)
        judged = min(max(seen + weight * gap, 0), 100)
        self.satisfaction += p["satisfaction.memory"] * (judged - self.satisfaction)
        self.satisfaction = min(max(self.satisfaction + change, 0), 100)
        self.learned += p["satisfaction.adaptation"] * (met - self.learned)

    def attitude(self):
        p, width = self.model.p, self.model.p["loyalty.width"]
        edge = p["loyalty.affection_edge"] - p["loyalty.push"] * (1 - p["loyalty.competition"])
        rises = []
        for middle in (p["loyalty.defection_edge"] - 2 * width, edge + 2 * width):
            low, high = logistic(-middle / width), logistic((100 - middle) / width)
            here = logistic((self.satisfaction - middle) / width)
            rises.append((here - low) / (high - low))
        return p["loyalty.plateau"] * rises[0] + (1 - p["loyalty.plateau"]) * rises[1]

    def retention(self, attitude):
        p = self.model.p
        financial = min(1, p["loyalty.financial"] + self.member * p["people.member_bond"])
        bonds = {"financial": financial, "social": p["loyalty.social"],
                 "structural": p["loyalty.structural"]}  # fmt: skip
        cost = sum(
            p[f"loyalty.strength_{k}"] * (1 - p[f"loyalty.copied_{k}"]) * b
            for k, b in bonds.items()
        )
        captive = p["loyalty.captive"] * (1 - p["loyalty.competition"])
        fond = min(max(attitude, 1e-6), 1 - 1e-6)
        meant = captive + (1 - captive) * fond / (fond + (1 - fond) * math.exp(-cost))
        planned = (1 - p["loyalty.conversion"]) * p["loyalty.base"] + p[
            "loyalty.conversion"
        ] * meant
        habit = 1 - math.exp(-self.tenure / p["behaviour.habit_months"])
        habitual = p["loyalty.habit_weight"] * habit
        return ((1 - habitual) * planned + habitual) ** (1 / 12)

    def buy(self, attitude):
        p, draw = self.model.p, self.random.random
        wallet = p["behaviour.wallet_floor"] + (1 - p["behaviour.wallet_floor"]) * attitude
        rate = self.rate * wallet * (1 + p["people.lift"] * self.member)
        count, chance, u = 0, math.exp(-rate), draw()
        reached = chance
        while u >= reached and count < 200:
            count += 1
            chance *= rate / count
            reached += chance
        shape = p["behaviour.spend_shape"]
        for _ in range(count):
            worth = self.spend * self.random.gammavariate(shape, 1 / shape)
            cents = max(round(100 * worth), 1)
            self.orders.append((self.model.month, int(28 * draw()), cents))
            self.model.revenue += cents

    def look(self):
        p, draw, model = self.model.p, self.random.random, self.model
        heard = p["people.talk"] * model.heard
        chances = [*model.media, heard, model.regained * self.ever]
        u, reached = draw(), 0.0
        for channel, chance in enumerate(chances):
            reached += self.share * chance
            if u < reached:
                self.join(channel)
                return
        if u < p["people.look"]:
            self.provider = 1 if draw() < self.first_rival else 2

    def join(self, channel):
        self.active = self.ever = True
        self.provider = self.tenure = 0
        self.satisfaction = self.learned = self.lasting
        self.luck = self.risk * (self.model.p["people.push_risk"] if channel == 1 else 1)
        self.model.joined += 1


class District(mesa.Model):
    """The firm, its rivals and everybody."""

    def __init__(self, people, parameters, response):
        super().__init__(rng=1)
        self.p, self.response, self.days, self.month = parameters, response, response[0], 0
        self.heard = self.regained = 0.0
        reach = [(parameters[f"firm.reach_{c}"], parameters[f"firm.{c}"])
                 for c in ("advertising", "selling", "web")]  # fmt: skip
        self.media = [
            parameters["people.look"] * r * (1 - math.exp(-x / parameters["firm.saturation"]))
            for r, x in reach
        ]
        self.regained = parameters["firm.winback_reach"] * (
            1 - math.exp(-parameters["firm.winback"])
        )
        self.ledger = []
        for traits in people:
            Person(self, traits)

    def step(self):
        self.talked = self.joined = self.left = self.contacts = self.complaints = self.revenue = 0
        inside = sum(person.active for person in self.agents)
        self.agents.shuffle_do("step")
        self.heard = 1 - math.exp(-self.talked / max(len(self.agents) - inside, 1))
        self.days = self.response[min(self.complaints, len(self.response) - 1)]
        self.ledger.append((inside, self.joined, self.left, self.contacts, self.revenue))
        self.month += 1


def main(people_file, market_file, months):
    table = dict(np.load(people_file))
    response = table.pop("response").tolist()
    columns = {name: column.tolist() for name, column in table.items()}
    people = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    with open(market_file, encoding="utf-8") as file:
        parameters = json.load(file)
    start = time.process_time()
    district = District(people, parameters, response)
    for _ in range(months):
        district.step()
    seconds = time.process_time() - start
    customers, joined, left, contacts, revenue = (
        sum(line) for line in zip(*district.ledger, strict=True)
    )
    print(json.dumps({"seconds": seconds, "customers": customers, "joined": joined, "left": left,
                      "contacts": contacts, "revenue": revenue / 100}))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
