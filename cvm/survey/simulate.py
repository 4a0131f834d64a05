r"""A survey, simulated: from what customers think to a table of answers, with the truth beside.

People and their constructs are in :mod:`cvm.survey.population`, the way from a construct to an
answer in :mod:`cvm.survey.answering`. Here the two are put together, for any range of
respondents by itself, so that a million are made block by block in the memory of one.

**Who answers.** Of those asked, :math:`\operatorname{logit} P = \operatorname{logit}
(\text{response}) + a\,\eta_{SATI} + b\,(|\eta_{SATI}| - \sqrt{2/\pi})`: the more readily the
more satisfied (:math:`a`), and the further from the middle either way (:math:`b`).

**What the naive answer gets wrong.** The mean of those who answered is not the mean of the
customers: at the defaults half of them answer, and their true satisfaction is 0.10 standard
deviations above everybody's.

    >>> from cvm.survey import Survey, simulate_survey
    >>> table = simulate_survey(Survey(), n=400, seed=8)
    >>> table[["respondent", "SATI1", "QUAL1"]].shape[1]
    3
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from cvm.errors import CvmError, near_miss
from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.survey.answering import answers, left_empty, persons
from cvm.survey.population import CONSTRUCTS, SEGMENTS, Survey, constructs
from cvm.survey.questionnaire import Measurement, Questionnaire, needed, turned
from cvm.survey.yunhe import YUNHE
from cvm.words import _

__all__ = ["simulate_survey"]

Floats = NDArray[np.float64]

#: Respondents simulated at a time; what bounds the memory of a large survey.
ROWS = 1 << 16


@needs_world
def simulate_survey(
    world: Survey,
    *,
    n: int,
    seed: int,
    questionnaire: Questionnaire = YUNHE,
    satisfaction: ArrayLike | None = None,
    wave: int = 0,
    start: int = 0,
    everyone: bool = False,
    as_written: bool = False,
) -> pd.DataFrame:
    """Ask customers and let those answer who will.

    Parameters
    ----------
    world : Survey
        Levers and assumptions; :data:`cvm.survey.CLEAN` is one without any trouble.
    n : int
        Customers asked, above 0. Fewer answer; in ``CLEAN`` all do.
    seed : int
        The luck. Two worlds with one seed ask the same customers with the same luck, and a
        larger ``n`` keeps the first ones.
    questionnaire : Questionnaire
        What is asked; its constructs are among the simulator's seven.
    satisfaction : array_like, shape (n,), optional
        True satisfaction of each customer, points from 0 to 100, for example of the simulated
        market. The other constructs are then drawn given it; ``respondent`` is the position.
    wave : int
        Which round: the same customers with what has changed in them since.
    start : int
        Number of the first customer.
    everyone : bool
        Whether to keep those who do not answer, with the answers they would have given and
        the column ``true_responds``.
    as_written : bool
        Whether reverse items are left as they stand on the form; else they are turned, so
        that of every item a high answer is a good one.

    Returns
    -------
    DataFrame
        One row a respondent: ``respondent``, ``cluster`` (dealer), the questionnaire's choices
        (``segment``, ``contact``), one float column an item (not-a-number where it was not
        asked or left empty), and the truth: ``true_IMAG`` ... ``true_LOYA`` (standard
        deviations), ``true_lean``, ``true_stretch``, ``true_straight``.

    Raises
    ------
    CvmError
        For sizes that are none, a construct the simulator does not know, or satisfaction that
        is no number from 0 to 100.

    Notes
    -----
    Seven constructs and the habits of everybody asked are drawn before any lever acts, so a
    lever never changes who is who.
    """
    check_sizes(n, wave, start, questionnaire)
    given = None if satisfaction is None else _points(satisfaction, n)
    luck, model = Luck(seed), questionnaire.measurement()
    blocks = []
    for first in range(0, n, ROWS):
        size = min(ROWS, n - first)
        known = None if given is None else given[first : first + size]
        columns = _block(world, luck, model, questionnaire, wave, start + first, size, known)
        answered = columns.pop("true_responds") if not everyone else None
        if answered is not None:
            columns = {name: column[answered] for name, column in columns.items()}
        table = pd.DataFrame(columns)  # in one go, as a small survey is mostly this
        # The answers are made turned; turning twice undoes it.
        blocks.append(turned(table, questionnaire) if as_written else table)
    return pd.concat(blocks, ignore_index=True) if len(blocks) > 1 else blocks[0]


def _block(
    world: Survey, luck: Luck, model: Measurement, questionnaire: Questionnaire,
    wave: int, start: int, n: int, given: Floats | None,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """Simulate a range of customers; give the columns of the table, of all who were asked."""
    cluster, served, asker = _clusters(world, luck, start, n)
    chosen = _choices(world, luck, questionnaire, start, n)
    segment = _segments(world, luck, start, n)
    extra = np.array([0.0, world.fieldwork.youth_gap, world.fieldwork.business_gap])[segment]
    eta = constructs(world, _own(world, luck, wave, start, n, served), extra, given)
    person = persons(world, luck, n=n, start=start)
    width = len(model.items)
    errors = luck.normal(f"survey answers {wave}", n, width, start=start)
    points = answers(world, model, eta, errors, asker, person)
    points[_unanswered(world, luck, model, eta, chosen, wave, start)] = np.nan
    return {
        "respondent": np.arange(start, start + n), "cluster": cluster, **chosen,
        **{item.code: points[:, j] for j, item in enumerate(model.items)},
        **{f"true_{code}": eta[:, j] for j, code in enumerate(CONSTRUCTS)},
        "true_lean": person.lean, "true_stretch": person.stretch, "true_straight": person.straight,
        "true_responds": _responds(world, luck, eta, wave, start),
    }  # fmt: skip


def _clusters(
    world: Survey, luck: Luck, start: int, n: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Send each customer to a dealer; give what the dealer does, and how he asks."""
    count = world.fieldwork.dealers
    cluster = (luck.uniform("survey dealer", n, start=start) * count).astype(np.int64)
    return (
        cluster,
        luck.normal("dealer serves", count)[cluster],
        luck.normal("dealer asks", count)[cluster],
    )


