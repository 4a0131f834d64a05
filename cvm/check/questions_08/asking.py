"""What a wave says: a score, the margin of a change, a scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.check.answers import Number
from cvm.check.data import Data
from cvm.check.question import Mistake, Question
from cvm.check.questions_08.base import BOTH_ENDS, IMAGE
from cvm.survey.measure import nps
from cvm.survey.scales import cronbach_alpha
from cvm.words import N_

__all__ = ["ALPHA", "MARGIN", "SCORE", "nps_shares"]

# --- 08.1 a score ------------------------------------------------------------------


def nps_shares(data: Data) -> tuple[float, float, float]:
    """Give the shares of promoters, passives and detractors of spring."""
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
            wrong=lambda data: 100 * nps_shares(data)[0],
            reply=N_("Those are the promoters. Take the detractors off."),
        ),
        Mistake(
            name="passives-promote",
            wrong=lambda data: (
                100 * (nps_shares(data)[0] + nps_shares(data)[1] - nps_shares(data)[2])
            ),
            reply=N_(
                "Promoters answer 9 or 10. A seven or an eight is passive and counts for nothing."
            ),
        ),
        Mistake(
            name="sixes-forgotten",
            wrong=lambda data: (
                100 * (nps_shares(data)[0] - float((data.spring["RECO"] <= 5).mean()))
            ),
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
