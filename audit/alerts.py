"""What should make somebody look: computed from the ledger each time the page is opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import queries
from audit.sentences import READING_RECORDS
from audit.thresholds import LOOK_BACK_DAYS, Threshold, threshold
from foundation.core.acting import Acting
from foundation.ledger import sealing, verification
from foundation.ledger.faults import Fault


@dataclass(frozen=True)
class Alert:
    """One alarm in words. ``person`` is the reference of whom it is about, or empty."""

    kind: str
    title: str
    text: str
    at: datetime | None = None
    person: str = ""


def current(acting: Acting, now: datetime) -> list[Alert]:
    """Everything wrong now or noticed in the last days, the ledger's own state first."""
    since = now - timedelta(days=LOOK_BACK_DAYS)
    today = timezone.localdate(now)
    reading, refusals = threshold("mass_reading", today), threshold("refusals", today)
    return [
        *_of_the_ledger(now),
        *(
            Alert(
                "mass_reading",
                _("Many things read in a short time"),
                _in_words(burst, reading),
                burst.at,
                burst.reference,
            )
            for burst in queries.bursts(acting, READING_RECORDS, reading, since=since)
        ),
        *(
            Alert("refusals", _("Many refusals in a short time"), _in_words(burst, refusals), burst.at, burst.reference)
            for burst in queries.bursts(acting, ("access.refused",), refusals, since=since)
        ),
    ]


def _of_the_ledger(now: datetime) -> list[Alert]:
    alerts = []
    verified = next(iter(verification.latest(1)), None)
    if verified and verified.fault:
        known = verified.fault in Fault.values
        text = str(Fault(verified.fault).label) if known else verified.fault
        if verified.fault_sequence is not None:
            text = _("Entry %(number)s of the chain: %(text)s") % {"number": verified.fault_sequence, "text": text}
        alerts.append(Alert("chain_break", _("The log was tampered with"), text, verified.ended_at))
    state = sealing.state()
    if state is None or state.is_late(now):
        text = _("No entry of the log has been sealed for more than five minutes. Check that the worker runs.")
        alerts.append(Alert("unsealed", _("Sealing is late"), text, state.ran_at if state else None))
    if state and state.problem:
        alerts.append(
            Alert("checkpoint", _("The log and its checkpoint do not agree"), state.get_problem_display(), state.ran_at)
        )
    return alerts


def _in_words(burst: queries.Burst, limit: Threshold) -> str:
    return _("%(name)s: %(count)s times within %(minutes)s minutes; the alarm is set at %(limit)s.") % {
        "name": burst.name,
        "count": burst.count,
        "minutes": limit.minutes,
        "limit": limit.count,
    }
