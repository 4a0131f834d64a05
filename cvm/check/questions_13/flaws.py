"""Five studies, each with one flaw: name it, and measure three of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.check.answers import Named, Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_13.base import DESIGNS
from cvm.words import N_

__all__ = ["EFFECT", "ERROR", "FLAWS", "LOOKS"]


# --- 13.1 the flaw of each ------------------------------------------------------------


def _letters(data: Data) -> dict[str, str]:
    """Give the letter each study has for this student."""
    return dict(zip(data.designs["data"], data.designs["design"], strict=True))


def _flaws(data: Data) -> pd.Series:
    flaws = data.designs["data"].map({name: flaw for name, (flaw, _told) in DESIGNS.items()})
    return pd.Series(flaws.to_numpy(), index=data.designs["design"].to_numpy())


def _said(study: str, flaw: str) -> Any:
    return lambda data: {_letters(data)[study]: flaw}


FLAWS = Question(
    id="13.1",
    prompt=N_(
        "Which flaw has each of the five designs? Give a Series (or dict) by design, A to E, with the "
        "names of `data.flaws`."
    ),
    answer=Named(key=("design",), column="flaw"),
    reference=_flaws,
    shows=N_(
        "{answer}. No analysis of the same data mends the first and the fourth kind; the others are "
        "mended by another analysis, or by a plan that was kept."
    ),
    mistakes=(
        Mistake(
            name="lots-chose-nobody",
            wrong=_said("pilot", "self-selection"),
            reply=N_(
                "In the pilot lots decided, so nobody chose. Look at what was held fixed: was it asked "
                "before the pilot or after?"
            ),
        ),
        Mistake(
            name="worst-did-not-choose",
            wrong=_said("coaching", "self-selection"),
            reply=N_(
                "The coached shops did not choose: they were chosen for a bad spring. What would their "
                "autumn have been without any coaching?"
            ),
        ),
        Mistake(
            name="one-question-often",
            wrong=_said("watched", "many tests"),
            reply=N_(
                "It is one question each time, not many. What is repeated is the look at it, and when "
                "they stop looking."
            ),
        ),
        Mistake(
            name="many-answers",
            wrong=_said("renovation", "many tests"),
            reply=N_(
                "Many answers are not many tests: there is one comparison. But of what were lots drawn, "
                "of customers or of shops?"
            ),
        ),
        Mistake(
            name="nobody-left-out",
            wrong=_said("launch", "survivorship"),
            reply=N_(
                "The launch counts everybody, those who left the programme too. How did a customer "
                "become a member?"
            ),
        ),
        Mistake(
            name="shops-held-fixed",
            wrong=_said("renovation", "bad control"),
            reply=N_(
                "Nothing was held fixed in the renovation. How many things were drawn lots about?"
            ),
        ),
    ),
    hints=(
        N_("Of each, ask: who decided who was treated, what was drawn lots of, and when did it end?"),
        N_(
            "Two of the seven flaws fit none of the five. Begin with the design in which nobody drew lots "
            "and customers chose."
        ),
    ),
    solution=N_(
        "Who decided, of what were lots drawn, what was held fixed, who was picked, when did it end?\n"
        '    found = {"launch": "self-selection", "pilot": "bad control", "renovation": "clusters"}\n'
        '    found |= {"coaching": "regression to the mean", "watched": "peeking"}\n'
        '    answer = data.designs.set_index("design")["data"].map(found)'
    ),
)  # fmt: skip


# --- 13.2 what the pilot does ---------------------------------------------------------


def _difference(data: Data, column: str) -> float:
    means = data.pilot.groupby("pilot")[column].mean()
    return float(means.loc[True] - means.loc[False])


def _coefficients(data: Data) -> tuple[float, float]:
    """Give what the pilot and a point of satisfaction add to loyalty, the other held fixed."""
    rows = data.pilot
    x = np.column_stack([np.ones(len(rows)), rows["pilot"], rows["satisfaction"]]).astype(float)
    b = np.linalg.lstsq(x, rows["loyalty"].to_numpy(dtype=float), rcond=None)[0]
    return float(b[1]), float(b[2])


EFFECT = Question(
    id="13.2",
    prompt=N_("Lots were drawn in the pilot. By how many points does it raise loyalty, in all?"),
    answer=Number(unit=N_("points")),
    reference=lambda data: _difference(data, "loyalty"),
    tolerance=0.01,
    shows=N_(
        "By {answer}. Most of it comes through satisfaction, and holding satisfaction fixed takes that "
        "part away: the pilot was to be stopped for the very thing it does."
    ),
    mistakes=(
        Mistake(
            name="satisfaction-held-fixed",
            wrong=lambda data: _coefficients(data)[0],
            reply=N_(
                "You held satisfaction fixed. The pilot raises it, so you took away what the pilot does "
                "by that way. Lots have made the two groups alike already."
            ),
        ),
        Mistake(
            name="only-through-satisfaction",
            wrong=lambda data: _difference(data, "loyalty") - _coefficients(data)[0],
            reply=N_("That is the part that runs through satisfaction. Asked is all of it."),
        ),
        Mistake(
            name="satisfaction-not-loyalty",
            wrong=lambda data: _difference(data, "satisfaction"),
            reply=N_("That is what the pilot does to satisfaction. Asked is loyalty."),
        ),
        Mistake(
            name="in-standard-deviations",
            wrong=lambda data: _difference(data, "loyalty") / float(data.pilot["loyalty"].std()),
            reply=N_("You divided by the spread of loyalty. Asked are points of the scale."),
        ),
    ),
    hints=(
        N_("What makes the two groups alike? Do you need anything more?"),
        N_('`data.pilot.groupby("pilot")["loyalty"].mean()`, and a difference.'),
    ),
    solution=N_(
        "Lots were drawn: the difference of two means is the effect.\n"
        '    means = data.pilot.groupby("pilot")["loyalty"].mean()\n'
        "    answer = means[True] - means[False]"
    ),
)


# --- 13.3 the honest error ------------------------------------------------------------


def _errors(data: Data) -> tuple[float, float]:
    """Give the standard error as if customers were on their own, and by shop."""
    import statsmodels.api as sm  # takes a second to load

    rows = data.renovation
    model = sm.OLS(rows["satisfaction"], sm.add_constant(rows["renovated"].astype(float)))
    groups = {"groups": rows["shop"].to_numpy()}
    honest = model.fit(cov_type="cluster", cov_kwds=groups)
    return float(model.fit().bse["renovated"]), float(honest.bse["renovated"])


def _ratio(data: Data) -> float:
    alone, honest = _errors(data)
    return honest / alone


def _as_one(data: Data) -> float:
    shops = data.renovation["shop"]
    return float(np.sqrt(len(shops) / shops.nunique()))


ERROR = Question(
    id="13.3",
    prompt=N_(
        "How many times as large is the honest standard error of the renovation's effect (by shop) as "
        "the one that counts each customer as if on their own?"
    ),
    answer=Number(),
    reference=_ratio,
    tolerance=0.05,
    shows=N_(
        "{answer} times. Asking more customers in the same shops would hardly help: lots were drawn "
        "of shops, and the shops are few."
    ),
    mistakes=(
        Mistake(
            name="upside-down",
            wrong=lambda data: 1 / _ratio(data),
            reply=N_("Upside down: the honest error over the other one."),
        ),
        Mistake(
            name="variance",
            wrong=lambda data: _ratio(data) ** 2,
            reply=N_(
                "That is the ratio of the variances, the design effect. Asked are standard errors: its root."
            ),
        ),
        Mistake(
            name="by-how-much-more",
            wrong=lambda data: _errors(data)[1] - _errors(data)[0],
            reply=N_("You took a difference. Asked is how many times as large."),
        ),
        Mistake(
            name="all-of-a-shop-one",
            wrong=_as_one,
            reply=N_(
                "You counted all customers of a shop as one answer. They are alike, but not the same: "
                "let the data say how much."
            ),
        ),
    ),
    hints=(
        N_("Fit the same regression twice; only the way the errors are reckoned differs."),
        N_('`fit(cov_type="cluster", cov_kwds={"groups": data.renovation["shop"]}).bse`.'),
    ),
    solution=N_(
        "One regression, its errors reckoned in two ways.\n"
        "    import statsmodels.formula.api as smf\n"
        '    model = smf.ols("satisfaction ~ renovated", data.renovation)\n'
        '    by_shop = {"groups": data.renovation["shop"]}\n'
        '    honest = model.fit(cov_type="cluster", cov_kwds=by_shop).bse["renovated"]\n'
        '    answer = honest / model.fit().bse["renovated"]'
    ),
)


# --- 13.4 looking every week ----------------------------------------------------------


def _ever(data: Data) -> pd.Series:
    return data.watched.groupby("test")["p_value"].min() < 0.05


def _weeks(data: Data) -> int:
    return int(data.watched["week"].max())


def _at_the_end(data: Data) -> pd.Series:
    last = data.watched[data.watched["week"] == _weeks(data)]
    return last["p_value"] < 0.05


LOOKS = Question(
    id="13.4",
    prompt=N_(
        "None of the offers in `data.watched` does anything. What share of the tests is closed with a "
        "finding, if the team looks every week and closes a test as soon as p is below 0.05?"
    ),
    answer=Number(unit="share"),
    reference=lambda data: float(_ever(data).mean()),
    shows=N_(
        "{answer} of them, where one in twenty was promised. A plan says when to look, or pays for each look "
        "with a stricter level."
    ),
    mistakes=(
        Mistake(
            name="only-the-last-week",
            wrong=lambda data: float(_at_the_end(data).mean()),
            reply=N_(
                "You looked once, in the last week. That keeps its promise. The team looks every week "
                "and stops at the first finding."
            ),
        ),
        Mistake(
            name="looks-independent",
            wrong=lambda data: 1 - 0.95 ** _weeks(data),
            reply=N_(
                "That would be so if each week were a new study. This week's result is last week's and a "
                "little more: count in the table."
            ),
        ),
        Mistake(
            name="looks-added-up",
            wrong=lambda data: 0.05 * _weeks(data),
            reply=N_("You added one in twenty for every look. Looks at one test come out alike."),
        ),
        Mistake(
            name="counted",
            wrong=lambda data: int(_ever(data).sum()),
            reply=N_("That is how many tests. Asked is their share of all tests."),
        ),
    ),
    hints=(
        N_("A test is closed with a finding if its p value is below 0.05 in any week."),
        N_('`data.watched.groupby("test")["p_value"].min()` is the smallest p of each test.'),
    ),
    solution=N_(
        "The smallest p value of each test decides.\n"
        '    smallest = data.watched.groupby("test")["p_value"].min()\n'
        "    answer = (smallest < 0.05).mean()"
    ),
)
