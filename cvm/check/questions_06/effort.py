"""What to do about it: who moved, the next yuan, the privilege (06.4 to 06.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd

from cvm.check.answers import Fitted, Function, Named
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.tiering import assign_tiers
from cvm.words import N_

__all__ = ["MOVES", "NEXT_YUAN", "PRIVILEGE", "still_key"]

#: Where the tiers of a year end, counted from the best customer.
TIERS = (0.1, 0.4)
#: How far from the threshold customers are compared, in points.
WINDOW = 5


# --- 06.4 who moved --------------------------------------------------------------


def _moves(
    years: pd.DataFrame, normalize: Any = "index", cuts: tuple[float, float] = TIERS
) -> pd.Series:
    """Tell the share of each first-year tier that is in each second-year tier."""
    before = assign_tiers(years["first_year"], cuts=cuts).astype(str)
    after = assign_tiers(years["second_year"], cuts=cuts).astype(str)
    table = pd.crosstab(before, after, normalize=normalize)
    return cast(pd.Series, table.stack())  # noqa: PD013  (both names are kept)


def still_key(data: Data) -> float:
    """Give the share of the first year's key customers who are key in the second."""
    return float(_moves(data.years)["key", "key"])


MOVES = Question(
    id="06.4",
    prompt=N_(
        "Key is the best 10 % by spending in a year, ordinary the next 30 %: of the customers "
        "of each tier in the first year, what share is in each tier in the second?"
    ),
    answer=Named(unit="share", key=("from_tier", "to_tier"), column="share"),
    reference=lambda data: _moves(data.years),
    shows=N_(
        "Key customers fell and small ones climbed, and in this market nobody changed: a lucky "
        "year had put some of them up there. Thank no campaign and blame no manager before you "
        "know what chance alone does."
    ),
    mistakes=(
        Mistake(
            name="shares-of-the-second-year",
            wrong=lambda data: _moves(data.years, normalize="columns"),
            reply=N_(
                "You asked where each tier of the *second* year came from. Asked is where each "
                "tier of the first year went: the shares of one first-year tier add to one."
            ),
        ),
        Mistake(
            name="shares-of-all",
            wrong=lambda data: _moves(data.years, normalize="all"),
            reply=N_(
                "These are shares of all customers. Divide by the customers of the first-year tier."
            ),
        ),
        Mistake(
            name="counts",
            wrong=lambda data: _moves(data.years, normalize=False),
            reply=N_("These are counts. Divide by the customers of the first-year tier."),
        ),
        Mistake(
            name="second-cut-too-early",
            wrong=lambda data: _moves(data.years, cuts=(TIERS[0], 0.3)),
            reply=N_(
                "Your ordinary tier ends too early. Cuts count from the best customer: 10 % and "
                "the next 30 % end at 40 %."
            ),
        ),
        Mistake(
            name="only-those-who-bought-again",
            wrong=lambda data: _moves(data.years[data.years["second_year"] > 0]),
            reply=N_(
                "You left out those who bought nothing in the second year. They fell as far as "
                "one can fall: without them every tier looks more faithful than it is."
            ),
        ),
    ),
    hints=(
        N_("Put the customers in tiers twice, once for each year, with the same cuts."),
        N_("A cross table of the two tiers counts the moves. Which way do shares add to one?"),
        N_('`pd.crosstab(before, after, normalize=...)`: "index" is a row, one first-year tier.'),
    ),
    solution=N_(
        "Cut each year by itself, cross the two, and divide each row by its sum.\n"
        "    from cvm.tiering import assign_tiers\n"
        '    before = assign_tiers(data.years["first_year"], cuts=(0.1, 0.4))\n'
        '    after = assign_tiers(data.years["second_year"], cuts=(0.1, 0.4))\n'
        '    answer = pd.crosstab(before, after, normalize="index")'
    ),
)


# --- 06.5 the next yuan ----------------------------------------------------------


Curve = Callable[[float], float]


def _marginal(data: Data) -> Curve:
    return lambda spend: data.reach / data.scale * np.exp(-spend / (data.scale * data.value))


def _total(data: Data) -> Curve:
    gone = data.scale * data.value
    return lambda spend: data.value * data.reach * (1 - np.exp(-spend / gone))


def _average(data: Data) -> Curve:
    return lambda spend: _total(data)(spend) / spend


def _without_inner(data: Data) -> Curve:
    return lambda spend: data.reach * data.value * np.exp(-spend / (data.scale * data.value))


def _scale_as_money(data: Data) -> Curve:
    return lambda spend: data.reach / data.scale * np.exp(-spend / data.scale)


