"""Chapter 09, loyalty: who buys again, what saying is worth, a longer life, a programme."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Chapter, Mistake, OpenQuestion, Point, Prediction, Question
from cvm.loyalty import (
    Loyalty,
    LoyaltyStudy,
    Programme,
    adjusted_gap,
    difference_in_differences,
    naive_gap,
    simulate_loyalty,
    simulate_programme,
)
from cvm.luck import Luck
from cvm.words import N_

__all__ = ["CHAPTER", "draw"]

#: Customers of the survey and of the programme.
PEOPLE, MEMBERS = 3000, 1200
#: Points of retention the director dreams of.
POINTS = 0.05


def draw(seed: int) -> dict[str, Any]:
    """Draw the survey, the firm's figures and the programme.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``customers`` (survey and deeds), ``programme`` (one row a customer);
        ``retention``, ``yearly_profit``, ``acquisition``, ``interest``, ``points``;
        ``margin`` and ``reward`` of the programme (shares of spend).
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    world = Loyalty(competition=round(0.85 + 0.1 * a, 2), plateau=0.45, conversion=0.9)
    study = LoyaltyStudy(satisfaction=72, alike=5)
    scheme = Programme(
        effect=round(2 + 3 * b, 1), margin=round(0.3 + 0.2 * c, 2), reward=round(0.02 + 0.02 * d, 3)
    )
    return {
        "customers": simulate_loyalty(world, n=PEOPLE, seed=seed, study=study).round(3),
        "programme": simulate_programme(scheme, n=MEMBERS, seed=seed).customers.round(2),
        "retention": round(0.78 + 0.01 * int(13 * e), 2),
        "yearly_profit": 60.0 + 5 * int(9 * a),
        "acquisition": 60.0 + 10 * int(9 * b),
        "interest": 0.08,
        "points": POINTS,
        "margin": scheme.margin,
        "reward": scheme.reward,
    }


# --- 09.1 very satisfied against satisfied -----------------------------------------


def _share(customers: pd.DataFrame, *answers: int) -> float:
    chosen = customers[customers["satisfaction_answer"].isin(answers)]
    return float(chosen["bought_again"].mean())


def _odds(share: float) -> float:
    return share / (1 - share)


def _ratio(data: Data) -> float:
    return _share(data.customers, 5) / _share(data.customers, 4)


