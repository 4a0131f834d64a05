"""Communication and service (客户的沟通): moments, complaints, recovery.

* :mod:`cvm.service.moments` - the three dimensions of a contact, voice or exit, the
  complaint queue's response time and what recovery gives back.
* :mod:`cvm.service.dimensions` - whether one failure spoils the moment, estimated.
* :mod:`cvm.service.complaints` - the complaint desk as a queue, and staffing at least
  total cost.
* :mod:`cvm.service.standards` - what a promise of speed takes, and how far the matter itself
  should go.
* :mod:`cvm.service.listening` - voice against exit: asking, answering, settling, tracking.
* :mod:`cvm.service.journey` - the contact points of a year, and the causes behind the scene.
* :mod:`cvm.service.repair` - the recovery paradox: settled complaints against no failure.
"""

from cvm.service.complaints import (
    Desk,
    Staffing,
    desk_leaves,
    least_cost_staff,
    leave_probability,
    simulate_desk,
    staffing_table,
    within,
)
from cvm.service.dimensions import (
    FirstFailure,
    failure_ratings,
    first_failure,
    simulate_contacts,
)
from cvm.service.journey import (
    CAUSES,
    POINTS,
    Journey,
    contact_points,
    hidden_failures,
    simulate_journeys,
    spotless,
)
from cvm.service.listening import (
    Listened,
    Listening,
    listen,
    listening_table,
    simulate_failures,
    spoiled_moments,
    spoiled_share,
    voice_or_exit,
)
from cvm.service.moments import (
    DIMENSIONS,
    RULES,
    Service,
    contact_outcome,
    erlang_c,
    failed,
    moment,
    recovery,
    response_time,
    silent_exits,
    voices,
)
from cvm.service.repair import (
    Paradox,
    Recovery,
    paradox,
    recovery_groups,
    simulate_recovery,
)
from cvm.service.standards import (
    Balance,
    Promise,
    Standard,
    balance_table,
    best_given,
    keep_promise,
)

__all__ = [
    "Balance",
    "CAUSES",
    "DIMENSIONS",
    "Desk",
    "FirstFailure",
    "Journey",
    "Listened",
    "Listening",
    "POINTS",
    "Paradox",
    "Promise",
    "RULES",
    "Recovery",
    "Service",
    "Staffing",
    "Standard",
    "balance_table",
    "best_given",
    "contact_outcome",
    "contact_points",
    "desk_leaves",
    "erlang_c",
    "failed",
    "failure_ratings",
    "first_failure",
    "hidden_failures",
    "keep_promise",
    "least_cost_staff",
    "leave_probability",
    "listen",
    "listening_table",
    "moment",
    "paradox",
    "recovery",
    "recovery_groups",
    "response_time",
    "silent_exits",
    "simulate_contacts",
    "simulate_desk",
    "simulate_failures",
    "simulate_journeys",
    "simulate_recovery",
    "spoiled_moments",
    "spoiled_share",
    "spotless",
    "staffing_table",
    "voice_or_exit",
    "voices",
    "within",
]
