"""11.2 to 11.4: contracts ahead, purchases ahead, and the best fifth."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_11.base import AHEAD, LATE
from cvm.clv import (
    best_customers,
    bg_nbd,
    expected_purchases,
    expected_spend,
    gamma_gamma,
    probability_alive,
    renewals,
    retention_curve,
    shifted_beta_geometric,
)
from cvm.words import N_

__all__ = ["BEST", "CONTRACT", "PURCHASES", "kept"]


# --- 11.2 contracts ----------------------------------------------------------------------


def kept(data: Data, at: int = LATE, column: str = "survival") -> float:
    """Give the share still there after a renewal, by the model."""
    fitted = shifted_beta_geometric(renewals(list(data.survivors)), weights="customers")
    return float(retention_curve(fitted, periods=at)[column].iloc[at])


def _shares(data: Data) -> pd.Series:
    return data.survivors / data.survivors.iloc[0]


def _seen(data: Data) -> int:
    return len(data.survivors) - 1


def _last_rate(data: Data) -> float:
    share = _shares(data)
    last = share.iloc[-1] / share.iloc[-2]
    return float(share.iloc[-1] * last ** (LATE - _seen(data)))


CONTRACT = Question(
    id="11.2",
    prompt=N_(
        "What share of the cohort will still have their contract after the tenth renewal, by the "
        "shifted beta-geometric model?"
    ),
    answer=Number(unit="share"),
    reference=kept,
    shows=N_(
        "{answer} will still be there. A constant retention says far fewer: it forgets that those "
        "who leave easily have left first."
    ),
    mistakes=(
        Mistake(
            name="constant-retention",
            wrong=lambda data: float(_shares(data).iloc[-1] ** (LATE / _seen(data))),
            reply=N_(
                "You let the mean retention of the years seen go on. It rises, because the ones who "
                "leave easily leave first."
            ),
        ),
        Mistake(
            name="last-retention",
            wrong=_last_rate,
            reply=N_("You carried the last retention on. It goes on rising: fit the model."),
        ),
        Mistake(
            name="the-last-seen",
            wrong=lambda data: float(_shares(data).iloc[-1]),
            reply=N_("That is the last renewal that was seen. Asked is the tenth."),
        ),
        Mistake(
            name="retention-for-survival",
            wrong=lambda data: kept(data, column="retention"),
            reply=N_(
                "That is the retention at the tenth renewal: of those who came so far. Asked is the "
                "share of all who started."
            ),
        ),
    ),
    hints=(
        N_("`renewals(list(data.survivors))` makes the table for the model; mind its weights."),
        N_("`retention_curve(fit, periods=10)` has the column `survival`; take its last row."),
    ),
    solution=N_(
        "Fit the model to the survivors and read the curve at ten.\n"
        "    from cvm.clv import renewals, retention_curve, shifted_beta_geometric\n"
        "    table = renewals(list(data.survivors))\n"
        '    fit = shifted_beta_geometric(table, weights="customers")\n'
        '    answer = retention_curve(fit, periods=10)["survival"].iloc[10]'
    ),
)


# --- 11.3 purchases ahead ------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def _fitted(key: bytes, columns: tuple[str, ...], shape: tuple[int, int]) -> Any:
    table = pd.DataFrame(np.frombuffer(key).reshape(shape), columns=list(columns))
    return bg_nbd(table), gamma_gamma(table)


def _fits(data: Data) -> Any:
    """Fit a student's customers once, however many answers are checked."""
    columns = ("frequency", "recency", "T", "monetary_value")
    values = data.shop[list(columns)].to_numpy(float)
    return _fitted(values.tobytes(), columns, values.shape)


@functools.lru_cache(maxsize=1)
def _expected(data: Data) -> pd.Series:
    return expected_purchases(_fits(data)[0], data.shop, horizon=AHEAD)


def _alive(data: Data) -> pd.Series:
    return probability_alive(_fits(data)[0], data.shop)