NEXT_YUAN = Question(
    id="06.5",
    prompt=N_(
        "Write a function of `spend` (yuan a customer) that gives what the *next* yuan spent on "
        "service returns."
    ),
    answer=Function(tries=lambda data: [(10.0,), (40.0,), (90.0,)]),
    reference=_marginal,
    tolerance=0.03,  # the step of one whole yuan is as good as the derivative
    shows=N_(
        "The next yuan returns less, the more was spent before. Spend until it returns just what "
        "it would return elsewhere: that, not where the value is, tells how to split a budget."
    ),
    mistakes=(
        Mistake(
            name="average-for-marginal",
            wrong=_average,
            reply=N_(
                "That is the average return of a yuan spent so far. It stays high when the next "
                "yuan already returns little: this is how budgets get too large."
            ),
        ),
        Mistake(
            name="total-for-marginal",
            wrong=_total,
            reply=N_("That is the whole return of `spend`. Asked is what one more yuan adds."),
        ),
        Mistake(
            name="inner-derivative",
            wrong=_without_inner,
            reply=N_(
                "The inner derivative is missing: what stands beside `spend` in the exponent "
                "comes out in front."
            ),
        ),
        Mistake(
            name="scale-is-a-share",
            wrong=_scale_as_money,
            reply=N_(
                "`data.scale` is a share of the customer's value. In yuan it is "
                "`data.scale * data.value`."
            ),
        ),
    ),
    hints=(
        N_("The next yuan: the slope of the return at `spend`, or the return one yuan further on."),
        N_("The derivative of 1 - exp(-s/k) is exp(-s/k)/k. Here k is in yuan."),
    ),
    solution=N_(
        "Differentiate the return: the value cancels, reach over scale remains in front of the "
        "exponential.\n"
        "    def answer(spend):\n"
        "        gone = spend / (data.scale * data.value)\n"
        "        return data.reach / data.scale * np.exp(-gone)"
    ),
)


# --- 06.6 what the privilege does ------------------------------------------------


def _jump(formula: str, *, near: bool = True) -> Callable[[Data], Any]:
    """Make the function that fits a formula to the rewards programme."""

    def fit(data: Data) -> Any:
        from statsmodels.formula.api import ols  # a second of import, only where it is needed

        table = data.rewards.assign(distance=data.rewards["points"] - data.threshold)
        chosen = table[table["distance"].abs() <= WINDOW] if near else table
        return ols(formula, chosen).fit()

    return fit


PRIVILEGE = Question(
    id="06.6",
    prompt=N_(
        "Who reached `data.threshold` points is privileged the year after. Fit a line on each "
        "side of the threshold, for customers at most 5 points from it: what does the privilege do "
        "to `visits_after`? Hand in the fitted model."
    ),
    answer=Fitted(names=("privileged",), unit=N_("visits")),
    reference=_jump("visits_after ~ privileged * distance"),
    shows=N_(
        "The privilege adds {answer} a year for a customer at the threshold. The difference "
        "between all members and all others is several times that: most of it is who they are, "
        "not what they were given."
    ),
    mistakes=(
        Mistake(
            name="members-against-others",
            wrong=_jump("visits_after ~ privileged", near=False),
            reply=N_(
                "That compares all members with all others. They came more often before, too: "
                "look at customers near the threshold, and let their points count."
            ),
        ),
        Mistake(
            name="no-lines",
            wrong=_jump("visits_after ~ privileged"),
            reply=N_(
                "Near the threshold is right, but even there more points mean more visits. "
                "Draw a line on each side: add the distance, and let its slope differ."
            ),
        ),
        Mistake(
            name="not-centred",
            wrong=_jump("visits_after ~ privileged * points"),
            reply=N_(
                "Your lines are right, read off in the wrong place: this coefficient is the gap "
                "at zero points. Measure points from the threshold, then it is the gap there."
            ),
        ),
        Mistake(
            name="one-slope",
            wrong=_jump("visits_after ~ privileged + distance"),
            reply=N_(
                "Both sides share one slope. The privilege may change the slope too: `*` in "
                "place of `+` gives each side its own."
            ),
        ),
        Mistake(
            name="all-customers",
            wrong=_jump("visits_after ~ privileged * distance", near=False),
            reply=N_(
                "Your lines run through all customers. Far from the threshold they say nothing "
                "about it: keep those at most 5 points away."
            ),
        ),
    ),
    hints=(
        N_("Who is nearly the same, but for the privilege? Those just above and just below."),
        N_("Make `distance`, the points from the threshold, and keep where it is at most 5."),
        N_('`smf.ols("visits_after ~ privileged * distance", near).fit()`.'),
    ),
    solution=N_(
        "Measure points from the threshold, keep the customers near it, and fit a line on each "
        "side. Where the distance is zero, the gap is the coefficient of `privileged`.\n"
        "    import statsmodels.formula.api as smf\n"
        '    table = data.rewards.assign(distance=data.rewards["points"] - data.threshold)\n'
        '    near = table[table["distance"].abs() <= 5]\n'
        '    answer = smf.ols("visits_after ~ privileged * distance", near).fit()'
    ),
)
