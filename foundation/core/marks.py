"""How far a statement was checked before it was put into the portal's own data files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mark(models.TextChoices):
    """The marks that the data files carry, and what each says to a reader."""

    SEEN = "S", _("Seen in the original")
    SEEN_SECOND_HAND = "S2", _("Seen second hand")
    NOT_VERIFIED = "NV", _("Not verified")
    INFERENCE = "INF", _("Our own judgement")


COLOURS = {Mark.SEEN: "green", Mark.SEEN_SECOND_HAND: "yellow", Mark.NOT_VERIFIED: "grey", Mark.INFERENCE: "blue"}


def mark_in_words(mark: str) -> str:
    """What a mark says; one that is none of them as it stands."""
    return str(Mark(mark).label) if mark in Mark.values else mark
