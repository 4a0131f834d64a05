r"""Answering: how what somebody thinks becomes a mark on a form.

For respondent :math:`i` and item :math:`j`, in the favourable direction, step by step:

1. *Trait.* :math:`z = \lambda\,\eta + \sqrt{1-\lambda^2}\,\varepsilon`.
2. *Halo* of weight :math:`h`: overall satisfaction colours every answer,
   :math:`z \leftarrow \bigl[(1-h)\,z + h\,\eta_{SATI}\bigr] / \sqrt{(1-h)^2 + h^2 + 2h(1-h)\lambda R}`,
   :math:`R` the correlation of the item's construct with satisfaction, so that the variance stays 1.
3. *Who asks* shares :math:`\iota` of the variance:
   :math:`z \leftarrow \sqrt{1-\iota}\,z + \sqrt{\iota}\,u_{cluster}`, so the intra-class
   correlation of every propensity is :math:`\iota`, where dealers do not differ in truth.
4. *Acquiescence* :math:`a_i` pushes towards high points of the form: :math:`z \pm a_i`, minus for
   a reverse item.
5. *Extreme and midpoint style* stretch about the middle :math:`c` of the scale:
   :math:`z \leftarrow c + f_i\,(z - c)` with :math:`f_i` 2, 1/2 or 1.
6. *Thresholds* cut :math:`z` into points (:mod:`cvm.survey.questionnaire`).
7. *Straight-liners* mark for every item of one scale what they marked for its first.
8. *Missing.* :math:`\operatorname{logit} P = \operatorname{logit}(\text{missing}) - b\,\eta_{SATI}`;
   and who is not asked (a skip rule) does not answer.

**Limits.** Without halo, styles and clusters the propensities of two items correlate
:math:`\lambda_1\lambda_2` within a construct and :math:`\lambda_1\lambda_2 R` between two
(:func:`item_correlations`), and every item's answers have the declared shares.

**Simplified for teaching.** Styles are independent of the construct; a style is a constant of the
person, in all waves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from cvm.levers import needs_world
from cvm.luck import Luck
from cvm.survey.population import CONSTRUCTS, Survey, correlations
from cvm.survey.questionnaire import Item, Measurement

__all__ = ["Person", "answers", "item_correlations", "left_empty", "persons"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STRETCH = 2.0


@dataclass(frozen=True, kw_only=True)
class Person:
    """The answering habits of respondents, one array a habit, each of length ``n``.

    Parameters
    ----------
    lean : ndarray
        Acquiescence, standard deviations.
    stretch : ndarray
        How many times as far from the middle as they think: 2, 1 or 1/2.
    straight : ndarray of bool
        Whether the same point is marked all down the page.
    """

    lean: Floats
    stretch: Floats
    straight: Flags


@needs_world
def persons(world: Survey, luck: Luck, *, n: int, start: int) -> Person:
    """Draw the lasting habits of respondents.

    Parameters
    ----------
    world : Survey
        Uses ``styles``.
    luck : Luck
        The luck.
    n, start : int
        Respondents, and the number of the first.

    Returns
    -------
    Person
        Lean in standard deviations; stretch 2, 1 or 1/2; whether a straight-liner.
    """
    styles = world.styles
    lean = styles.acquiescence + styles.acquiescence_spread * luck.normal(
        "survey acquiescence", n, start=start
    )
    style = luck.uniform("survey style", n, start=start)
    stretch = np.ones(n)
    stretch[style < styles.extreme] = STRETCH
    stretch[style >= 1 - styles.midpoint] = 1 / STRETCH
    straight = luck.uniform("survey straight", n, start=start) < styles.straight
    return Person(lean=lean, stretch=stretch, straight=straight)


@needs_world
def answers(
    world: Survey, model: Measurement, eta: Floats, errors: Floats, asker: Floats, person: Person
) -> Floats:
    """Let respondents answer every item: steps 1 to 7.

    Parameters
    ----------
    world : Survey
        Uses ``styles``, ``fieldwork`` and the paths.
    model : Measurement
        The items.
    eta : ndarray, shape (n, 7)
        Constructs in the order of ``CONSTRUCTS``.
    errors : ndarray, shape (n, items)
        Standard normals, one an answer; used up (overwritten).
    asker : ndarray, shape (n,)
        What the cluster adds, standard normal.
    person : Person
        Habits.

    Returns
    -------
    ndarray, shape (n, items)
        Points in the favourable direction (reverse items turned).
    """
    z = _propensities(world, model, eta, errors)
    share = world.fieldwork.interviewer_share
    if share:
        z *= np.sqrt(1 - share)
        z += (np.sqrt(share) * asker)[:, None]
    if person.lean.any():
        z += person.lean[:, None] * _direction(model)
    if (person.stretch != 1).any():
        middle = np.array([_middle(item) for item in model.items])
        z -= middle
        z *= person.stretch[:, None]
        z += middle
    return _straightened(_cut(z, model), model, person.straight)


@needs_world
def left_empty(world: Survey, eta: Floats, uniforms: Floats) -> Flags:
    """Tell which questions are left empty: step 8.

    Parameters
    ----------
    world : Survey
        Uses ``missing`` and ``missing_slope``.
    eta : ndarray, shape (n, 7)
        Constructs.
    uniforms : ndarray, shape (n, items)
        Luck on [0, 1).

    Returns
    -------
    ndarray of bool, shape (n, items)
    """
    work = world.fieldwork
    satisfaction = eta[:, CONSTRUCTS.index("SATI")]
    chance = expit(logit(work.missing) - work.missing_slope * satisfaction)
    return uniforms < chance[:, None]


@needs_world
def item_correlations(world: Survey, model: Measurement) -> pd.DataFrame:
    """Give the correlations of the items' propensities without styles and clusters.

    Parameters
    ----------
    world : Survey
        Uses the paths; halo, styles and clusters are left out.
    model : Measurement
        The items.

    Returns
    -------
    DataFrame
        Items by items: the product of the loadings, times the correlation of the constructs.
    """
    place = _places(model)
    between = correlations(world.structure).to_numpy()[np.ix_(place, place)]
    implied = between * np.outer(model.loadings, model.loadings)
    np.fill_diagonal(implied, 1.0)
    codes = [item.code for item in model.items]
    return pd.DataFrame(implied, index=codes, columns=codes)


def _places(model: Measurement) -> NDArray[np.intp]:
    """Give the place of each item's construct among the simulator's seven."""
    return np.array([CONSTRUCTS.index(model.constructs[c]) for c in model.construct])


def _propensities(world: Survey, model: Measurement, eta: Floats, errors: Floats) -> Floats:
    place, loading = _places(model), model.loadings
    z = errors
    z *= np.sqrt(1 - loading**2)
    z += eta[:, place] * loading
    halo = world.styles.halo
    if halo:
        general = CONSTRUCTS.index("SATI")
        near = loading * correlations(world.structure).to_numpy()[place, general]
        norm = np.sqrt((1 - halo) ** 2 + halo**2 + 2 * halo * (1 - halo) * near)
        z *= (1 - halo) / norm
        z += eta[:, [general]] * (halo / norm)
    return z


def _direction(model: Measurement) -> Floats:
    return np.array([-1.0 if item.reverse else 1.0 for item in model.items])


def _middle(item: Item) -> float:
    """Find the propensity in the middle of the scale: half the thresholds on either side."""
    cuts = item.thresholds()
    low, high = cuts[(len(cuts) - 1) // 2], cuts[len(cuts) // 2]
    middle = (low + high) / 2
    return float(middle) if np.isfinite(middle) else 0.0


def _cut(z: Floats, model: Measurement) -> Floats:
    """Cut propensities into points, in place where the thresholds are evenly spaced."""
    low = np.array([item.scale.low for item in model.items], float)
    high = np.array([item.scale.high for item in model.items], float)
    level = np.array([item.level for item in model.items])
    spread = np.array([item.spread for item in model.items])
    told = {
        j: item.scale.low + np.searchsorted(item.thresholds(), z[:, j])
        for j, item in enumerate(model.items)
        if item.shares
    }
    z *= (high - low) * spread
    z += low + (high - low) * level
    np.rint(z, out=z)
    np.clip(z, low, high, out=z)
    for j, points in told.items():
        z[:, j] = points
    return z


def _straightened(points: Floats, model: Measurement, straight: Flags) -> Floats:
    """Let straight-liners repeat, as written on the form, their first answer on each scale."""
    rows = np.flatnonzero(straight)
    if not len(rows):
        return points
    first: dict[str, int] = {}
    for j, item in enumerate(model.items):
        lead = first.setdefault(item.scale.name, j)
        ends = item.scale.low + item.scale.high
        turned = item.reverse != model.items[lead].reverse
        points[rows, j] = ends - points[rows, lead] if turned else points[rows, lead]
    return points
