"""Chapter 08, satisfaction: a score, a change, a scale, a promise, the first yuan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cvm.check.answers import Number, Text
from cvm.check.data import Data
from cvm.check.question import Chapter, Mistake, OpenQuestion, Point, Prediction, Question
from cvm.luck import Luck
from cvm.results import number
from cvm.survey.drivers import key_drivers
from cvm.survey.measure import nps
from cvm.survey.population import Survey
from cvm.survey.scales import cronbach_alpha
from cvm.survey.waves import simulate_waves
from cvm.words import N_, _

__all__ = ["CHAPTER", "draw"]

#: Customers asked in each wave; about half answer.
ASKED = 900
IMAGE = ["IMAG1", "IMAG2", "IMAG3", "IMAG4"]
QUALITY = ["QUAL1", "QUAL2", "QUAL3", "QUAL4", "QUAL5", "QUAL6"]
#: The sum of the lowest and the highest point of the scale: what a turned answer is taken from.
BOTH_ENDS = 11
#: What a factor may be to key customers: weight, score, cost. One is named so by each naive rule.
ROLES = ((0.32, 84.0, 100.0), (0.06, 45.0, 60.0), (0.05, 70.0, 14.0), (0.28, 60.0, 120.0),
         (0.20, 62.0, 40.0), (0.09, 66.0, 50.0))  # fmt: skip
FACTORS = ("coverage", "data", "people", "tariffs", "bills", "information")


def draw(seed: int) -> dict[str, Any]:
    """Draw two waves, a promise and the factors of key customers.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``spring`` and ``autumn`` (answers as they were written; nobody stands in both);
        ``promise`` (points), ``assimilation``, ``gain``, ``loss_aversion``; ``factors`` (one row
        a factor: ``weight``, ``score``, ``cost``), ``value`` (yuan), ``slope`` (share).
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    # Loyalty lower than usual keeps the score well away from zero, where mistakes look alike.
    calm = Survey().replace(
        **{"fieldwork.missing": 0.0, "styles.straight": 0.0, "structure.loyalty": -0.4}
    )
    better = calm.replace(**{"structure.quality": round(0.1 + 0.4 * float(a), 2)})
    waves = simulate_waves([calm, better], n=ASKED, seed=seed, overlap=0.0, as_written=True)
    columns = ["respondent", "segment", "SATI1", "RECO", *IMAGE, *QUALITY]
    spring, autumn = (
        waves.loc[waves["wave"] == wave, columns].reset_index(drop=True) for wave in (1, 2)
    )
    return {
        "spring": spring,
        "autumn": autumn,
        "promise": float(4 + int(9 * b)),
        "assimilation": round(0.15 + 0.01 * int(15 * c), 2),
        "gain": round(0.4 + 0.05 * int(7 * d), 2),
        "loss_aversion": round(1.6 + 0.2 * int(6 * e), 1),
        "factors": _factors(seed),
        "value": 4000.0 + 500 * int(9 * a),
        "slope": 0.01,
    }


def _factors(seed: int) -> pd.DataFrame:
    luck = Luck(seed)
    order = np.argsort(luck.uniform("factors", len(FACTORS)))
    weight, score, cost = np.array(ROLES).T[:, order]
    shaken = 1 + 0.06 * (luck.uniform("sizes", len(FACTORS)) - 0.5)
    return pd.DataFrame({
        "factor": FACTORS, "weight": weight.round(2), "score": (score * shaken).round(0),
        "cost": cost,
    })  # fmt: skip


# --- 08.1 a score ------------------------------------------------------------------


def _shares(data: Data) -> tuple[float, float, float]:
    said = data.spring["RECO"]
    return float((said >= 9).mean()), float(said.between(7, 8).mean()), float((said <= 6).mean())


def _nps(data: Data) -> float:
    return float(nps(data.spring["RECO"]).value)


