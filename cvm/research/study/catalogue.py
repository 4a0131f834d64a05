"""Designs to learn from: sound ones, and ones with a flaw that is known.

Each is a whole design with its naive analysis, and says whether its intervals hold the truth as
often as they promise. Diagnose one, guess the flaw, then read it:

    >>> from cvm.research.study import catalogue, example
    >>> catalogue()["sound"].value_counts().to_dict()
    {True: 11, False: 9}
    >>> print(example("launch-gap").hypothesis)
    Among customers, joining the programme raises monthly spend; a change of less than 1 yuan does not matter.

The tests run every one of them and hold each to what is said here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from cvm.churn import Churn
from cvm.errors import CvmError, near_miss
from cvm.loyalty import Programme
from cvm.research.study.design import Design
from cvm.research.study.hypothesis import Hypothesis
from cvm.research.study.strategies import (
    Bend,
    Changes,
    Discontinuity,
    Hazard,
    Instrument,
    LeastSquares,
    LogitDifference,
    Mediation,
    Mixed,
    Moderation,
    Weighting,
)
from cvm.research.study.trials import Pilot, Switchback
from cvm.research.study.worlds import Campaign, Curve, Invitation, Panel, Waves
from cvm.tiering import Rewards
from cvm.words import N_, _

__all__ = ["Example", "catalogue", "example"]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A design with what is known of it.

    Parameters
    ----------
    id : str
        Short name.
    sound : bool
        Whether the planned analysis is unbiased and its intervals cover as they promise.
    why : str
        What makes it sound, or its flaw; shown through the catalogue of words.
    make : callable
        Makes the design.
    """

    id: str
    sound: bool
    why: str
    make: Callable[[], Design] = field(repr=False)


def catalogue() -> pd.DataFrame:
    """List the designs.

    Returns
    -------
    DataFrame
        One row a design: ``id``, ``hypothesis``, ``answer`` (its method), ``n``, ``sound``,
        ``why``.
    """
    rows = []
    for one in EXAMPLES:
        design = one.make()
        rows.append({
            "id": one.id, "hypothesis": str(design.hypothesis), "answer": design.answer.method,
            "n": design.n, "sound": one.sound, "why": _(one.why),
        })  # fmt: skip
    return pd.DataFrame(rows)


def example(id: str) -> Design:
    """Look a design up.

    Parameters
    ----------
    id : str
        From the first column of :func:`catalogue`.

    Returns
    -------
    Design

    Raises
    ------
    CvmError
        If there is no such design, with the near miss.
    """
    known = {one.id: one for one in EXAMPLES}
    if id not in list(known):  # a list has no hash
        wrong = _("There is no design '{id}' in the catalogue.", id=id)
        raise CvmError(wrong, remedy=near_miss(id, known))
    return known[id].make()


def _hypothesis(treatment: str, outcome: str, direction: str, smallest: float, unit: str) -> Hypothesis:  # fmt: skip
    return Hypothesis(population=_("customers"), treatment=_(treatment), outcome=_(outcome),
                      direction=direction, smallest=smallest, unit=unit)  # fmt: skip


def _stays(direction: str = "raises", smallest: float = 0.02) -> Hypothesis:
    return _hypothesis(N_("a call"), N_("the chance to stay"), direction, smallest, "points")


def _spends() -> Hypothesis:
    return _hypothesis(N_("joining the programme"), N_("monthly spend"), "raises", 1.0, "yuan")


_GAP = LeastSquares(formula="spend_after ~ member", term="member")
_CONTACT = LeastSquares(formula="stayed ~ contacted", term="contacted")


def _lots() -> Design:
    return Design(hypothesis=_stays(), data=Campaign(),
                  answer=LogitDifference(formula="stayed ~ contacted + calls + monthly", term="contacted"),
                  naive=_CONTACT, n=800)  # fmt: skip


def _no_effect() -> Design:
    return Design(hypothesis=_stays("does not change", 0.05), data=Campaign(strength=0.0),
                  answer=_CONTACT, n=1600)  # fmt: skip


