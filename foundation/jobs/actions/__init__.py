"""Every write to a job: what people do (requests), what a worker does (attempts), what the clock does (dispatching)."""

from foundation.jobs.actions.attempts import (
    Progress,
    Result,
    cancelled,
    claim,
    done,
    failed,
    fence,
    pulse,
    send_next,
)
from foundation.jobs.actions.dispatching import dispatch
from foundation.jobs.actions.requests import cancel, queue, retry

__all__ = [
    "Progress",
    "Result",
    "cancel",
    "cancelled",
    "claim",
    "dispatch",
    "done",
    "failed",
    "fence",
    "pulse",
    "queue",
    "retry",
    "send_next",
]