SCORE = Question(
    id="08.1",
    prompt=N_("What is the net promoter score of spring, in points from -100 to 100?"),
    answer=Number(),
    reference=_nps,
    shows=N_(
        "{answer} points. The same answers have a mean that looks far friendlier: the score throws "
        "the sevens and eights away and counts a six like a zero."
    ),
    mistakes=(
        Mistake(
            name="promoters-alone",
            wrong=lambda data: 100 * _shares(data)[0],
            reply=N_("Those are the promoters. Take the detractors off."),
        ),
        Mistake(
            name="passives-promote",
            wrong=lambda data: 100 * (_shares(data)[0] + _shares(data)[1] - _shares(data)[2]),
            reply=N_(
                "Promoters answer 9 or 10. A seven or an eight is passive and counts for nothing."
            ),
        ),
        Mistake(
            name="sixes-forgotten",
            wrong=lambda data: 100 * (_shares(data)[0] - float((data.spring["RECO"] <= 5).mean())),
            reply=N_("Detractors answer 0 to 6, the six among them."),
        ),
        Mistake(
            name="share-for-points",
            wrong=lambda data: _nps(data) / 100,
            reply=N_("Right, as a share. The score is told in points: times 100."),
        ),
        Mistake(
            name="mean",
            wrong=lambda data: float(data.spring["RECO"].mean()),
            reply=N_("That is the mean of the answers. The score is a difference of two shares."),
        ),
    ),
    hints=(
        N_("Two shares of `data.spring.RECO`: who answers 9 or 10, and who 0 to 6?"),
        N_('`((table["RECO"] >= 9).mean() - (table["RECO"] <= 6).mean()) * 100`.'),
    ),
    solution=N_(
        "Promoters less detractors; `nps` adds the interval.\n"
        "    from cvm.survey import nps\n"
        '    answer = nps(data.spring["RECO"])'
    ),
)


# --- 08.2 a change -----------------------------------------------------------------


def _error(table: pd.DataFrame) -> float:
    said = table["SATI1"]
    return float(said.std(ddof=1) / np.sqrt(len(said)))


def _margin(data: Data) -> float:
    return 1.96 * float(np.hypot(_error(data.spring), _error(data.autumn)))


MARGIN = Question(
    id="08.2",
    prompt=N_(
        "What is the margin of error of the *change* of the mean of SATI1 from spring to autumn "
        "(half the width of its 95 % interval)? Other customers were asked each time."
    ),
    answer=Number(),
    reference=_margin,
    tolerance=0.01,
    shows=N_(
        "{answer} of a point: a change below that is a rumour. It is wider than the margin of either wave, "
        "because both waves bring luck of their own."
    ),
    mistakes=(
        Mistake(
            name="one-wave",
            wrong=lambda data: 1.96 * _error(data.autumn),
            reply=N_("That is the margin of one wave. A change has the luck of two."),
        ),
        Mistake(
            name="margins-added",
            wrong=lambda data: 1.96 * (_error(data.spring) + _error(data.autumn)),
            reply=N_(
                "You added the margins. Two lucks seldom go wrong together: add their squares, "
                "then take the root."
            ),
        ),
        Mistake(
            name="standard-error",
            wrong=lambda data: _margin(data) / 1.96,
            reply=N_("That is the standard error. The margin is 1.96 times as wide."),
        ),
        Mistake(
            name="root-forgotten",
            wrong=lambda data: (
                1.96 * float(np.hypot(data.spring["SATI1"].std(), data.autumn["SATI1"].std()))
            ),
            reply=N_(
                "That is how far apart two customers are. A mean is surer: divide each standard "
                "deviation by the root of its n."
            ),
        ),
        Mistake(
            name="whole-width",
            wrong=lambda data: 2 * _margin(data),
            reply=N_("That is the whole width. A margin reaches to one side."),
        ),
    ),
    hints=(
        N_("A standard error for each wave: standard deviation over the root of n."),
        N_("Square both, add, take the root, times 1.96."),
    ),
    solution=N_(
        "The squares of the standard errors add up.\n"
        '    first = data.spring["SATI1"].std() / len(data.spring) ** 0.5\n'
        '    second = data.autumn["SATI1"].std() / len(data.autumn) ** 0.5\n'
        "    answer = 1.96 * (first**2 + second**2) ** 0.5"
    ),
)


# --- 08.3 a scale ------------------------------------------------------------------


def _turned(data: Data) -> pd.DataFrame:
    return data.spring[IMAGE].assign(IMAG4=BOTH_ENDS - data.spring["IMAG4"])


def _alpha(items: pd.DataFrame, *, standardised: bool = False) -> float:
    return float(cronbach_alpha(items, standardised=standardised).value)


def _mean_correlation(items: pd.DataFrame) -> float:
    together = items.corr().to_numpy()
    k = len(together)
    return float((together.sum() - k) / (k * k - k))


