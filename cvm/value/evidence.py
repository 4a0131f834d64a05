"""Evidence on value: a choice survey and its estimate, and the customer value map.

The model is in :mod:`cvm.value.offers`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, real_number, truths_in
from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.value.offers import (
    BENEFITS,
    COSTS,
    FIRMS,
    Offer,
    Value,
    choose,
    cost_weight,
    delivered_value,
    shares,
    utility,
)
from cvm.words import N_, _

__all__ = ["ChoiceModel", "estimate_choice", "simulate_choices", "value_map"]

Floats = NDArray[np.float64]

#: Log-odds a point beyond which choices are no longer told from certainty.
FAR = 50.0


@needs_world
def simulate_choices(
    world: Value,
    *,
    n: int,
    seed: int,
    offers: Sequence[Offer] = (Offer(), Offer(), Offer()),
    spread: float = 1.0,
) -> pd.DataFrame:
    """Ask people to choose among three offers described to them (a choice survey).

    Parameters
    ----------
    world : Value
        How people weigh and choose.
    n : int
        People; each is asked once.
    seed : int
        The luck.
    offers : three Offer
        The offers the descriptions vary around.
    spread : float
        Standard deviation of the described scores around the offers, in points.

    Returns
    -------
    DataFrame
        Three rows a person: ``customer``, ``firm`` (a word of :data:`FIRMS`), the eight scores,
        ``chosen`` (bool), and the truth ``true_value`` and ``true_share``.
    """
    _people(n)
    spread = real_number(spread, name="spread", least=0)
    offers, luck = _three(offers), Luck(seed)
    centre = np.array([[getattr(o, name) for name in (*BENEFITS, *COSTS)] for o in offers])
    drawn = luck.normal("choice survey scores", n, 24).reshape(n, 3, 8)
    scores = np.clip(centre + spread * drawn, 0, 10)
    minding = cost_weight(luck.normal("minding costs", n), world)[:, None]
    value = delivered_value(scores[..., :4], scores[..., 4:], world, minding=minding)
    tastes = luck.normal("tastes", n, 3)
    share = shares(utility(value, [o.presence for o in offers], tastes, world))
    chosen = choose(share, luck.uniform("choice", n))
    table = pd.DataFrame(scores.reshape(-1, 8), columns=[*BENEFITS, *COSTS])
    table.insert(0, "customer", np.repeat(np.arange(n), 3))
    table.insert(1, "firm", np.tile(np.array(FIRMS, dtype=object), n))
    table["chosen"] = (chosen[:, None] == np.arange(3)).ravel()
    return table.assign(true_value=value.ravel(), true_share=share.ravel())


@dataclass(frozen=True, kw_only=True, repr=False)
class ChoiceModel(Result):
    """What a point of delivered value is worth in log-odds, with its interval."""

    sensitivity: float
    se: float
    low: float
    high: float
    n: int
    log_likelihood: float
    level: float = 0.95

    def sentence(self) -> str:
        """Say what a point is worth."""
        return _(
            "A point of delivered value moves the log-odds of being chosen by {value} "
            "({level} interval {low} to {high}; n = {n} people): it turns a share of a third "
            "into {share}.",
            value=number(self.sensitivity),
            level=number(self.level, "share", digits=2),
            low=number(self.low),
            high=number(self.high),
            n=number(self.n),
            share=number(1 / (1 + 2 * np.exp(-self.sensitivity)), "share"),
        )


def estimate_choice(choices: pd.DataFrame, *, world: Value | None = None) -> ChoiceModel:
    """Estimate how strongly delivered value sways choice, by conditional logit.

    Parameters
    ----------
    choices : DataFrame
        As from :func:`simulate_choices`: one row a person and firm.
    world : Value, optional
        Whose weights make delivered value of the scores; the defaults without it.

    Returns
    -------
    ChoiceModel
        ``sensitivity`` in log-odds a point. Where tastes differ (``taste`` above 0) this is
        smaller than the truth: an average over people whose minds are partly made up.

    Raises
    ------
    CvmError
        If a column is missing, or someone did not choose exactly one firm.
    """
    needed = ["customer", "firm", "chosen", *BENEFITS, *COSTS]
    need_columns(choices, needed)
    scores, chosen = numbers_in(choices, [*BENEFITS, *COSTS]), truths_in(choices, "chosen")
    people, firm = pd.factorize(choices["customer"])[0], pd.factorize(choices["firm"], sort=True)[0]
    if min(people.min(), firm.min()) < 0:
        wrong = _("Every row names a customer and a firm; in some it is missing.")
        raise CvmError(wrong, remedy=_("Fill the column in, or drop the whole customer."))
    if not (np.bincount(people, weights=chosen) == 1).all():
        raise CvmError(
            _("Everybody must have chosen exactly one firm."),
            remedy=_("Give one row a person and firm, with chosen true in one of them."),
        )
    value = delivered_value(scores[:, :4], scores[:, 4:], Value() if world is None else world)
    exog = np.column_stack([value, firm[:, None] == np.arange(1, firm.max() + 1)])
    beta, se, log_likelihood = _fitted(chosen.astype(float), exog, people)
    return ChoiceModel(
        sensitivity=beta, se=se, low=beta - 1.959964 * se, high=beta + 1.959964 * se,
        n=int(people.max()) + 1, log_likelihood=log_likelihood,
    )  # fmt: skip


def value_map(ratings: pd.DataFrame, *, quality_weight: float = 0.5) -> pd.DataFrame:
    """Draw up Gale's customer value map as a table.

    Parameters
    ----------
    ratings : DataFrame
        One row a firm: ``firm``, ``price`` (above 0, currency) and one column an attribute of
        quality, scored by customers (above 0). The columns named ``weight_...`` are not
        needed: a last row with firm "weight" may give each attribute's weight, else they
        count alike.
    quality_weight : float
        How much quality counts against price in ``value_index``, 0 to 1.

    Returns
    -------
    DataFrame
        One row a firm: ``firm``, ``quality_ratio`` and ``price_ratio`` (each to the mean of
        the other firms, 1 = par), ``value_index`` (weighted mean of quality ratio and inverse
        price ratio) and ``region``: "better value" above the fair-value line, "worse value"
        below, "fair value" within 1 %.

    Raises
    ------
    CvmError
        For fewer than two firms, a missing column, or a score or price that is not above 0.
    """
    need_columns(ratings, ["firm", "price"])
    quality_weight = real_number(
        quality_weight, name="quality_weight", least=0, most=1, example=0.5
    )
    weights_row = ratings["firm"].isin(["weight"]).to_numpy(bool)
    firms = ratings[~weights_row].reset_index(drop=True)
    attributes = [c for c in ratings.columns if c not in ("firm", "price")]
    enough = len(firms) > 1 and len(attributes) > 0
    prices, *scored = numbers_in(firms, ["price", *attributes]).T if enough else (np.zeros(1),)
    scores = np.array(scored).T
    if not enough or not (scores > 0).all() or not (prices > 0).all():
        raise CvmError(
            _("A value map needs two firms or more, with scores and prices above zero."),
            remedy=_("Give one row a firm: firm, price, and a column for each attribute."),
        )
    weights = np.ones(len(attributes))
    if weights_row.any():
        weights = numbers_in(ratings[weights_row], attributes, least=0)[0]
        if weights_row.sum() > 1 or weights.sum() == 0:
            wrong = _("One row gives the weights of the attributes, one of them above zero.")
            remedy = _("Give one row with firm 'weight', or none.")
            raise CvmError(wrong, given=weights.tolist(), remedy=remedy)
    quality = _to_rivals(scores) @ (weights / weights.sum())
    price = _to_rivals(prices[:, None])[:, 0]
    index = quality_weight * quality + (1 - quality_weight) / price
    region = np.select([index > 1.01, index < 0.99], ["better value", "worse value"], "fair value")
    return pd.DataFrame(
        {
            "firm": firms["firm"], "quality_ratio": quality, "price_ratio": price,
            "value_index": index, "region": region,
        }
    )  # fmt: skip


REGIONS = [N_("better value"), N_("worse value"), N_("fair value")]


def _to_rivals(scores: Floats) -> Floats:
    """Divide each firm's scores by the mean of all the others', column by column."""
    others = (scores.sum(axis=0) - scores) / (len(scores) - 1)
    return scores / others


def _three(offers: Iterable[Offer]) -> list[Offer]:
    found = list(offers) if isinstance(offers, Iterable) else []
    if len(found) != 3 or not all(isinstance(offer, Offer) for offer in found):
        wrong = _("People choose among three offers.")
        remedy = _("Write for example offers=[Offer(), Offer(service=9), Offer()].")
        raise CvmError(wrong, given=offers, remedy=remedy)
    return found


def _fitted(chosen: Floats, exog: Floats, people: NDArray[np.intp]) -> tuple[float, float, float]:
    """Fit the conditional logit: sensitivity, its standard error, and the log-likelihood."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what they warn of is told below
        try:
            fit = ConditionalLogit(chosen, exog, groups=people).fit(disp=False)
            found = float(fit.params[0]), float(fit.bse[0]), float(fit.llf)
        except (np.linalg.LinAlgError, ValueError):  # nothing to tell the firms apart by
            found = (np.nan, np.nan, np.nan)
    if not (np.isfinite(found).all() and found[1] > 0 and abs(found[0]) < FAR):
        raise CvmError(
            _("The choices do not tell how strongly value sways them: it is alike for all firms, "
              "or everybody follows it without exception."),
            remedy=_("Give more people, who choose among offers that differ."),
        )  # fmt: skip
    return found


def _people(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise CvmError(
            _("The number of people is a whole number above zero."),
            given=n,
            remedy=_("Give for example n=1000."),
        )