def _weighting(assignment: str) -> Design:
    seen = ("monthly", "calls", "usage")
    return Design(hypothesis=_stays(), data=Campaign(assignment=assignment),
                  answer=Weighting(outcome="stayed", treatment="contacted", covariates=seen),
                  naive=_CONTACT, n=1000)  # fmt: skip


def _launch(selection: str) -> Design:
    answer = Changes(before="spend_before", after="spend_after", treatment="member")
    world = Programme(selection=selection, trend_spread=2.0 if selection == "own trend" else 0.5)
    return Design(hypothesis=_spends(), data=world, answer=answer, naive=_GAP, n=600)


def _gap() -> Design:
    answer = LeastSquares(formula="spend_after ~ member + spend_before", term="member")
    return Design(hypothesis=_spends(), data=Programme(), answer=answer, naive=_GAP, n=600)


def _threshold(world: Rewards) -> Design:
    told = _hypothesis(N_("privileged status"), N_("visits in the year after"), "raises", 1.0, "visits")  # fmt: skip
    answer = Discontinuity(outcome="visits_after", running="points", cutoff=10)
    naive = LeastSquares(formula="visits_after ~ privileged", term="privileged")
    return Design(hypothesis=told, data=world, answer=answer, naive=naive, n=3000)


def _invitation(leak: float) -> Design:
    answer = Instrument(outcome="spend_after", treatment="member", instruments=("invited",),
                        covariates=("spend_before",))  # fmt: skip
    return Design(hypothesis=_spends(), data=Invitation(leak=leak), answer=answer, naive=_GAP, n=1000)  # fmt: skip


def _switchback(carryover: float) -> Design:
    told = _hypothesis(N_("the offer"), N_("orders a week"), "raises", 1.0, N_("orders"))
    answer = LeastSquares(formula="orders ~ on + C(region) + C(week)", term="on", cluster="region")
    naive = LeastSquares(formula="orders ~ on", term="on")
    return Design(hypothesis=told, data=Switchback(carryover=carryover, effect=6.0, weeks=12), answer=answer, naive=naive, n=16)  # fmt: skip


def _waves() -> Design:
    told = _hypothesis(N_("better quality"), N_("satisfaction"), "raises", 0.2, N_("scale points"))
    formula = "satisfaction ~ after + pilot + treated"
    return Design(hypothesis=told, data=Waves(dealer_share=0.5, dealers=24),
                  answer=LeastSquares(formula=formula, term="treated", cluster="dealer"),
                  naive=LeastSquares(formula="satisfaction ~ treated", term="treated"), n=400)  # fmt: skip


def _panel(formula: str) -> Design:
    told = _hypothesis(N_("using the app"), N_("monthly spend"), "raises", 10.0, "yuan")
    return Design(hypothesis=told, data=Panel(selection=0.8, months=3),
                  answer=Mixed(formula=formula, term="using", group="customer"),
                  naive=LeastSquares(formula="spend ~ using", term="using"), n=100)  # fmt: skip


def _mediation(confounding: float) -> Design:
    told = _hypothesis(N_("the pilot, through satisfaction,"), N_("loyalty"), "raises", 0.1, N_("scale points"))  # fmt: skip
    answer = Mediation(outcome="loyalty", treatment="pilot", mediator="satisfaction")
    return Design(hypothesis=told, data=Pilot(confounding=confounding), answer=answer,
                  naive=LeastSquares(formula="loyalty ~ pilot", term="pilot"), n=300)  # fmt: skip


def _moderation() -> Design:
    told = _hypothesis(N_("a year longer as a customer"), N_("the pilot's effect on loyalty"), "raises",
                       0.05, N_("scale points"))  # fmt: skip
    answer = Moderation(outcome="loyalty", treatment="pilot", moderator="years")
    naive = LeastSquares(formula="loyalty ~ pilot + years", term="years")
    return Design(hypothesis=told, data=Pilot(moderation=0.15), answer=answer, naive=naive, n=400,
                  estimand="moderation")  # fmt: skip


