"""What one person is asked: asked the database so often that it keeps the question prepared."""

from datetime import UTC, date, datetime

from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects
from foundation.organisations.models import in_force
from training.models import Assignment

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # the end of a day that goes on

# By organisation, person, the moment until which it was known, and the day. Each row comes with its ``standing``, its
# requirement and its course. Who may see the person is the caller's to ask.
ASKED = PreparedObjects(
    lambda organisation_id, member, end, on: (
        Assignment.objects.filter(organisation_id=organisation_id, membership_id=member)
        .known_at(end)
        .filter(in_force(on))
        .with_standing(on)
        .order_by("due_on", "pk")
    ),
    int,
    int,
    datetime,
    date,
    related=("requirement", "requirement__course"),
    annotated=("standing",),
)


def asked_of_oneself(acting: Acting, today: date) -> list[Assignment]:
    """What somebody is asked today, what is due first at the front. One query."""
    found: list[Assignment] = ASKED.all(acting.organisation_id, acting.membership_id, NEVER, today)
    return found