TIMES = Question(
    id="09.1",
    prompt=N_(
        "How many times as likely to buy again are the very satisfied (answer 5) as the "
        "satisfied (answer 4)?"
    ),
    answer=Number(),
    reference=_ratio,
    shows=N_(
        "{answer} times, between two answers that a report would add up. Six times was found in "
        "one firm, in a market with strong rivals, and between these very answers."
    ),
    mistakes=(
        Mistake(
            name="satisfied-against-dissatisfied",
            wrong=lambda data: _share(data.customers, 4, 5) / _share(data.customers, 1, 2),
            reply=N_(
                "You compared the satisfied with the dissatisfied: that is how the saying is "
                "retold. Asked is 5 against 4."
            ),
        ),
        Mistake(
            name="difference-for-ratio",
            wrong=lambda data: _share(data.customers, 5) - _share(data.customers, 4),
            reply=N_("That is a difference of shares. Asked is how many times: divide."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: 1 / _ratio(data),
            reply=N_("Upside down: the very satisfied belong above the line."),
        ),
        Mistake(
            name="odds",
            wrong=lambda data: _odds(_share(data.customers, 5)) / _odds(_share(data.customers, 4)),
            reply=N_(
                "That is a ratio of odds. It is larger than the ratio of chances, and often "
                "mistaken for it."
            ),
        ),
    ),
    hints=(
        N_("What share of each of the two groups bought again?"),
        N_('`data.customers.groupby("satisfaction_answer")["bought_again"].mean()`.'),
    ),
    solution=N_(
        "Take the two shares and divide.\n"
        '    again = data.customers.groupby("satisfaction_answer")["bought_again"].mean()\n'
        "    answer = again[5] / again[4]"
    ),
)


# --- 09.2 saying and doing ---------------------------------------------------------


def _correlation(
    data: Data, said: str = "intention_answer", done: str = "share_of_wallet"
) -> float:
    table = data.customers
    return float(table[said].corr(table[done].astype(float)))


def _slope(data: Data) -> float:
    said, done = data.customers["intention_answer"], data.customers["share_of_wallet"]
    return float(said.cov(done) / said.var())


SAYING = Question(
    id="09.2",
    prompt=N_(
        "How strongly does the answer about intention correlate with the share of wallet (Pearson)?"
    ),
    answer=Number(),
    reference=_correlation,
    shows=N_(
        "The correlation is {answer}: moderate, although intention is the main cause of what "
        "these customers do. Pay for behaviour, and measure it."
    ),
    mistakes=(
        Mistake(
            name="one-deed",
            wrong=lambda data: _correlation(data, done="bought_again"),
            reply=N_(
                "That is the correlation with a single deed, which says even less. Asked is the "
                "share of wallet."
            ),
        ),
        Mistake(
            name="satisfaction-for-intention",
            wrong=lambda data: _correlation(data, said="satisfaction_answer"),
            reply=N_("That is the answer about satisfaction. Asked is the one about intention."),
        ),
        Mistake(
            name="slope",
            wrong=_slope,
            reply=N_(
                "That is a slope: share of wallet for each step of the answer. A correlation has no unit."
            ),
        ),
        Mistake(
            name="squared",
            wrong=lambda data: _correlation(data) ** 2,
            reply=N_("That is its square, the share of variance. Asked is the correlation itself."),
        ),
    ),
    hints=(
        N_("Two columns of `data.customers`: which hold what was said and what was done?"),
        N_('`table["intention_answer"].corr(table["share_of_wallet"])`.'),
    ),
    solution=N_(
        "Correlate the two columns; `intention_behaviour` adds an interval.\n"
        '    answer = data.customers["intention_answer"].corr(data.customers["share_of_wallet"])'
    ),
)


# --- 09.3 five points --------------------------------------------------------------


def _value(
    data: Data, retention: float, *, interest: float | None = None, cost: float | None = None
) -> float:
    rate = data.interest if interest is None else interest
    won = data.acquisition if cost is None else cost
    return float(data.yearly_profit / (1 - retention / (1 + rate)) - won)


def _rise(data: Data, more: float, **changes: float) -> float:
    before = _value(data, data.retention, **changes)
    return _value(data, data.retention + more, **changes) / before - 1


FIVE_POINTS = Question(
    id="09.3",
    prompt=N_(
        "By what share does the value of a customer rise when retention rises by five points? "
        "Each year's profit is the same and comes at its start."
    ),
    answer=Number(unit="share"),
    reference=lambda data: _rise(data, data.points),
    shows=N_(
        "{answer}, for a customer's whole life. The firm's profit of next year is another "
        "matter: those who now stay arrive one by one."
    ),
    mistakes=(
        Mistake(
            name="per-cent-for-points",
            wrong=lambda data: _rise(data, data.points * data.retention),
            reply=N_(
                "You raised retention by five per cent of itself. Five points are added: 0.80 becomes 0.85."
            ),
        ),
        Mistake(
            name="no-interest",
            wrong=lambda data: _rise(data, data.points, interest=0.0),
            reply=N_("Later money is worth less: discount with `data.interest`."),
        ),
        Mistake(
            name="acquisition-forgotten",
            wrong=lambda data: _rise(data, data.points, cost=0.0),
            reply=N_("The customer had to be won first: take `data.acquisition` off both values."),
        ),
        Mistake(
            name="life-for-value",
            wrong=lambda data: _rise(data, data.points, interest=0.0, cost=0.0),
            reply=N_(
                "That is how much *longer* the customer stays. Value has an acquisition cost and an interest rate too."
            ),
        ),
        Mistake(
            name="money-for-share",
            wrong=lambda data: (
                _value(data, data.retention + data.points) - _value(data, data.retention)
            ),
            reply=N_("That is the rise in money. Divide it by the value before."),
        ),
    ),
    hints=(
        N_("Value it twice, at both rates of retention. What are all the years worth together?"),
        N_(
            "The years add up to profit / (1 - retention / (1 + interest)); then take off what winning cost."
        ),
    ),
    solution=N_(
        "A geometric series, less the cost of winning, at both rates.\n"
        "    def value(retention):\n"
        "        years = data.yearly_profit / (1 - retention / (1 + data.interest))\n"
        "        return years - data.acquisition\n"
        "    answer = value(data.retention + data.points) / value(data.retention) - 1"
    ),
)


# --- 09.4 what the programme adds ----------------------------------------------------


def _early_gap(data: Data) -> float:
    return naive_gap(data.programme, outcome="spend_before").effect


def _members_change(data: Data) -> float:
    mine = data.programme[data.programme["member"]]
    return float((mine["spend_after"] - mine["spend_before"]).mean())


PROGRAMME = Question(
    id="09.4",
    prompt=N_(
        "Lasting loyalty, which nobody sees, made customers join. What does the programme add to "
        "a member's spend a month?"
    ),
    answer=Number(unit=N_("yuan")),
    reference=lambda data: difference_in_differences(data.programme).effect,
    shows=N_(
        "It adds {answer} a month. Members spend far more than that above the others, and did so "
        "before there was a programme."
    ),
    mistakes=(
        Mistake(
            name="naive-gap",
            wrong=lambda data: naive_gap(data.programme).effect,
            reply=N_(
                "That is the gap between members and others. Most of it was there before the programme."
            ),
        ),
        Mistake(
            name="gap-before",
            wrong=_early_gap,
            reply=N_("That is the gap *before* the programme began: take it off the gap after."),
        ),
        Mistake(
            name="members-alone",
            wrong=_members_change,
            reply=N_(
                "That is how members changed. The others changed too, without a programme: take that off."
            ),
        ),
        Mistake(
            name="adjusted-for-past-spend",
            wrong=lambda data: adjusted_gap(data.programme).effect,
            reply=N_(
                "Past spend tells only part of a lasting loyalty, so this still holds some of who "
                "they are. Compare changes."
            ),
        ),
    ),
    hints=(
        N_("Loyalty that lasts is the same before and after. Which comparison lets it drop out?"),
        N_("Change of the members, less change of the others: `difference_in_differences`."),
    ),
    solution=N_(
        "Compare how members changed with how the others changed.\n"
        "    from cvm.loyalty import difference_in_differences\n"
        "    answer = difference_in_differences(data.programme)"
    ),
)


# --- 09.5 what it would have to add --------------------------------------------------


def _without(data: Data) -> float:
    """A member's spend as it would have been: after, less what the programme adds."""
    mine = data.programme[data.programme["member"]]
    return float(mine["spend_after"].mean()) - difference_in_differences(data.programme).effect


BREAK_EVEN = Question(
    id="09.5",
    prompt=N_(
        "Members would spend `without` a month anyway (their mean spend after, less your answer "
        "to 09.4). The reward is paid on all they spend. What must the programme add a month to "
        "earn its rewards?"
    ),
    answer=Number(unit=N_("yuan")),
    reference=lambda data: data.reward * _without(data) / (data.margin - data.reward),
    tolerance=0.005,
    shows=N_(
        "It must add {answer} a month. Most of the rewards go to spending that would have come "
        "anyway; that is what a programme costs."
    ),
    mistakes=(
        Mistake(
            name="reward-on-the-extra-only",
            wrong=lambda data: data.reward * difference_in_differences(data.programme).effect,
            reply=N_(
                "That is the reward on the extra spend alone. Members are rewarded for everything they buy."
            ),
        ),
        Mistake(
            name="reward-on-the-extra-forgotten",
            wrong=lambda data: data.reward * _without(data) / data.margin,
            reply=N_(
                "Nearly: the extra spend is rewarded as well, so of its margin only margin less reward is left."
            ),
        ),
        Mistake(
            name="cost-for-effect",
            wrong=lambda data: data.reward * _without(data),
            reply=N_(
                "That is what the rewards cost. Only the margin on extra spend pays for them: divide."
            ),
        ),
    ),
    hints=(
        N_("Gain: margin on the extra. Cost: reward on `without` plus the extra. Set them equal."),
        N_("margin * extra = reward * (without + extra): solve for the extra."),
    ),
    solution=N_(
        "Set the margin on the extra equal to the reward on everything.\n"
        "    from cvm.loyalty import difference_in_differences\n"
        '    spend = data.programme[data.programme["member"]]["spend_after"].mean()\n'
        "    without = spend - difference_in_differences(data.programme).effect\n"
        "    answer = data.reward * without / (data.margin - data.reward)"
    ),
)


# --- guesses and the open question -----------------------------------------------------


def _real_part(data: Data) -> float:
    mine = data.programme[data.programme["member"]]
    return float(mine["true_effect"].mean()) / naive_gap(data.programme).effect


GUESS_SAYING = Prediction(
    id="09.a",
    prompt=N_("How strongly do intention and share of wallet correlate (from -1 to 1)?"),
    truth=_correlation,
    low=-1,
    high=1,
    shows=N_(
        "The correlation is {truth}. Habit, obstacles and luck stand between saying and doing."
    ),
    measures=N_("correlation of saying and doing"),
    alt=N_("Two bars: the predicted correlation of {predicted} and the true one of {truth}."),
)

GUESS_PART = Prediction(
    id="09.b",
    prompt=N_("What share of the gap between members and others did the programme bring about?"),
    truth=_real_part,
    low=0,
    high=1,
    unit="share",
    shows=N_("The programme brought {truth} of the gap. The rest is who the members are."),
    measures=N_("share of the gap that is the programme's"),
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

TRIUMPH = OpenQuestion(
    id="09.open",
    prompt=N_(
        "The director wants to tell the board that the programme is a triumph and to double the "
        "reward. What do you tell him, and what do you propose to find out first?"
    ),
    points=(
        Point(
            point=N_("Why members joined"),
            marks=2,
            full=N_("Asks what made customers join, and says which comparison is right for it."),
            none=N_("Takes the gap for the effect, or names a method without a reason."),
        ),
        Point(
            point=N_("The account"),
            marks=2,
            full=N_("Sets the margin on extra spend against the reward on all spend."),
            none=N_("Speaks of sales only."),
        ),
        Point(
            point=N_("Doubling the reward"),
            marks=1,
            full=N_("Says that doubling the cost is certain and doubling the effect is not."),
            none=N_("Takes for granted that the effect doubles."),
        ),
        Point(
            point=N_("How to find out"),
            marks=2,
            full=N_("Proposes lots, a staggered start or a placebo before the start."),
            none=N_("Proposes to ask members whether they are satisfied."),
        ),
    ),
)

CHAPTER = Chapter(
    id="09",
    draw=draw,
    questions=(TIMES, SAYING, FIVE_POINTS, PROGRAMME, BREAK_EVEN),
    predictions=(GUESS_SAYING, GUESS_PART),
    open=TRIUMPH,
)