def _lives(unseen: float) -> Design:
    told = _hypothesis(
        N_("each call to the desk"), N_("the log hazard of leaving"), "raises", 0.1, ""
    )
    world = Churn(hazard=0.03, heterogeneity=unseen)
    answer = Hazard(months="months", left="left", term="calls", covariates=("monthly", "usage"))
    naive = LeastSquares(formula="left ~ calls", term="calls")
    return Design(hypothesis=told, data=world, answer=answer, naive=naive, n=400)


def _curve(blur: float) -> Design:
    told = _hypothesis(N_("a point of satisfaction above 70 rather than below"), N_("the chance to buy again"),
                       "raises", 0.005, "points")  # fmt: skip
    answer = Bend(outcome="bought_again", driver="satisfaction", bad=70, good=70)
    naive = LeastSquares(formula="bought_again ~ satisfaction", term="satisfaction")
    return Design(hypothesis=told, data=Curve(blur=blur), answer=answer, naive=naive, n=1500)


EXAMPLES = (
    Example(id="campaign-lots", sound=True, make=_lots,
            why=N_("Lots were drawn: the contacted and the others are alike.")),
    Example(id="campaign-no-effect", sound=True, make=_no_effect,
            why=N_("Two one-sided tests show that the effect is small; a test that finds nothing would not.")),
    Example(id="campaign-risk", sound=True, make=lambda: _weighting("observed risk"),
            why=N_("Who was contacted was decided by what the table holds, and nothing else.")),
    Example(id="campaign-judgement", sound=False, make=lambda: _weighting("judgement"),
            why=N_("The sales staff contacted those they felt would leave; no column holds that feeling.")),
    Example(id="launch-changes", sound=True, make=lambda: _launch("lasting loyalty"),
            why=N_("Members differ from others for good, so both would have changed alike.")),
    Example(id="launch-trend", sound=False, make=lambda: _launch("own trend"),
            why=N_("Those on their way up joined: they would have changed more without the programme.")),
    Example(id="launch-gap", sound=False, make=_gap,
            why=N_("Past spend tells only part of the lasting loyalty that made customers join.")),
    Example(id="threshold-hidden", sound=True, make=lambda: _threshold(Rewards(announced=False)),
            why=N_("Nobody knew the threshold: those just above it are as those just below.")),
    Example(id="threshold-chased", sound=False,
            make=lambda: _threshold(Rewards(pressure=2.0, mean_visits=5.0, lift=0.6)),
            why=N_("Customers hurried to reach the threshold: those just above it are not those just below.")),
    Example(id="invitation-lots", sound=True, make=lambda: _invitation(0.0),
            why=N_("Invitations were drawn by lot and do nothing but make customers join.")),
    Example(id="switchback-carryover", sound=False, make=lambda: _switchback(1.0),
            why=N_("A week with the offer is felt in the next, also where that one is called off.")),
    Example(id="waves-dealers", sound=True, make=_waves,
            why=N_("Dealers were drawn by lot, and errors are reckoned by dealer.")),
    Example(id="panel-random", sound=False, make=lambda: _panel("spend ~ using"),
            why=N_("A random intercept must be unrelated to the treatment; big spenders use the app more.")),
    Example(id="mediation-lots", sound=True, make=lambda: _mediation(0.0),
            why=N_("Lots made the pilot fair, and nothing unseen moves both satisfaction and loyalty.")),
    Example(id="mediation-mood", sound=False, make=lambda: _mediation(1.0),
            why=N_("Lots made the pilot fair, not satisfaction: a good mood moves both answers.")),
    Example(id="moderation-years", sound=True, make=_moderation,
            why=N_("Lots made the pilot fair, and the question is for whom it does more.")),
    Example(id="lives-alike", sound=True, make=lambda: _lives(0.0),
            why=N_("Watching ended by chance, and customers alike in the table are alike.")),
    Example(id="lives-unlike", sound=False, make=lambda: _lives(1.5),
            why=N_("Customers differ in what nobody sees: those likely to leave go first, and effects shrink.")),
    Example(id="curve-seen", sound=True, make=lambda: _curve(0.0),
            why=N_("Satisfaction is measured without error, and nothing else moves buying again.")),
    Example(id="curve-blurred", sound=False, make=lambda: _curve(20.0),
            why=N_("A blurred answer bends a curve straight: the steep and the flat part run together.")),
)  # fmt: skip
