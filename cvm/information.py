"""Customer information: what to know of persons, of companies, and of the enterprise itself.

The course lists eight areas for a person and five for a company, and seven kinds of
enterprise knowledge, customers first. Not everything that can be known should be: each
area has a use, and each use a price in confidence.

What is known is kept in :mod:`cvm.database` and watched by :mod:`cvm.alerts`; the column
``held_in`` of :func:`what_to_know` leads from the one to the other.

**Where it comes from.** The course's own lists; which table of the database holds an area is
this kit's choice. They are lists to think with, not a model: nothing is estimated here.
"""

from __future__ import annotations

import pandas as pd

from cvm.errors import CvmError, near_miss
from cvm.words import N_, _

__all__ = ["enterprise_knowledge", "what_to_know"]

_PERSON = (
    (N_("basic"), N_("name, address, telephone, age"), N_("to reach the customer"), "customers"),
    (N_("consumption"), N_("what, how often, how much, where"), N_("what to offer next"), "orders"),
    (N_("education"), N_("school, degree, languages"), N_("how to explain"), ""),
    (N_("career"), N_("post, employer, income"), N_("power to buy"), ""),
    (N_("family"), N_("partner, children, birthdays"), N_("when to write"), ""),
    (N_("life"), N_("health, hobbies, travel"), N_("which service suits"), ""),
    (N_("personality"), N_("habits, likes, what offends"), N_("how to speak"), "contacts"),
    (N_("social"), N_("clubs, friends, standing"), N_("whom the customer brings"), ""),
)
_COMPANY = (
    (N_("basic"), N_("name, address, founded, size"), N_("to reach the customer"), "customers"),
    (N_("traits"), N_("strengths, plans, prestige"), N_("whether it fits"), "customers"),
    (N_("business"), N_("sales, profit, liquidity, line of trade"), N_("how much credit"),
     "customers"),
    (N_("transactions"), N_("orders, invoices, complaints, planned sales"),
     N_("the four warnings"), "orders"),
    (N_("the person in charge"), N_("name, character, relations, hobbies"), N_("how to speak"),
     "contacts"),
)  # fmt: skip
_KINDS = {"person": _PERSON, "company": _COMPANY}

_ENTERPRISE = (
    (N_("customers"), N_("who they are, what they buy, what they are worth")),
    (N_("partners"), N_("suppliers and dealers, and what they know of the customer")),
    (N_("business environment"), N_("rivals, technology, law")),
    (N_("organisational memory"), N_("what was tried before, and how it ended")),
    (N_("processes"), N_("how an order, a complaint, an invoice runs")),
    (N_("products and services"), N_("what they do, how long they live, what goes wrong")),
    (N_("people"), N_("who in the house knows what, and whom")),
)


def what_to_know(kind: str) -> pd.DataFrame:
    """List what the course asks to know of a customer.

    Parameters
    ----------
    kind : {"person", "company"}
        What the customer is.

    Returns
    -------
    DataFrame
        ``area``, ``such_as``, ``used_for``, ``held_in`` (the table of the database that
        holds a part of it; empty where it holds none).

    Raises
    ------
    CvmError
        For another kind.
    """
    if not isinstance(kind, str) or kind not in _KINDS:
        wrong = _("A customer is a person or a company.")
        raise CvmError(wrong, given=kind, remedy=near_miss(kind, _KINDS))
    rows = [(_(area), _(such), _(use), held) for area, such, use, held in _KINDS[kind]]
    return pd.DataFrame(rows, columns=["area", "such_as", "used_for", "held_in"])


def enterprise_knowledge() -> pd.DataFrame:
    """List the seven kinds of enterprise knowledge: ``kind`` and ``such_as``, customers first."""
    rows = [(_(kind), _(such)) for kind, such in _ENTERPRISE]
    return pd.DataFrame(rows, columns=["kind", "such_as"])