ALPHA = Question(
    id="08.3",
    prompt=N_(
        "What is Cronbach's alpha (raw) of the four questions about image in spring? IMAG4 is "
        "asked the other way round."
    ),
    answer=Number(),
    reference=lambda data: _alpha(_turned(data)),
    tolerance=0.005,
    shows=N_(
        "{answer}: the four say much the same. Whether it is *image* they say it about, alpha does "
        "not know; a halo would raise it too."
    ),
    mistakes=(
        Mistake(
            name="not-turned",
            wrong=lambda data: _alpha(data.spring[IMAGE]),
            reply=N_(
                "One question runs against the others: who agrees that Yunhe thinks of its profit "
                "first thinks little of it. Turn IMAG4 first."
            ),
        ),
        Mistake(
            name="factor-forgotten",
            wrong=lambda data: 0.75 * _alpha(_turned(data)),
            reply=N_(
                "Nearly: one less the variances of the questions over the variance of their sum "
                "is still to be multiplied by k / (k - 1), here 4 / 3."
            ),
        ),
        Mistake(
            name="mean-correlation",
            wrong=lambda data: _mean_correlation(_turned(data)),
            reply=N_(
                "That is the mean correlation of two questions. Alpha is about the sum of four, "
                "which is surer."
            ),
        ),
    ),
    hints=(
        N_("Which question would a contented customer answer with a low number?"),
        N_("On a scale from 1 to 10 a turned answer is 11 less the answer; then `cronbach_alpha`."),
    ),
    solution=N_(
        "Turn, then measure.\n"
        "    from cvm.survey import cronbach_alpha\n"
        '    items = data.spring[["IMAG1", "IMAG2", "IMAG3", "IMAG4"]].copy()\n'
        '    items["IMAG4"] = 11 - items["IMAG4"]\n'
        "    answer = cronbach_alpha(items)"
    ),
)


# --- 08.4 a promise ----------------------------------------------------------------


def _effect(data: Data, *, aversion: bool = True, drawn: bool = True) -> float:
    weight = data.gain * (data.loss_aversion if aversion else 1.0)
    left = 1 - data.assimilation if drawn else 1.0
    return float(data.promise * (data.assimilation - weight * left))


PROMISE = Question(
    id="08.4",
    prompt=N_(
        "Yunhe promises `data.promise` points more than it delivers. By how many points does "
        "satisfaction change, compared with promising what is delivered?"
    ),
    answer=Number(),
    reference=_effect,
    shows=N_(
        "{answer} points, although customers see more than there is. The disappointment outweighs "
        "what the promise colours."
    ),
    mistakes=(
        Mistake(
            name="only-what-is-seen",
            wrong=lambda data: data.promise * data.assimilation,
            reply=N_(
                "That is how much more customers see. They also set it against what they expected."
            ),
        ),
        Mistake(
            name="loss-weighs-like-gain",
            wrong=lambda data: _effect(data, aversion=False),
            reply=N_(
                "A disappointment weighs `data.loss_aversion` times as much as a delight: use it."
            ),
        ),
        Mistake(
            name="gap-not-narrowed",
            wrong=lambda data: _effect(data, drawn=False),
            reply=N_(
                "The gap that is felt is between what is *seen* and what is expected: assimilation "
                "has narrowed it already."
            ),
        ),
        Mistake(
            name="only-disappointment",
            wrong=lambda data: _effect(data) - data.promise * data.assimilation,
            reply=N_(
                "That is the disappointment alone. The judgement starts from what is seen, which "
                "the promise has raised."
            ),
        ),
    ),
    hints=(
        N_("Two parts: what is seen rises; the gap to what was expected hurts. Write down both."),
        N_(
            "Seen: promise times assimilation. Gap: promise times (1 - assimilation), felt "
            "gain times loss_aversion."
        ),
    ),
    solution=N_(
        "What is seen rises, the disappointment takes more away.\n"
        "    seen = data.assimilation * data.promise\n"
        "    gap = (1 - data.assimilation) * data.promise\n"
        "    answer = seen - data.gain * data.loss_aversion * gap"
    ),
)


# --- 08.5 the first yuan -----------------------------------------------------------


def _best(data: Data, rule: str) -> str:
    table = data.factors
    room = 100 - table["score"]
    by = {
        "return": table["weight"] * room / table["cost"], "weight": table["weight"],
        "score": room, "cost": -table["cost"], "room": table["weight"] * room,
    }[rule]  # fmt: skip
    return str(table["factor"].iloc[int(by.to_numpy().argmax())])


