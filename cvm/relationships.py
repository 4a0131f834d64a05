r"""Customer relationships (客户关系): who is near, what share of the wallet, what holds.

Three small models beside the two firms of :mod:`cvm.economics`.

**1. Levels of identification** (消费者 潜在客户 顾客 客户 合作者). A person of a town is a
*consumer* of the category; a *prospect* once interest is shown; a *buyer* who bought
something; a *client* whose share of wallet reaches ``client_from``; a *partner* who is a
client and also puts resources of his own in - refers, tests, plans together
(:func:`levels`).

**2. Market share and customer share.** Of :math:`N` people with wallets :math:`W_i` in the
category, :math:`C` buy from the firm, for :math:`s_i`. Then, as an identity,

.. math:: \underbrace{\frac{\sum s_i}{\sum_N W_i}}_{\text{market share}}
   = \underbrace{\frac{C}{N}}_{\text{penetration}}
   \times \underbrace{\frac{\sum s_i}{\sum_C W_i}}_{\text{share of wallet}}
   \times \underbrace{\frac{\sum_C W_i / C}{\sum_N W_i / N}}_{\text{heaviness}}.

In :class:`Town` a wallet is lognormal and divided over ``products`` at random. A customer
buys one product from the firm and each further one with chance ``cross`` (cross-buying), so
that the share of wallet is :math:`1/p + (1 - 1/p)\,\text{cross}` on average.

**3. Three levels of bonds** (财务 社会 结构). Each adds to the log-odds of staying; rivals
copy a share :math:`c_b` of what is left of it every year,

.. math:: \operatorname{logit} r_t = \operatorname{logit} r_0
   + \sum_b \text{strength}\cdot \text{bond}_b\,(1 - c_b)^{t-1}.

**The estimands.** Share of wallet, with its interval (:func:`customer_share`); customers left
after ten years, by bond (:func:`bond_years`); and where a relationship firm's lead comes from
(:func:`lead_by_reason`), an account that adds up exactly: customers who stayed and customers
not won at the margin of a new customer, growth by tenure split into its three reasons, less
the set-up.

**What the naive answer gets wrong.** It reads the market share. The two towns of
:data:`TOWNS` have the same 13 %; in one it is 40 % of the people with a third of their
wallet each, in the other 20 % with two thirds. And it takes the mean of the customers' own
shares for the share of wallet: right only where heavy buyers divide their wallet as light ones do.

**Where it comes from.** The levels, the reasons and their Chinese names: the course. The
identity: Parfitt & Collins (1968). Bonds in three levels, ordered by how hard they are to
copy: Berry & Parasuraman (1991). All at second hand. Log-odds and copying year by year are
ours; chapter 09 takes copying as finished. Sizes, and the split of growth in :data:`GROWTH`,
are for teaching.

**Simplified for teaching.** One category, one firm a town; a bond is whole from its first
year and costs nothing; bonds do not help each other; a level is read from one year.

References
----------
Berry, L. L. & Parasuraman, A. (1991). *Marketing Services*. Free Press.
Parfitt, J. H. & Collins, B. J. K. (1968). Use of consumer panels for brand-share
prediction. *Journal of Marketing Research* 5(2), 131-145.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from cvm.economics import TwoFirms, two_firms
from cvm.errors import CvmError
from cvm.inputs import need_columns, numbers_in, real_number, truths_in, whole_number
from cvm.levers import Levers, assumption, lever, needs_world
from cvm.luck import Luck
from cvm.results import Result, number
from cvm.words import N_, _

__all__ = [
    "BONDS",
    "GROWTH",
    "LEVELS",
    "TOWNS",
    "Bonds",
    "CustomerShare",
    "Town",
    "bond_years",
    "customer_share",
    "lead_by_reason",
    "level_table",
    "levels",
    "simulate_town",
    "steadiness",
]

Floats = NDArray[np.float64]

#: From the farthest to the nearest; :func:`levels` gives positions here.
LEVELS = (N_("consumer"), N_("prospect"), N_("buyer"), N_("client"), N_("partner"))
#: The three bonds, from the easiest to copy to the hardest.
BONDS = (N_("financial"), N_("social"), N_("structural"))
#: How growth by years as a customer divides into its reasons; adds up to one.
GROWTH = {
    N_("cheaper to deal with"): 0.3,
    N_("buy more, and other things"): 0.5,
    N_("bring resources of their own"): 0.2,
}


class Town(Levers):
    """One firm in a town, and what people buy from it."""

    reach: float = lever(
        0.4, low=0.01, high=1, unit="share", meaning=N_("People who buy anything from the firm")
    )
    cross: float = lever(
        0.1, low=0, high=1, unit="share",
        meaning=N_("Chance that a customer buys each further product from the firm"),
    )  # fmt: skip
    shown: float = lever(
        0.3, low=0, high=1, unit="share", meaning=N_("Others who have shown interest in the firm")
    )
    together: float = lever(
        0.25, low=0, high=1, unit="share",
        meaning=N_("Clients who put resources of their own into the relationship"),
    )  # fmt: skip
    products: int = assumption(
        4, low=2, high=10, unit=N_("products"), meaning=N_("Products of the category")
    )
    wallet: float = assumption(
        1200.0, low=10, high=100_000, unit=N_("yuan a year"),
        meaning=N_("What a person spends on the category, all firms together, on average"),
    )  # fmt: skip
    spread: float = assumption(
        0.5, low=0, high=2, meaning=N_("Spread of wallets (deviation of their logarithm)")
    )


#: One town run for transactions, one for relationships: the same market share.
TOWNS = {
    N_("transaction"): Town(),
    N_("relationship"): Town(reach=0.2, cross=0.5333),
}


@needs_world
def simulate_town(world: Town, *, n: int, seed: int) -> pd.DataFrame:
    """Let the people of a town spend a year's wallet.

    Parameters
    ----------
    world : Town
        Levers and assumptions.
    n : int
        People, customers of the firm or not.
    seed : int
        Luck; another world with the same seed meets the same people.

    Returns
    -------
    DataFrame
        One row a person: ``customer``, ``interest`` (has shown it), ``products`` (kinds
        bought from the firm), ``spend`` (with the firm) and ``wallet`` (with all firms;
        yuan a year), ``together`` (puts own resources in).
    """
    n = whole_number(n, name="n")
    luck, kinds = Luck(seed), world.products
    wallet = world.wallet * np.exp(world.spread * luck.normal("wallet", n) - world.spread**2 / 2)
    parts = -np.log1p(-luck.uniform("parts", n, kinds))  # exponential: a Dirichlet once divided
    parts = parts / parts.sum(axis=1, keepdims=True) * wallet[:, None]
    buys = luck.uniform("reach", n) < world.reach
    first = np.minimum((luck.uniform("first", n) * kinds).astype(int), kinds - 1)
    chosen = luck.uniform("cross", n, kinds) < world.cross
    chosen[np.arange(n), first] = True
    chosen &= buys[:, None]
    return pd.DataFrame({
        "customer": np.arange(n),
        "interest": buys | (luck.uniform("shown", n) < world.shown),
        "products": chosen.sum(axis=1),
        "spend": (parts * chosen).sum(axis=1),
        "wallet": wallet,
        "together": buys & (luck.uniform("together", n) < world.together),
    })  # fmt: skip


def levels(people: pd.DataFrame, *, client_from: float = 0.5) -> NDArray[np.int8]:
    """Tell each person's level of identification with the firm.

    Parameters
    ----------
    people : DataFrame
        With ``interest``, ``spend``, ``wallet`` and ``together`` as from
        :func:`simulate_town`.
    client_from : float
        Share of wallet from which a buyer is a client, above 0 and at most 1.

    Returns
    -------
    ndarray of int8
        Positions in :data:`LEVELS`.

    Raises
    ------
    CvmError
        For a share outside its range, or a table without one of the columns.
    """
    _require(people, "interest", "spend", "wallet", "together")
    if not 0 < real_number(client_from, name="client_from", example=0.5) <= 1:
        wrong = _("A client's share of wallet lies above 0 and at most at 1.")
        raise CvmError(wrong, given=client_from, remedy=_("Give for example client_from=0.5."))
    spend, wallet = numbers_in(people, ["spend", "wallet"], least=0).T
    buys = spend > 0
    client = buys & (spend >= client_from * wallet)
    partner = client & truths_in(people, "together")
    interest = truths_in(people, "interest") & ~buys
    return (interest + 2 * buys + client + partner).astype(np.int8)


def level_table(people: pd.DataFrame, *, client_from: float = 0.5) -> pd.DataFrame:
    """Count people and spending on each level of identification.

    Parameters
    ----------
    people : DataFrame
        As in :func:`levels`.
    client_from : float
        As in :func:`levels`.

    Returns
    -------
    DataFrame
        One row a level, all five: ``level`` (a word), ``people``, ``people_share``,
        ``spend_share`` (of the firm's sales; 0 where there are none).
    """
    at = levels(people, client_from=client_from)
    count = np.bincount(at, minlength=len(LEVELS))
    spend = np.bincount(at, numbers_in(people, ["spend"])[:, 0], minlength=len(LEVELS))
    return pd.DataFrame({
        "level": list(LEVELS), "people": count, "people_share": count / max(len(at), 1),
        "spend_share": spend / max(spend.sum(), 1e-300),
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class CustomerShare(Result):
    """Market share taken apart.

    Parameters
    ----------
    market_share : float
        The firm's sales over all wallets; penetration times share of wallet times heaviness.
    penetration : float
        People who buy from the firm.
    share_of_wallet, low, high : float
        The firm's part of its customers' wallets, with a 95 % interval for people drawn
        at random.
    heaviness : float
        Mean wallet of customers over the mean of all; 1 where they are like the others.
    products : float
        Kinds a customer buys from the firm.
    customers, people : int
        Counted.
    """

    market_share: float
    penetration: float
    share_of_wallet: float
    low: float
    high: float
    heaviness: float
    products: float
    customers: int
    people: int

    def sentence(self) -> str:
        """Say the market share and what it is made of."""
        return _(
            "Market share {market}: {penetration} of people buy, and give {wallet} of their "
            "wallets (95 % interval {low} to {high}); they buy {products} kinds each.",
            market=number(self.market_share, "share"),
            penetration=number(self.penetration, "share"),
            wallet=number(self.share_of_wallet, "share"), low=number(self.low, "share"),
            high=number(self.high, "share"), products=number(self.products),
        )  # fmt: skip


def customer_share(people: pd.DataFrame) -> CustomerShare:
    """Take a market share apart into penetration, share of wallet and heaviness.

    Parameters
    ----------
    people : DataFrame
        With ``spend``, ``wallet`` and ``products`` as from :func:`simulate_town`; or a
        survey that asked for the wallet.

    Returns
    -------
    CustomerShare
        Its interval is that of a ratio of two means (linearised).

    Raises
    ------
    CvmError
        Without two customers, or where somebody spends more than the wallet holds.
    """
    _require(people, "spend", "wallet", "products")
    spend, wallet, products = numbers_in(people, ["spend", "wallet", "products"], least=0).T
    over = int((spend > wallet * (1 + 1e-9)).sum())
    if over:
        wrong = _("{n} people spend more with the firm than their whole wallet.", n=number(over))
        raise CvmError(wrong, remedy=_("The wallet counts the spending with all firms together."))
    mine = spend > 0
    count = int(mine.sum())
    if count < 2:
        wrong = _("A share of wallet needs two customers at least.")
        raise CvmError(wrong, given=count, remedy=_("Give people of whom some buy (spend > 0)."))
    share = spend.sum() / wallet[mine].sum()
    miss = spend[mine] - share * wallet[mine]
    half = 1.96 * miss.std(ddof=1) * np.sqrt(count) / wallet[mine].sum()
    return CustomerShare(
        market_share=float(spend.sum() / wallet.sum()), penetration=count / len(people),
        share_of_wallet=float(share), low=float(max(share - half, 0)),
        high=float(max(min(share + half, 1), share)),
        heaviness=float(wallet[mine].mean() / wallet.mean()),
        products=float(products[mine].mean()), customers=count, people=len(people),
    )  # fmt: skip


class Bonds(Levers):
    """What holds customers, and how fast rivals copy it."""

    financial: float = lever(
        1.0, low=0, high=1, meaning=N_("Financial bond: discounts and points for buying often")
    )
    social: float = lever(
        1.0, low=0, high=1, meaning=N_("Social bond: people who know the customer, clubs")
    )
    structural: float = lever(
        1.0, low=0, high=1, meaning=N_("Structural bond: systems and services customers work with")
    )
    retention: float = assumption(
        0.7, low=0.05, high=0.98, unit="share", meaning=N_("Retention without any bond")
    )
    strength: float = assumption(
        1.5, low=0, high=4, unit=N_("log-odds"), meaning=N_("What each bond adds when it is new")
    )
    copied_financial: float = assumption(
        0.7, low=0, high=1, unit="share",
        meaning=N_("Of a financial bond, what rivals copy each year"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip
    copied_social: float = assumption(
        0.25, low=0, high=1, unit="share",
        meaning=N_("Of a social bond, what rivals copy each year"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip
    copied_structural: float = assumption(
        0.05, low=0, high=1, unit="share",
        meaning=N_("Of a structural bond, what rivals copy each year"),
        source=N_("order of the three: Berry & Parasuraman 1991; number: teaching"),
    )  # fmt: skip


@needs_world
def bond_years(world: Bonds, *, years: int = 10) -> pd.DataFrame:
    """Follow the customers whom one bond holds, beside those whom none does.

    Parameters
    ----------
    world : Bonds
        Levers and assumptions.
    years : int
        How far to look, 1 or more.

    Returns
    -------
    DataFrame
        For "none" and for each of :data:`BONDS` by itself, one row a year from 1:
        ``bond``, ``year``, ``retention`` (from this year to the next) and ``staying``
        (share of the first customers still there at the year's end).
    """
    years = whole_number(years, name="years")
    year = np.arange(1, years + 1)
    parts = []
    for bond in (N_("none"), *BONDS):
        held = 0.0 if bond == "none" else getattr(world, bond) * world.strength
        left = 1.0 if bond == "none" else 1 - getattr(world, f"copied_{bond}")
        retention = expit(logit(world.retention) + held * left ** (year - 1.0))
        parts.append(pd.DataFrame({
            "bond": bond, "year": year, "retention": retention, "staying": retention.cumprod(),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@needs_world
def lead_by_reason(world: TwoFirms) -> pd.DataFrame:
    """Say where the relationship firm's lead comes from.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions of :mod:`cvm.economics`.

    Returns
    -------
    DataFrame
        One row a reason: ``reason`` and ``amount`` (thousand yuan over the years,
        discounted). The amounts add up to the lead in cumulative profit at the end.
    """
    table = two_firms(world)
    years = np.arange(world.years)
    worth = 1 / 1000 / (1 + world.discount) ** years
    here, there = (_stock(table, firm) for firm in ("relationship", "transaction"))
    rows = [
        (N_("customers who stayed"), world.margin * ((here[0] - there[0]) * worth).sum()),
        (N_("customers not won instead"), world.margin * ((here[1] - there[1]) * worth).sum()),
    ]
    grown = world.growth * ((here[2] - there[2]) * worth).sum()
    rows += [(reason, part * grown) for reason, part in GROWTH.items()]
    rows += [(N_("setting it up"), -world.setup if world.keep_share > 0 else 0.0)]
    return pd.DataFrame(rows, columns=["reason", "amount"])


@needs_world
def steadiness(world: TwoFirms) -> pd.DataFrame:
    """Say how much of a year's business was there the year before.

    Parameters
    ----------
    world : TwoFirms
        Levers and assumptions.

    Returns
    -------
    DataFrame
        One row a firm: ``firm``, ``settled`` (share of the last year's customers who were
        customers the year before), ``life`` (years a customer stays at the last year's
        retention) and ``spent`` (budget for each customer served in a year, yuan).
    """
    rows = []
    for firm, table in two_firms(world).groupby("firm", sort=False):
        stayed, new, _years = _stock(table, str(firm))
        rows.append({
            "firm": firm, "settled": stayed[-1] / (stayed[-1] + new[-1]),
            "life": 1 / (1 - table["retention"].iloc[-1]),
            "spent": 1000 * world.budget * world.years / table["customers"].sum(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _stock(table: pd.DataFrame, firm: str) -> tuple[Floats, Floats, Floats]:
    """Give, year by year, who stayed from before, who is new, and the years grown by."""
    mine = table[table["firm"] == firm]
    customers, new = mine["customers"].to_numpy(), np.zeros(len(mine))
    new[1:] = mine["won"].to_numpy()[:-1]
    return customers - new, new, customers * np.minimum(mine["age"].to_numpy(), 10)


def _require(table: pd.DataFrame, *columns: str) -> None:
    need_columns(table, columns, remedy=_("simulate_town(...) makes such a table."))
