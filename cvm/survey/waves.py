r"""Waves: the same questions asked again, of some of the same people.

Each wave has a world of its own, so the true change is whatever differs between the worlds; its
size is known in closed form (:func:`true_means`). The sample rotates: with ``overlap`` :math:`o`
each wave asks :math:`o\,n` customers of the wave before and :math:`(1-o)\,n` new ones, so
1 is a panel and 0 a fresh sample every time.

**The estimand** is the change of a mean between waves among all customers.

**What the naive answer gets wrong.** To compare two waves as if they were two samples of
strangers is to overlook the panel: with a correlation :math:`r` of the answers of one person,
the change has variance :math:`2\sigma^2(1 - o\,r)/n`, not :math:`2\sigma^2/n`. For the
item SATI1 at the defaults and full overlap the naive standard error is 1.5 times too large.

**Simplified for teaching.** What a customer thinks correlates equally between any two waves; no
one becomes used to being asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cvm.errors import CvmError
from cvm.survey.population import CONSTRUCTS, Survey, means
from cvm.survey.questionnaire import Questionnaire
from cvm.survey.simulate import simulate_survey
from cvm.survey.yunhe import YUNHE
from cvm.words import _

__all__ = ["simulate_waves", "true_means"]


def simulate_waves(
    worlds: Sequence[Survey],
    *,
    n: int,
    seed: int,
    questionnaire: Questionnaire = YUNHE,
    overlap: float = 0.5,
    everyone: bool = False,
    as_written: bool = False,
) -> pd.DataFrame:
    """Ask in several waves.

    Parameters
    ----------
    worlds : sequence of Survey
        One a wave, in the order of time.
    n : int
        Customers asked in each wave, above 0.
    seed : int
        The luck. A customer keeps the lasting part of it from wave to wave.
    questionnaire : Questionnaire
        What is asked, the same in all waves.
    overlap : float
        Share of a wave's sample that was asked in the wave before, 0 to 1.
    everyone, as_written : bool
        As in :func:`cvm.survey.simulate_survey`.

    Returns
    -------
    DataFrame
        As of :func:`cvm.survey.simulate_survey`, wave below wave, with the column ``wave``
        from 1; a customer asked twice has one number in ``respondent``.

    Raises
    ------
    CvmError
        Without a wave, or for an overlap that is no share.
    """
    if isinstance(worlds, Survey) or not len(worlds):
        wrong = _("worlds= holds one Survey for each wave.")
        raise CvmError(wrong, given=worlds, remedy=_("Give for example [before, after]."))
    number = isinstance(overlap, int | float | np.number) and not isinstance(overlap, bool)
    if not (number and 0 <= overlap <= 1):
        wrong = _("overlap= is a share between 0 and 1.")
        remedy = _("Give 1 for a panel, 0 for a fresh sample in every wave.")
        raise CvmError(wrong, given=overlap, remedy=remedy)
    fresh = n - round(overlap * n)
    tables = [
        simulate_survey(
            world, n=n, seed=seed, questionnaire=questionnaire, wave=wave,
            start=(wave - 1) * fresh, everyone=everyone, as_written=as_written,
        ).assign(wave=wave)
        for wave, world in enumerate(worlds, 1)
    ]  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    table.insert(1, "wave", table.pop("wave"))
    return table


def true_means(worlds: Sequence[Survey]) -> pd.DataFrame:
    """Give the true mean of each construct in each wave, among all customers.

    Parameters
    ----------
    worlds : sequence of Survey
        One a wave.

    Returns
    -------
    DataFrame
        ``wave``, ``construct``, ``mean`` and ``change`` since the wave before (standard
        deviations; not-a-number in the first).
    """
    parts = [
        pd.DataFrame({"wave": wave, "construct": CONSTRUCTS, "mean": means(world).to_numpy()})
        for wave, world in enumerate(worlds, 1)
    ]
    table = pd.concat(parts, ignore_index=True)
    table["change"] = table.groupby("construct", sort=False)["mean"].diff()
    return table