FIRST = Question(
    id="08.5",
    prompt=N_(
        "For key customers, on which factor does the first yuan return most? A factor can rise to "
        "100; `cost` yuan a head bring 63 % of what is missing."
    ),
    answer=Text(),
    reference=lambda data: _best(data, "return"),
    shows=N_(
        "{answer}: neither what matters most, nor what scores lowest, nor what is cheapest, but the "
        "three together."
    ),
    mistakes=(
        Mistake(
            name="most-important",
            wrong=lambda data: _best(data, "weight"),
            reply=N_("It matters most to them. Is there room left in it?"),
        ),
        Mistake(
            name="lowest-score",
            wrong=lambda data: _best(data, "score"),
            reply=N_("It scores lowest. Does it matter to these customers?"),
        ),
        Mistake(
            name="cheapest",
            wrong=lambda data: _best(data, "cost"),
            reply=N_("It is cheapest. And what would it bring?"),
        ),
        Mistake(
            name="cost-forgotten",
            wrong=lambda data: _best(data, "room"),
            reply=N_("It has the most to give. What does it cost to get it? Divide."),
        ),
    ),
    hints=(
        N_("Three columns count: what it matters, what is missing to 100, what it costs."),
        N_("weight times (100 - score), over cost: where is it largest?"),
    ),
    solution=N_(
        "Importance, times room, over cost.\n"
        "    table = data.factors\n"
        '    first_yuan = table["weight"] * (100 - table["score"]) / table["cost"]\n'
        '    answer = table["factor"][first_yuan.idxmax()]'
    ),
)


# --- guesses and the open question ---------------------------------------------------


def _width_at_thirty(data: Data) -> float:
    promoters, _passives, detractors = _shares(data)
    spread = np.sqrt(promoters + detractors - (promoters - detractors) ** 2)
    return float(2 * 1.96 * 100 * spread / np.sqrt(30))


def _sure_of_first(data: Data) -> float:
    found = key_drivers(data.autumn, "SATI1", QUALITY, resamples=400, seed=8)
    return float(found.table["first"].iloc[0])


def _two_bars(ax: Any, predicted: float, truth: float, words: str, unit: str) -> None:
    from cvm.plots import INK, dress

    ax.barh([1, 0], [predicted, truth], color=[INK["base"], INK["moved"]])
    ax.set_yticks([1, 0], [_("you said"), _("truth")])
    ax.set_xlim(0, 1.25 * max(predicted, truth, 1e-9))
    dress(ax, x=words, x_unit=unit)
    for place, value in ((1, predicted), (0, truth)):
        ax.annotate(number(value, unit), (value, place), (5, 0), va="center",
                    textcoords="offset points")  # fmt: skip


def _draw_width(data: Data, ax: Any, predicted: float) -> None:
    _two_bars(ax, predicted, _width_at_thirty(data), _("points of the net promoter score"), "")


def _draw_first(data: Data, ax: Any, predicted: float) -> None:
    words = _("share of resamples in which the first driver comes first")
    _two_bars(ax, predicted, _sure_of_first(data), words, "share")


GUESS_WIDTH = Prediction(
    id="08.a",
    prompt=N_(
        "How many points wide is the 95 % interval of a net promoter score from thirty answers?"
    ),
    truth=_width_at_thirty,
    low=0,
    high=200,
    shows=N_("Thirty answers can hardly tell a good score from a bad one."),
    picture=_draw_width,
    alt=N_("Two bars: the predicted width of {predicted} points and the true one of {truth}."),
)

GUESS_FIRST = Prediction(
    id="08.b",
    prompt=N_(
        "Six parts of quality are ranked by importance, from your autumn answers. In what share of "
        "resamples does the first of the list come first again?"
    ),
    truth=_sure_of_first,
    low=0,
    high=1,
    unit="share",
    shows=N_("A list has a first line whether or not there is a first."),
    picture=_draw_first,
    alt=N_("Two bars: the predicted share of {predicted} and the true one of {truth}."),
)

SLIDE = OpenQuestion(
    id="08.open",
    prompt=N_(
        "The director wants to tell the staff that satisfaction has risen, to promise customers "
        "more in the next campaign, and to mend for everybody what scores lowest. What do you "
        "tell him?"
    ),
    points=(
        Point(
            point=N_("Has it risen?"),
            marks=2,
            full=N_("Sets the change against its margin, and asks who answered in each wave."),
            none=N_("Repeats the two means."),
        ),
        Point(
            point=N_("The promise"),
            marks=2,
            full=N_(
                "Says what a promise does to what is seen and to what is felt, and where it could help."
            ),
            none=N_("Says that promises sell, or that one should always promise little."),
        ),
        Point(
            point=N_("For whom"),
            marks=2,
            full=N_("Asks whose satisfaction is meant to rise and what keeping them is worth."),
            none=N_("Speaks of customers as one."),
        ),
        Point(
            point=N_("For what"),
            marks=1,
            full=N_("Names importance, room and cost together."),
            none=N_("Takes the lowest score, or the most important factor."),
        ),
    ),
)

CHAPTER = Chapter(
    id="08",
    draw=draw,
    questions=(SCORE, MARGIN, ALPHA, PROMISE, FIRST),
    predictions=(GUESS_WIDTH, GUESS_FIRST),
    open=SLIDE,
)
