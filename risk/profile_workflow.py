"""The states of a recommendation of the local profile, and how it may move between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken


class Response(models.TextChoices):
    """What we answer to a recommendation."""

    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Partly accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")


class State(models.TextChoices):
    """Where a recommendation stands."""

    OPEN = "open", _("Waits for our response")
    IN_HAND = "in_hand", _("Being done")
    DONE = "done", _("Done")
    CLOSED = "closed", _("Not taken up")


ANSWERED = (State.IN_HAND, State.DONE, State.CLOSED)
# A response may be reconsidered at any time; what is done is taken up again by answering anew.
TRANSITIONS: dict[State, set[State]] = {
    State.OPEN: {State.IN_HAND, State.CLOSED},
    State.IN_HAND: {State.IN_HAND, State.CLOSED, State.DONE},
    State.DONE: {State.IN_HAND, State.CLOSED},
    State.CLOSED: {State.IN_HAND, State.CLOSED},
}


def state_after(response: Response) -> State:
    """Where a response leads."""
    return State.CLOSED if response == Response.NOT_ACCEPTED else State.IN_HAND


def check_transition(current: str, to: State) -> None:
    """Raise RuleBroken unless a recommendation may go from ``current`` to ``to``."""
    if to not in TRANSITIONS[State(current)]:
        raise RuleBroken(
            _("This recommendation stands at “%(current)s”, so it cannot become “%(to)s”.")
            % {"current": State(current).label, "to": to.label}
        )
