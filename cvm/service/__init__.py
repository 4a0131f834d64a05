"""Communication and service (客户的沟通): moments, complaints, recovery.

* :mod:`cvm.service.moments` - the three dimensions of a contact, voice or exit, the
  complaint queue's response time and what recovery gives back.
"""

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

__all__ = [
    "DIMENSIONS",
    "RULES",
    "Service",
    "contact_outcome",
    "erlang_c",
    "failed",
    "moment",
    "recovery",
    "response_time",
    "silent_exits",
    "voices",
]
