"""03.5 and 03.6: what a look-alike score promises to prospects, and the profit at risk."""

from __future__ import annotations

import functools

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.selection import (
    Judged,
    LookAlike,
    PortfolioRisk,
    judge_look_alike,
    look_alike,
    portfolio_risk,
)
from cvm.words import N_

__all__ = ["PROMISE", "RISK"]


# --- 03.5 the promise -------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _model(data: Data) -> LookAlike:
    return look_alike(data.customers)


@functools.lru_cache(maxsize=1)
def _pilot(data: Data) -> Judged:
    return judge_look_alike(data.pilot["loyal"], _model(data).score(data.pilot))


PROMISE = Question(
    id="03.5",
    prompt=N_(
        "Learn the look-alike score from the customers. By how many points does it promise more "
        "loyal prospects than there were in the pilot?"
    ),
    answer=Number(unit="points"),
    reference=lambda data: _pilot(data).gap,
    tolerance=0.005,
    shows=N_(
        "{answer} too many. On the customers kept back the score kept its promise. Prospects have "
        "not what drew the customers in."
    ),
    mistakes=(
        Mistake(
            name="judged-on-customers",
            wrong=lambda data: _model(data).holdout.gap,
            reply=N_("That is its gap on customers kept back. Asked is the gap on the pilot."),
        ),
        Mistake(
            name="customers-against-pilot",
            wrong=lambda data: float(data.customers["loyal"].mean() - data.pilot["loyal"].mean()),
            reply=N_(
                "You compared loyal customers with loyal prospects. Compare what the score promises "
                "of the prospects with what they became."
            ),
        ),
        Mistake(
            name="the-promise",
            wrong=lambda data: _pilot(data).promised,
            reply=N_("That is what it promises. Take off the share that was loyal in the pilot."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: -_pilot(data).gap,
            reply=N_("You have it upside down: promised less loyal."),
        ),
    ),
    hints=(
        N_("`look_alike(data.customers)` gives a model; `model.score(data.pilot)` its promises."),
        N_("The mean of the promises, less the share of `loyal` in the pilot."),
    ),
    solution=N_(
        "Learn from customers, score the pilot, compare with what happened.\n"
        "    from cvm.selection import look_alike\n"
        "    model = look_alike(data.customers)\n"
        '    answer = model.score(data.pilot).mean() - data.pilot["loyal"].mean()'
    ),
)


# --- 03.6 profit at risk -----------------------------------------------------------------


def _risk(data: Data, correlation: float | None = None) -> PortfolioRisk:
    rho = data.correlation if correlation is None else correlation
    return _simulated(tuple(map(tuple, data.portfolio.to_numpy())), rho, tuple(data.portfolio))


@functools.lru_cache(maxsize=8)
def _simulated(
    rows: tuple[tuple[float, ...], ...], correlation: float, names: tuple[str, ...]
) -> PortfolioRisk:
    import pandas as pd  # only to put the table together again

    return portfolio_risk(pd.DataFrame(rows, columns=list(names)), correlation=correlation)


RISK = Question(
    id="03.6",
    prompt=N_(
        "With accounts that fail and leave together as `data.correlation` says: how much profit of "
        "the portfolio is at risk, expected less the worst year in twenty, in thousand yuan? (Leave "
        "years and seed as they are.)"
    ),
    answer=Number(unit=N_("thousand yuan")),
    reference=lambda data: _risk(data).at_risk,
    tolerance=0.005,
    shows=N_(
        "{answer} at risk. The expected profit is the same whatever the correlation; "
        "the bad year is not."
    ),
    mistakes=(
        Mistake(
            name="independent",
            wrong=lambda data: _risk(data, 0.0).at_risk,
            reply=N_("You let each account fall for itself. Give the correlation."),
        ),
        Mistake(
            name="the-bad-year",
            wrong=lambda data: _risk(data).bad,
            reply=N_(
                "That is the profit of the bad year. Asked is how far it lies below the expected."
            ),
        ),
        Mistake(
            name="spread-of-the-years",
            wrong=lambda data: float(_risk(data).years["profit"].std()),
            reply=N_("That is how far the years differ. Asked is how far down the bad one is."),
        ),
        Mistake(
            name="books-less-bad-year",
            wrong=lambda data: float(data.portfolio["profit"].sum()) - _risk(data).bad,
            reply=N_(
                "You started from the books, as if nobody could fail or leave in a usual year. Start "
                "from the expected profit."
            ),
        ),
    ),
    hints=(
        N_("`portfolio_risk(data.portfolio, correlation=data.correlation)` simulates the years."),
        N_("Its `at_risk` is the expected profit less that of the bad year."),
    ),
    solution=N_(
        "Simulate years in which accounts fall together, and take the bad one.\n"
        "    from cvm.selection import portfolio_risk\n"
        "    found = portfolio_risk(data.portfolio, correlation=data.correlation)\n"
        "    answer = found.at_risk"
    ),
)
