"""The check of answers: whether a table holds what its questionnaire allows.

The questionnaire is turned into a schema of :mod:`cvm.schemas`, so that the check, the types
and the messages are those of every other table; to them come the skip rules, which no single
column can tell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cvm.cells import Fault
from cvm.schemas import Column, Schema
from cvm.survey.questionnaire import Item, Questionnaire, needed
from cvm.tables import TableError, examine, problem_table
from cvm.words import N_, _

__all__ = ["check_answers", "schema"]


def schema(questionnaire: Questionnaire) -> Schema:
    """Give the schema of a questionnaire's answer table.

    Parameters
    ----------
    questionnaire : Questionnaire
        What is asked.

    Returns
    -------
    Schema
        ``respondent`` and every indicator are required; ``wave``, ``cluster``, ``weight``, the
        choices and the single questions may be there.
    """
    columns = [
        Column(name="respondent", kind="id", meaning=N_("the respondent")),
        Column(name="wave", kind="whole", required=False, meaning=N_("which round of the survey")),
        Column(name="cluster", kind="id", required=False, empty=True,
               meaning=N_("the dealer or interviewer")),
        Column(name="weight", kind="number", required=False, low=0, high=1e6,
               meaning=N_("how many customers of the population this one stands for")),
    ]  # fmt: skip
    columns += [
        Column(name=c.code, kind="text", required=False, empty=True, options=c.texts,
               meaning=c.wording.en)
        for c in questionnaire.choices
    ]  # fmt: skip
    columns += [
        Column(name=item.code, kind="whole", required=item.indicator, empty=True,
               low=item.scale.low, high=item.scale.high, meaning=item.wording.en)
        for item in questionnaire.items
    ]  # fmt: skip
    return Schema(
        name=N_("answers"),
        meaning=N_("one respondent's answers in one wave"),
        columns=tuple(columns),
        key=("respondent", "wave"),
    )


def check_answers(table: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """Check a table of answers and bring it to its types.

    Parameters
    ----------
    table : DataFrame
        One row a respondent (and wave); left as it is.
    questionnaire : Questionnaire
        What was asked.

    Returns
    -------
    DataFrame
        The same rows and columns, checked; the items are float.

    Raises
    ------
    TableError
        With everything that is wrong: a point off the scale, an answer to a question that was
        not asked, a respondent twice. Nothing is turned or left out.
    """
    found, problems = examine(table, schema(needed(questionnaire)))
    skipped = []
    for item in questionnaire.items:
        if item.code in found:
            at = np.flatnonzero(not_asked(found, item) & found[item.code].notna())
            fault = Fault(at, *_rule_words(item))
            skipped += [fault.table(table[item.code], np.arange(len(table)), item.code)]
    listed = problem_table([], [problems, *skipped])
    if len(listed):
        name = _("The table '{name}'", name=_("answers"))
        raise TableError(listed, name=name, counting="position")
    here = [item.code for item in questionnaire.items if item.code in found.columns]
    return found.astype(dict.fromkeys(here, "float64"))


def not_asked(table: pd.DataFrame, item: Item) -> pd.Series:
    """Mark those whom an item's rule leaves out; nobody where there is no rule to go by."""
    if item.asked_if is None or item.asked_if[0] not in table:
        return pd.Series(False, index=table.index)
    chosen = table[item.asked_if[0]]
    return chosen.notna() & (chosen != item.asked_if[1])


def _rule_words(item: Item) -> tuple[str, str]:
    choice, value = item.asked_if or ("", "")
    expected = _("empty, as it is asked only where {choice} is '{value}'", choice=choice,
                 value=value)  # fmt: skip
    return expected, _("Empty the cell, or correct the other answer.")
