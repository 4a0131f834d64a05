"""Communication and service (客户的沟通): moments, complaints, recovery.

* :mod:`cvm.service.moments` - the three dimensions of a contact, voice or exit, the
  complaint queue's response time and what recovery gives back.
* :mod:`cvm.service.dimensions` - whether one failure spoils the moment, estimated.
* :mod:`cvm.service.complaints` - the complaint desk as a queue, and staffing at least
  total cost.
* :mod:`cvm.service.repair` - the recovery paradox: settled complaints against no failure.
"""

from cvm.service.complaints import (
    Desk,
    Staffing,
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

__all__ = [
    "DIMENSIONS",
    "Desk",
    "FirstFailure",
    "Paradox",
    "RULES",
    "Recovery",
    "Service",
    "Staffing",
    "contact_outcome",
    "erlang_c",
    "failed",
    "failure_ratings",
    "first_failure",
    "least_cost_staff",
    "leave_probability",
    "moment",
    "paradox",
    "recovery",
    "recovery_groups",
    "response_time",
    "silent_exits",
    "simulate_contacts",
    "simulate_desk",
    "simulate_recovery",
    "staffing_table",
    "voices",
    "within",
]