PURCHASES = Question(
    id="11.3",
    prompt=N_(
        "How many purchases do you expect of all customers of the shop together in the next 52 "
        "weeks, by BG/NBD?"
    ),
    answer=Number(unit=N_("purchases")),
    reference=lambda data: float(_expected(data).sum()),
    tolerance=0.005,
    shows=N_("{answer}. Straight lines promise far more: they let the gone go on buying."),
    mistakes=(
        Mistake(
            name="as-before",
            wrong=lambda data: float((data.shop["frequency"] / data.shop["T"] * AHEAD).sum()),
            reply=N_("That lets everybody go on as before. Some of them are gone."),
        ),
        Mistake(
            name="all-alive",
            wrong=lambda data: float((_expected(data) / _alive(data)).sum()),
            reply=N_("That takes everybody for alive. `expected_purchases` counts with the gone."),
        ),
        Mistake(
            name="living-customers",
            wrong=lambda data: float(_alive(data).sum()),
            reply=N_("That is how many customers are still there. Asked is how much they buy."),
        ),
        Mistake(
            name="purchases-so-far",
            wrong=lambda data: float(data.shop["frequency"].sum()),
            reply=N_("Those are the repeat purchases so far. Asked are those to come."),
        ),
    ),
    hints=(
        N_("Fit `bg_nbd` to `data.shop`; it needs frequency, recency and T."),
        N_("`expected_purchases(fit, data.shop, horizon=52).sum()`."),
    ),
    solution=N_(
        "Fit, forecast, add up.\n"
        "    from cvm.clv import bg_nbd, expected_purchases\n"
        "    fit = bg_nbd(data.shop)\n"
        "    answer = expected_purchases(fit, data.shop, horizon=52).sum()"
    ),
)


# --- 11.4 the best fifth -------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _lists(data: Data, top: float = 0.2) -> pd.DataFrame:
    model = _expected(data) * expected_spend(_fits(data)[1], data.shop)
    table = data.shop.assign(model=model)
    return best_customers(table, outcome="later", scores=["revenue", "model"], top=top)


BEST = Question(
    id="11.4",
    prompt=N_(
        "A year later `later` is known. By how much does the share of it that the model's best "
        "fifth brought exceed that of the best fifth by past revenue?"
    ),
    answer=Number(unit="points"),
    reference=lambda data: float(_lists(data)["beyond"].iloc[1]),
    tolerance=0.02,
    shows=N_(
        "{answer}. Here customers came over two years and many have stopped, so a long past and a "
        "good future are two things."
    ),
    mistakes=(
        Mistake(
            name="the-models-share",
            wrong=lambda data: float(_lists(data)["caught"].iloc[1]),
            reply=N_("That is what the model's list brought. Take off what revenue's list did."),
        ),
        Mistake(
            name="upside-down",
            wrong=lambda data: -float(_lists(data)["beyond"].iloc[1]),
            reply=N_("Upside down: asked is the model less revenue."),
        ),
        Mistake(
            name="beside-hindsight",
            wrong=lambda data: float((_lists(data)["best"] - _lists(data)["caught"]).iloc[1]),
            reply=N_("That is what the model missed of hindsight. Compare it with past revenue."),
        ),
        Mistake(
            name="rank-correlation",
            wrong=lambda data: float(_lists(data)["rank_correlation"].diff().iloc[1]),
            reply=N_(
                "Those are rank correlations over all customers. Asked is the money of the best fifth."
            ),
        ),
    ),
    hints=(
        N_("The model's score is expected purchases times expected spend of a purchase."),
        N_(
            '`best_customers(table, outcome="later", scores=["revenue", "model"])`, column `beyond`.'
        ),
    ),
    solution=N_(
        "Score, compare, read the second row.\n"
        "    from cvm import clv\n"
        "    many = clv.expected_purchases(clv.bg_nbd(data.shop), data.shop, horizon=52)\n"
        "    spend = clv.expected_spend(clv.gamma_gamma(data.shop), data.shop)\n"
        "    table = data.shop.assign(model=many * spend)\n"
        '    lists = clv.best_customers(table, outcome="later", scores=["revenue", "model"])\n'
        '    answer = lists["beyond"].iloc[1]'
    ),
)
