r"""PLS path modelling: the structural model of satisfaction, estimated by composites.

The model
---------
Constructs (image, quality, satisfaction ...) are scored by weighted sums of their items,
:math:`y_j = \sum_k w_{jk} x_{jk}`, and the scores are regressed on each other along the
paths. The weights are found by turns (:mod:`~cvm.survey.structure.algorithm`); reliability,
index and impact follow from them (:mod:`~cvm.survey.structure.quantities`).

The estimand
------------
Under ``consistent=False`` the coefficients of a regression among the *scores*. Under
``consistent=True`` those among the *constructs* that the items mirror with independent
errors.

What the naive answer gets wrong
--------------------------------
Plain PLS takes the scores for the constructs. With three items a construct and loadings of
0.7, a true path of 0.6 comes out near 0.45 (the correlation shrinks by the reliability of
both scores, here about 0.75), however many respondents there are; consistent PLS gives 0.6
back. What is corrected also varies more, and with constructs that the items can hardly tell
apart it gives impossible correlations: the result says so.

Assumptions
-----------
Paths without circles; linear; respondents independent of each other, or clusters given.
Answers on a scale are taken for numbers. Missing answers: complete cases, which is right
only if what is missing has nothing to do with the constructs.

Intervals
---------
Percentile bootstrap: respondents (or clusters) are drawn with equal chances and carry their
case weight along. All samples are estimated in one batch.

Sources: Tenenhaus et al. (2005) for the method and the two metrics; Dijkstra & Henseler
(2015) for consistency; Fornell et al. (1996) for index and impact. Case weights enter as in
any weighted covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvm.errors import CvmError, near_miss
from cvm.inputs import check_level, need_columns
from cvm.luck import Luck
from cvm.results import number
from cvm.survey.structure.algorithm import ROUNDS, SCHEMES, wire
from cvm.survey.structure.door import Answers, Weights, complete, scale_ends
from cvm.survey.structure.model import PathModel
from cvm.survey.structure.moments import moments, resampled
from cvm.survey.structure.quantities import Plan, Quantities, quantities
from cvm.survey.structure.result import PathResult
from cvm.words import _

__all__ = ["METRICS", "pls"]

Floats = NDArray[np.float64]

METRICS = ("standard", "raw")

#: Two constructs with an HTMT above this can hardly be told apart (Henseler et al. 2015).
ALIKE = 0.9
#: A larger share of failed samples makes the intervals doubtful.
MANY_FAILED = 0.05


def pls(
    table: pd.DataFrame,
    model: PathModel,
    *,
    scheme: str = "path",
    metric: str = "standard",
    consistent: bool = False,
    weights: Weights = None,
    clusters: str | None = None,
    scale: tuple[float, float] | Mapping[str, tuple[float, float]] = (1, 10),
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> PathResult:
    """Estimate a path model by partial least squares.

    Parameters
    ----------
    table : DataFrame
        One row a respondent, a numeric column an item; missing answers drop the row.
    model : PathModel
        Blocks and paths, for example :func:`~cvm.survey.structure.model.ecsi`.
    scheme : {"path", "centroid", "factorial"}
        How a construct is approximated by its neighbours. It seldom matters.
    metric : {"standard", "raw"}
        Standardise the items first, or let those with more spread count more.
    consistent : bool
        Correct for the items' errors (reflective constructs; standard metric only).
    weights : Series, sequence or str, optional
        Case weights above 0, by position, or the name of their column.
    clusters : str, optional
        Column that says whom to resample together (dealer, interviewer).
    scale : pair, or mapping of item to pair
        Lowest and highest answer, for the index.
    resamples : int
        Bootstrap samples; 0 gives no intervals, 500 to 2,000 are usual.
    seed : int
        The bootstrap's luck.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    PathResult

    Raises
    ------
    CvmError
        For an unknown scheme or metric, a bad scale, level or number of samples, answers or
        weights that cannot be used, or a model that cannot be estimated on them.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> x = np.array([1.0, 2, 3, 4, 5, 6])
    >>> table = pd.DataFrame({"QUAL1": x, "SATI1": [2.0, 1, 4, 3, 6, 5]})
    >>> model = PathModel(blocks={"QUAL": ["QUAL1"], "SATI": ["SATI1"]}, paths={"SATI": ["QUAL"]})
    >>> float(pls(table, model).paths["value"][0].round(4))  # single items: the correlation
    0.8286
    """
    _check_method(scheme, metric, consistent=consistent, resamples=resamples)
    check_level(level)
    answers = complete(table, model.items, weights=weights)
    low, high = scale_ends(scale, model.items)
    plan = Plan(
        wiring=wire(model), scheme=scheme, raw=metric == "raw", consistent=consistent,
        low=low, high=high,
    )  # fmt: skip
    whole = quantities(*moments(answers.x, answers.weights), plan)
    _check_settled(whole)
    samples = None
    if resamples:
        rng = Luck(seed).generator("bootstrap of a path model")
        drawn = resampled(
            answers.x, answers.weights, resamples=int(resamples), rng=rng,
            clusters=_clusters(table, clusters, answers.kept),
        )  # fmt: skip
        samples = quantities(*drawn, plan, like=whole.loadings[0])
    reader = _Reader(model, whole, samples, level)
    return PathResult(
        model=model, scheme=scheme, metric=metric, consistent=consistent, paths=reader.paths(),
        loadings=reader.loadings(), constructs=reader.constructs(), pairs=reader.pairs(),
        effects=reader.effects(), low_end=tuple(low.tolist()), n=answers.n,
        dropped=answers.dropped, effective_n=_effective(answers), resamples=int(resamples),
        failed=reader.failed, rounds=int(whole.rounds[0]), level=level, notes=reader.notes(),
    )  # fmt: skip


def _check_method(scheme: str, metric: str, *, consistent: bool, resamples: int) -> None:
    if scheme not in SCHEMES:
        wrong = _("There is no inner scheme of this name.")
        raise CvmError(wrong, given=scheme, remedy=near_miss(scheme, SCHEMES))
    if metric not in METRICS:
        wrong = _("There is no metric of this name.")
        raise CvmError(wrong, given=metric, remedy=near_miss(metric, METRICS))
    if consistent and metric == "raw":
        wrong = _("Consistent PLS is defined for standardised items.")
        raise CvmError(wrong, given=metric, remedy=_("Use metric='standard' with it."))
    if isinstance(resamples, bool) or resamples != int(resamples) or resamples < 0:
        wrong = _("The number of bootstrap samples is a whole number, 0 or more.")
        raise CvmError(wrong, given=resamples, remedy=_("Give for example resamples=500."))


def _check_settled(whole: Quantities) -> None:
    if np.isfinite(whole.paths).all():
        return
    if np.isnan(whole.weights).any():
        wrong = _("The weights do not settle within {rounds} rounds.", rounds=ROUNDS)
        remedy = _("Look for items of a block that disagree, or for two that are the same.")
        raise CvmError(wrong, remedy=remedy)
    wrong = _("The paths cannot be told apart: the causes of a construct are too much alike.")
    remedy = _("Join two causes into one, or drop one. Consistent PLS needs items that agree.")
    raise CvmError(wrong, remedy=remedy)


def _clusters(
    table: pd.DataFrame, clusters: str | None, kept: NDArray[np.bool_]
) -> NDArray[np.intp] | None:
    if clusters is None:
        return None
    need_columns(table, [clusters])
    codes, names = pd.factorize(table[clusters][kept], use_na_sentinel=False)
    if len(names) < 2:
        wrong = _("A bootstrap of clusters needs at least two of them.")
        raise CvmError(wrong, given=list(names), remedy=_("Leave clusters= out."))
    return np.asarray(codes, dtype=np.intp)


def _effective(answers: Answers) -> float:
    return float(answers.weights.sum() ** 2 / (answers.weights**2).sum())


@dataclass(frozen=True)
class _Reader:
    """Turns arrays by position into tables by name, with intervals from the samples."""

    model: PathModel
    whole: Quantities
    samples: Quantities | None
    level: float

    @property
    def sound(self) -> NDArray[np.bool_]:
        """Which samples were estimated, and properly."""
        if self.samples is None:
            return np.zeros(0, dtype=bool)
        return np.isfinite(self.samples.paths).all(axis=(1, 2)) & self.samples.proper

    @property
    def failed(self) -> int:
        return int((~self.sound).sum())

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Give the ends for every element of a quantity."""
        if self.samples is None or not self.sound.any():
            nothing = np.full(getattr(self.whole, name).shape[1:], np.nan)
            return nothing, nothing
        values = getattr(self.samples, name)[self.sound]
        low, high = np.quantile(values, [(1 - self.level) / 2, (1 + self.level) / 2], axis=0)
        return low, high

    def paths(self) -> pd.DataFrame:
        where = self._where(self.model.arrows)
        low, high = self.interval("paths")
        columns = {"value": self.whole.paths[0][where], "low": low[where], "high": high[where]}
        return _named(self.model.arrows, "cause", "effect").assign(**columns)

    def loadings(self) -> pd.DataFrame:
        low, high = self.interval("loadings")
        owner = [name for name in self.model.constructs for _item in self.model.blocks[name]]
        return pd.DataFrame(
            {
                "construct": owner, "item": self.model.items, "loading": self.whole.loadings[0],
                "low": low, "high": high, "weight": self.whole.weights[0],
                "scoring": self.whole.scoring[0],
            }
        )  # fmt: skip

    def constructs(self) -> pd.DataFrame:
        whole = self.whole
        (r2_low, r2_high), (low, high) = self.interval("r2"), self.interval("index")
        return pd.DataFrame(
            {
                "construct": self.model.constructs,
                "items": [len(self.model.blocks[name]) for name in self.model.constructs],
                "r2": whole.r2[0], "r2_low": r2_low, "r2_high": r2_high, "alpha": whole.alpha[0],
                "rho_c": whole.rho_c[0], "rho_a": whole.rho_a[0], "ave": whole.ave[0],
                "index": whole.index[0], "index_low": low, "index_high": high,
                "index_sd": whole.index_sd[0],
            }
        )  # fmt: skip

    def pairs(self) -> pd.DataFrame:
        names = self.model.constructs
        couples = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        where = self._where(couples)
        low, high = self.interval("htmt")
        return _named(couples, "first", "second").assign(
            correlation=self.whole.correlations[0][where], htmt=self.whole.htmt[0][where],
            low=low[where], high=high[where],
        )  # fmt: skip

    def effects(self) -> pd.DataFrame:
        names = self.model.constructs
        reached = _reach(self.model)
        couples = [(a, b) for b in names for a in names if (a, b) in reached]
        where = self._where(couples)
        table = _named(couples, "cause", "effect")
        for column in ("direct", "total"):
            low, high = self.interval(f"{column}_impact")
            table[column] = getattr(self.whole, f"{column}_impact")[0][where]
            table[f"{column}_low"], table[f"{column}_high"] = low[where], high[where]
        return table

    def notes(self) -> tuple[str, ...]:
        notes = []
        if not self.whole.proper[0]:
            notes.append(
                _("Improper: the corrected correlations cannot all hold at once (some lie at or "
                  "beyond 1); do not read the paths.")
            )  # fmt: skip
        against = [i for i, w in zip(self.model.items, self.whole.weights[0], strict=True) if w < 0]
        if against:
            items = ", ".join(against)
            notes.append(
                _("Counts against its own construct: {items}; is it reversed?", items=items)
            )
        pairs = self.pairs()
        alike = pairs[pairs["htmt"] > ALIKE].sort_values("htmt", ascending=False)
        if len(alike):
            first = alike.iloc[0]
            notes.append(
                _("The items of {pairs} pairs of constructs hardly tell them apart, least {first} "
                  "and {second} (HTMT {htmt}).",
                  pairs=number(len(alike)), first=first["first"], second=first["second"],
                  htmt=number(first["htmt"]))
            )  # fmt: skip
        if self.samples is not None and self.failed > MANY_FAILED * len(self.sound):
            notes.append(_("So many samples failed that the intervals are doubtful."))
        return tuple(notes)

    def _where(self, couples: Sequence[tuple[str, str]]) -> tuple[list[int], list[int]]:
        place = {name: j for j, name in enumerate(self.model.constructs)}
        return [place[effect] for _cause, effect in couples], [place[c] for c, _effect in couples]


def _named(couples: Sequence[tuple[str, str]], first: str, second: str) -> pd.DataFrame:
    return pd.DataFrame(list(couples), columns=[first, second])


def _reach(model: PathModel) -> set[tuple[str, str]]:
    """Give the pairs with a way from the first to the second."""
    reached: set[tuple[str, str]] = set()
    for name in model.constructs:
        for cause in model.paths.get(name, ()):
            reached |= {(cause, name)} | {(a, name) for a, b in reached if b == cause}
    return reached
