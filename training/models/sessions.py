"""Sessions in which a course is taught to people in a room or online, and who has a place in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from training.models.completions import Completion, Mode, StaffQuerySet
from training.models.courses import Course
from training.models.requirements import Equivalence
from training.workflow import PlaceStatus, SessionStatus

if TYPE_CHECKING:
    from foundation.core.acting import Acting

MOST_PLACES = 500


class SessionQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """Those open to all, those one has or had a place in or teaches; every one for who oversees training."""
        rows = super().visible_to(acting)
        if acting.may("training.view"):
            return rows
        own = Place.objects.filter(session=OuterRef("pk"), membership=acting.membership_id)
        return rows.filter(Q(is_open=True) | Q(trainer=acting.membership_id) | Exists(own))

    def with_my_status(self, membership_id: int) -> Self:
        """Each with ``my_status``: how this person stands in it; none where they have no place."""
        mine = Place.objects.filter(session=OuterRef("pk"), membership_id=membership_id).live()
        return self.annotate(my_status=Subquery(mine.values("status")[:1]))

    def of_course(self, code: str) -> Self:
        """Those of a course, and those of courses that count for it: these with ``only_after``, whether only for people
        who did the course itself before."""
        counting = Equivalence.objects.filter(
            Q(organisation__isnull=True) | Q(organisation=OuterRef("organisation")),
            Q(ended_on__isnull=True) | Q(ended_on__gte=OuterRef("starts_at__date")),
            done=OuterRef("course"),
            counts_for__code=code,
        ).order_by("only_after")
        rows = self.annotate(only_after=Subquery(counting.values("only_after")[:1]))
        return rows.filter(Q(course__code=code) | Q(only_after__isnull=False))

    def coming(self, now: datetime) -> Self:
        """Those that have not begun and were not cancelled."""
        return self.filter(status=SessionStatus.PLANNED, starts_at__gt=now)

    def bookable(self, now: datetime) -> Self:
        """Those in which everybody can book a place, or stand in line for one."""
        return self.coming(now).filter(Q(closes_at__isnull=True) | Q(closes_at__gt=now), is_open=True)


class TaughtSession(OrganisationRow, Edited):
    """A course taught at a time, with so many places.

    ``taken`` is how many people hold one of its places; who came without one is not counted. Who changes it locks this
    row, and the database refuses more than there are. Times are UTC; people read them as the clock in London shows.
    """

    reference = reference_field(unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    venue = models.CharField(_("venue"), max_length=300, blank=True)
    online_link = models.URLField(_("link to take part online"), max_length=500, blank=True)
    trainer = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    trainer_name = models.CharField(_("trainer"), max_length=200)
    accreditation = models.CharField(_("trainer's accreditation"), max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(_("places"))
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0)
    is_open = models.BooleanField(_("everybody can book"), default=True)
    closes_at = models.DateTimeField(_("booking closes"), null=True)
    notes = models.TextField(_("notes for those who come"), max_length=2000, blank=True)
    status = models.CharField(_("state"), max_length=9, choices=SessionStatus, default=SessionStatus.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("why it was cancelled"), max_length=500, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["organisation", "starts_at", "id"], name="session_by_time")]
        constraints = [
            saved_when_and_by_whom("session"),
            models.CheckConstraint(name="session_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_has_places", condition=Q(places__gte=1, places__lte=MOST_PLACES)),
            models.CheckConstraint(name="session_is_never_overbooked", condition=Q(taken__lte=F("places"))),
            models.CheckConstraint(name="session_is_somewhere", condition=~Q(venue="") | ~Q(online_link="")),
            models.CheckConstraint(name="session_has_a_trainer", condition=~Q(trainer_name="")),
            models.CheckConstraint(
                name="session_booking_closes_before_it_begins",
                condition=Q(closes_at__isnull=True) | Q(closes_at__lte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="session_ended_when_and_by_whom",
                condition=Q(status=SessionStatus.PLANNED, ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(status=SessionStatus.PLANNED) & Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="session_cancelled_says_why", condition=Q(status=SessionStatus.CANCELLED) ^ Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:session", self.reference)

    @property
    def day(self) -> date:
        """The day on which it is held, as the clock in London shows."""
        return timezone.localdate(self.starts_at)

    @property
    def mode(self) -> Mode:
        return Mode.CLASSROOM if self.venue else Mode.WEBINAR

    @property
    def where(self) -> str:
        """The venue, or that it is online."""
        return self.venue or str(_("Online"))

    @property
    def free(self) -> int:
        return self.places - self.taken

    @property
    def status_colour(self) -> str:
        """The colour of the tag that says the state in words."""
        return {SessionStatus.PLANNED: "blue", SessionStatus.HELD: "green"}.get(SessionStatus(self.status), "grey")

    def takes_bookings(self, now: datetime) -> bool:
        """Whether places can still be booked, be it in the line of those who wait."""
        closed = self.closes_at is not None and self.closes_at <= now
        return self.status == SessionStatus.PLANNED and now < self.starts_at and not closed

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now


class PlaceQuerySet(StaffQuerySet):
    def _of_ones_own(self, acting: "Acting") -> Q:
        """Also those of the sessions one teaches."""
        return super()._of_ones_own(acting) | Q(session__trainer=acting.membership_id)

    def live(self) -> Self:
        """All but those that were given back."""
        return self.exclude(status=PlaceStatus.WITHDRAWN)

    def in_line(self) -> Self:
        """Those who wait, who has waited longest first."""
        return self.filter(status=PlaceStatus.WAITING).order_by("booked_at", "pk")


class Place(OrganisationRow):
    """That somebody has a place in a session, waits for one, gave it back, came or did not come.

    ``booked_at`` is their turn in the line. ``is_walk_in``: came without a place. ``completion`` is the record that
    their coming made; there is none where it was recorded already.
    """

    session = models.ForeignKey(TaughtSession, on_delete=models.PROTECT, related_name="all_places")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=9, choices=PlaceStatus)
    booked_at = models.DateTimeField(_("booked"))
    booked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    is_walk_in = models.BooleanField(_("came without a place"), default=False)
    score = models.PositiveSmallIntegerField(_("score in per cent"), null=True)
    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, null=True, related_name="place")
    correction = models.CharField(_("why it was corrected"), max_length=500, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["booked_at", "pk"]
        indexes = [
            models.Index(fields=["organisation", "membership"], name="place_of_a_person"),
            models.Index(fields=["session", "status", "booked_at", "id"], name="place_in_line"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "session", "membership"],
                condition=~Q(status=PlaceStatus.WITHDRAWN),
                name="place_one_a_person",
            ),
            models.CheckConstraint(
                name="place_score_of_who_came",
                condition=Q(score__isnull=True) | Q(score__lte=100, status=PlaceStatus.ATTENDED),
            ),
            models.CheckConstraint(
                name="place_walk_in_came_or_not",
                condition=Q(is_walk_in=False) | Q(status__in=[PlaceStatus.ATTENDED, PlaceStatus.ABSENT]),
            ),
            models.CheckConstraint(
                name="place_record_of_who_came",
                condition=Q(completion__isnull=True) | Q(status=PlaceStatus.ATTENDED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.session_id}"

    @property
    def came(self) -> bool:
        return self.status == PlaceStatus.ATTENDED

    @property
    def is_told(self) -> bool:
        """Whether it is said if they came."""
        return self.status in (PlaceStatus.ATTENDED, PlaceStatus.ABSENT)

    @property
    def status_colour(self) -> str:
        """The colour of the tag that says the state in words."""
        return {
            PlaceStatus.BOOKED: "blue",
            PlaceStatus.WAITING: "yellow",
            PlaceStatus.ATTENDED: "green",
        }.get(PlaceStatus(self.status), "grey")
