"""How ready a requirement is, in words: rules over one requirement's answer and evidence. Touches no database.

A figure alone does not show due regard; every state here comes with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from compliance.models.library import CountsAs


class Flag(StrEnum):
    """Something about a requirement that needs attention, worst first."""

    EVIDENCE_EXPIRED = "evidence_expired"
    REVIEW_OVERDUE = "review_overdue"
    STALE = "stale"
    NO_EVIDENCE = "no_evidence"
    EVIDENCE_EXPIRES_SOON = "evidence_expires_soon"
    NO_OWNER = "no_owner"
    WORDING_NOT_VERIFIED = "wording_not_verified"


ORDER_OF_FLAGS = list(Flag)
FLAG_TEXT = {
    Flag.EVIDENCE_EXPIRED: _("Evidence has expired"),
    Flag.REVIEW_OVERDUE: _("Review is overdue"),
    Flag.STALE: _("Nothing has changed for a long time"),
    Flag.NO_EVIDENCE: _("No evidence"),
    Flag.EVIDENCE_EXPIRES_SOON: _("Evidence expires soon"),
    Flag.NO_OWNER: _("No owner"),
    Flag.WORDING_NOT_VERIFIED: _("Wording not yet checked against the source"),
}
FLAG_COLOUR = {
    Flag.EVIDENCE_EXPIRED: "red",
    Flag.REVIEW_OVERDUE: "orange",
    Flag.STALE: "orange",
    Flag.NO_EVIDENCE: "yellow",
    Flag.EVIDENCE_EXPIRES_SOON: "yellow",
    Flag.NO_OWNER: "grey",
    Flag.WORDING_NOT_VERIFIED: "grey",
}
STATE_COLOUR = {
    CountsAs.NOTHING: "grey",
    CountsAs.NOT_MET: "red",
    CountsAs.PARTLY_MET: "orange",
    CountsAs.MET: "green",
    CountsAs.EXCEEDED: "teal",
}
GOOD = frozenset({CountsAs.MET, CountsAs.EXCEEDED})
# From worst to best, for a requirement that several others answer together.
ORDER = [CountsAs.NOTHING, CountsAs.NOT_MET, CountsAs.PARTLY_MET, CountsAs.MET, CountsAs.EXCEEDED]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A piece of evidence behind an answer, as it was on the day asked about."""

    use_id: int
    evidence_id: int
    reference: str
    title: str
    kind: str
    effective_from: date | None
    expires_on: date | None
    linked_at: datetime

    def has_expired(self, on: date) -> bool:
        return self.expires_on is not None and self.expires_on < on


@dataclass(slots=True)
class Line:
    """One requirement of the register with everything known about it on one day. Nobody changes it once it is made."""

    requirement_id: int
    code: str
    title: str
    text: str
    theme_code: str
    force: str
    framework_code: str
    framework_title: str
    is_local: bool
    verified: bool
    on: date
    status: str
    status_label: str
    counts_as: CountsAs
    version: int = 0
    score: int | None = None
    applies: bool = True
    why_not: str = ""
    comment: str = ""
    owner_name: str = ""
    owner_id: int | None = None
    next_review_on: date | None = None
    answered_at: datetime | None = None
    answered_by_name: str = ""
    assured_label: str = ""
    assured_counts_as: CountsAs | None = None
    assured_score: int | None = None
    assured_comment: str = ""
    assured_on: date | None = None
    assured_by_name: str = ""
    evidence: tuple[EvidenceLine, ...] = ()
    answered_through: tuple[str, ...] = ()
    last_change_on: date | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def is_counted(self) -> bool:
        """False for what does not apply and for what a more specific requirement answers."""
        return self.applies and not self.answered_through

    @property
    def is_ready(self) -> bool:
        """Met or better, with evidence that has not expired."""
        return self.is_counted and is_ready(self.counts_as, self.evidence, self.on)

    @property
    def state_text(self) -> str:
        """The state as people read it. Expired evidence outweighs a good answer."""
        if not self.applies:
            return str(_("Does not apply"))
        if Flag.EVIDENCE_EXPIRED in self.flags and self.counts_as in GOOD:
            return str(_("Not ready: evidence expired"))
        return self.status_label

    @property
    def state_colour(self) -> str:
        if not self.applies:
            return "grey"
        if Flag.EVIDENCE_EXPIRED in self.flags and self.counts_as in GOOD:
            return "red"
        return STATE_COLOUR[self.counts_as]

    @property
    def flag_tags(self) -> list[tuple[str, str]]:
        """Text and colour of each flag."""
        return [(str(FLAG_TEXT[flag]), FLAG_COLOUR[flag]) for flag in self.flags]

    @property
    def pressing_flags(self) -> list[str]:
        """The flags that somebody can act on today: not the library's own marks."""
        return [str(FLAG_TEXT[flag]) for flag in self.flags if flag != Flag.WORDING_NOT_VERIFIED]


def is_ready(state: CountsAs, evidence: Sequence[EvidenceLine], on: date) -> bool:
    """Whether a requirement that counts is ready: a good answer, with evidence, none of which has expired."""
    return state in GOOD and bool(evidence) and not any(item.has_expired(on) for item in evidence)


def flags_of(line: Line, *, stale_before: date, expiry_warning_until: date) -> tuple[Flag, ...]:
    """What needs attention on ``line.on``. ``stale_before``: no change since earlier than this day is stale."""
    if not line.is_counted:
        return ()
    found = []
    answered = line.counts_as != CountsAs.NOTHING
    good = line.counts_as in GOOD
    if any(item.has_expired(line.on) for item in line.evidence):
        found.append(Flag.EVIDENCE_EXPIRED)
    elif any(item.expires_on is not None and item.expires_on <= expiry_warning_until for item in line.evidence):
        found.append(Flag.EVIDENCE_EXPIRES_SOON)
    if line.next_review_on is not None and line.next_review_on < line.on:
        found.append(Flag.REVIEW_OVERDUE)
    if answered and line.last_change_on is not None and line.last_change_on < stale_before:
        found.append(Flag.STALE)
    if good and not line.evidence:
        found.append(Flag.NO_EVIDENCE)
    if answered and line.owner_id is None:
        found.append(Flag.NO_OWNER)
    if not line.verified:
        found.append(Flag.WORDING_NOT_VERIFIED)
    return tuple(sorted(found, key=ORDER_OF_FLAGS.index)) if len(found) > 1 else tuple(found)


def worst(states: list[CountsAs]) -> CountsAs:
    """Of several answers that together answer one requirement, the one furthest from met."""
    return min(states, key=ORDER.index)
