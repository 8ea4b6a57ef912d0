"""Which version of a course somebody reads: that of their organisation's sector, or one they choose."""

from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.organisations.sectors import Sector
from training.content import Content

NONE_OF_THEM = "none"


def versions_for(content: Content, acting: Acting) -> tuple[str, ...]:
    """The versions to choose from, by sector. A single one is taken without asking; empty is the one for everybody.

    Where the organisation is in several sectors that have one, these; where in none, all and the one for everybody.
    """
    fitting = tuple(each for each in content.sectors if each in acting.organisation.sectors)
    if fitting or not content.sectors:
        return fitting or ("",)
    return (*content.sectors, "")


def name_of(sector: str) -> str:
    """What a version is called."""
    return str(Sector(sector).label) if sector else _("None of these: what is for everybody")