def _segments(world: Survey, luck: Luck, start: int, n: int) -> NDArray[np.intp]:
    draw = luck.uniform("survey segment", n, start=start)
    work = world.fieldwork
    return np.where(draw < work.youth, 1, np.where(draw >= 1 - work.business, 2, 0))


def _choices(
    world: Survey, luck: Luck, questionnaire: Questionnaire, start: int, n: int
) -> dict[str, NDArray[np.object_]]:
    """Answer the choices: segment and contact by the model, any other evenly."""
    found = {}
    for choice in questionnaire.choices:
        if choice.texts == SEGMENTS:
            place = _segments(world, luck, start, n)
        elif choice.code == "contact":
            place = (luck.uniform("survey contact", n, start=start) >= world.fieldwork.contact) * 1
        else:
            draw = luck.uniform(f"survey choice {choice.code}", n, start=start)
            place = (draw * len(choice.texts)).astype(np.intp)
        found[choice.code] = np.array(choice.texts, dtype=object)[place]
    return found


def _own(world: Survey, luck: Luck, wave: int, start: int, n: int, served: Floats) -> Floats:
    """Draw what each construct has of its own: the lasting part, the wave's, the dealer's."""
    width, work = len(CONSTRUCTS), world.fieldwork
    own = np.sqrt(work.stability) * luck.normal("survey constructs", n, width, start=start)
    own += np.sqrt(1 - work.stability) * luck.normal(f"survey wave {wave}", n, width, start=start)
    quality = CONSTRUCTS.index("QUAL")
    own[:, quality] *= np.sqrt(1 - work.dealer_share)
    own[:, quality] += np.sqrt(work.dealer_share) * served
    return own


def _unanswered(
    world: Survey, luck: Luck, model: Measurement, eta: Floats,
    chosen: dict[str, NDArray[np.object_]], wave: int, start: int,
) -> NDArray[np.bool_]:  # fmt: skip
    n, width = len(eta), len(model.items)
    empty = np.zeros((n, width), bool)
    if world.fieldwork.missing:
        empty = left_empty(world, eta, luck.uniform(f"survey empty {wave}", n, width, start=start))
    for j, item in enumerate(model.items):
        if item.asked_if is not None:
            empty[:, j] |= chosen[item.asked_if[0]] != item.asked_if[1]
    return empty


def _responds(world: Survey, luck: Luck, eta: Floats, wave: int, start: int) -> NDArray[np.bool_]:
    work, satisfied = world.fieldwork, eta[:, CONSTRUCTS.index("SATI")]
    edge = np.abs(satisfied) - np.sqrt(2 / np.pi)
    odds = logit(work.response) + work.response_slope * satisfied + work.response_edge * edge
    return luck.uniform(f"survey response {wave}", len(eta), start=start) < expit(odds)


def check_sizes(n: int, wave: int, start: int, questionnaire: object) -> None:
    """Refuse what no survey can be simulated from; arguments as of :func:`simulate_survey`."""
    for name, value, least in (("n", n, 1), ("wave", wave, 0), ("start", start, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            wrong = _("{name} is a whole number of {least} or more.", name=name, least=least)
            example = {"n": 1000, "wave": 0, "start": 0}[name]
            remedy = _("Give for example {name}={example}.", name=name, example=example)
            raise CvmError(wrong, given=value, remedy=remedy)
    for construct in needed(questionnaire).measurement().constructs:
        if construct not in CONSTRUCTS:
            wrong = _("The simulator has no construct '{code}'.", code=construct)
            raise CvmError(wrong, remedy=near_miss(construct, CONSTRUCTS))


def _points(satisfaction: ArrayLike, n: int) -> Floats:
    try:
        given = np.asarray(satisfaction, dtype=float)
    except (TypeError, ValueError):
        given = np.array(np.nan)
    if given.shape != (n,):
        wrong = _("satisfaction= has one number for each of the n customers.")
        remedy = _("Give n={n} numbers, or n=len(satisfaction).", n=n)
        raise CvmError(wrong, given=_("shape {shape}", shape=given.shape), remedy=remedy)
    bad = np.flatnonzero(~((given >= 0) & (given <= 100)))
    if len(bad):
        wrong = _("True satisfaction is a number of points from 0 to 100.")
        where = _("{value} in row {row} ({count} such rows)", value=given[bad[0]], row=bad[0],
                  count=len(bad))  # fmt: skip
        raise CvmError(wrong, given=where, remedy=_("Leave those customers out."))
    return given
