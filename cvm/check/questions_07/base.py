"""The data of chapter 07's exercise."""

from __future__ import annotations

from typing import Any

from cvm.luck import Luck
from cvm.service import (
    Journey,
    Listening,
    Recovery,
    Service,
    simulate_contacts,
    simulate_failures,
    simulate_journeys,
    simulate_recovery,
)

__all__ = ["POOR", "draw"]

#: Customers of the survey and of the repairs, contacts of the trial, first failures.
PEOPLE, REPAIRED, CONTACTS, FAILURES = 900, 5000, 2500, 3000
#: A rating below it is a spoiled moment.
POOR = 50


def draw(seed: int) -> dict[str, Any]:
    """Draw the survey after contacts, the trial, the desk's figures, failures and repairs.

    Parameters
    ----------
    seed : int
        From the student's name.

    Returns
    -------
    dict
        ``contacts`` (a year, one row a contact), ``trial`` (contacts of business customers
        with ``failures`` and ``rating``), ``failures`` (one row a failed moment),
        ``customers`` (with and without a failure); ``complaints`` a month, ``hours`` a
        complaint, ``wage`` and ``customer_value`` of the desk.
    """
    a, b, c, d, e = Luck(seed).uniform("choices", 1, 5)[0]
    world = Journey(authority=round(0.01 + 0.02 * a, 3), fail_business=round(0.03 + 0.02 * b, 3))
    # Few contacts fail twice, so the trial was run where they often do.
    trial = Service(rule="additive", fail_human=0.2, fail_business=0.2, fail_hidden=0.2)
    # People enough for any voice, so that it is silence and not waiting that costs customers.
    listening = Listening(
        voice=round(0.1 + 0.1 * c, 2), silent_exit=round(0.15 + 0.1 * d, 2), staff=12
    )
    repairs = Recovery(voice=0.35, attached_speak=1.2, scar=round(0.4 + 0.3 * e, 2))
    hours = round(1.5 + 0.1 * int(10 * a), 1)
    people = 5 + int(4 * b)  # who can just do the work, and hardly that
    return {
        "contacts": simulate_journeys(world, n=PEOPLE, seed=seed).round(1),
        "trial": simulate_contacts(trial, n=CONTACTS, seed=seed).round(1),
        "failures": simulate_failures(listening, n=FAILURES, seed=seed),
        "customers": simulate_recovery(repairs, n=REPAIRED, seed=seed).round(3),
        "complaints": float(int((people - 0.15) * 160 / hours)),
        "hours": hours,
        "wage": 800.0 + 20 * int(20 * c),
        "customer_value": 200.0 + 10 * int(20 * d),
    }
