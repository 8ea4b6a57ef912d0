"""Records that come from elsewhere in bulk: a file of what people did, and numbers of partners who name nobody."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from training.models.assignments import end_of
from training.models.courses import Course
from training.models.requirements import Requirement

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class CompletionImportQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's files, for those who record training."""
        rows = super().visible_to(acting)
        return rows if acting.may("training.manage") else rows.none()


class CompletionImport(OrganisationRow):
    """One uploaded file of training that people did.

    Its rows and bytes are kept only until it is applied or put aside. ``columns`` says which column means what;
    ``course`` what everybody in it did, where no column says so; ``counts`` how many rows are of each outcome.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for its columns")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Being recorded")
        APPLIED = "applied", _("Recorded")
        WITHDRAWING = "leaving", _("Being withdrawn")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ABANDONED = "abandoned", _("Put aside")
        FAILED = "failed", _("Could not be read")

    reference = reference_field(unique=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.UPLOADED)
    stored_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    is_spreadsheet = models.BooleanField(default=False)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("recorded"), null=True)
    applied_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = CompletionImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-uploaded_at", "-id"], name="completion_import_newest")]
        constraints = [
            models.CheckConstraint(
                name="completion_import_applied_when_and_by_whom",
                condition=Q(
                    status__in=["applied", "leaving", "withdrawn"], applied_at__isnull=False, applied_by__isnull=False
                )
                | ~Q(status__in=["applied", "leaving", "withdrawn"])
                & Q(applied_at__isnull=True, applied_by__isnull=True),
            ),
            models.CheckConstraint(
                name="completion_import_failed_says_why", condition=Q(status="failed") ^ Q(problem="")
            ),
            models.CheckConstraint(
                name="completion_import_withdrawn_when_by_whom_and_why",
                condition=Q(status__in=["leaving", "withdrawn"], withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(reason="")
                | ~Q(status__in=["leaving", "withdrawn"])
                & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:record_import", self.reference)

    @property
    def job_reference(self) -> str:
        """The job that works on it, for the address of its page."""
        return self.job.reference if self.job else ""

    @property
    def is_over(self) -> bool:
        """Nothing can be said any more about what is in it."""
        return self.applied_at is not None or self.status == self.Status.ABANDONED

    @property
    def is_stuck(self) -> bool:
        """Its job is over and the file is not: the job was cancelled, or failed. Read with its job."""
        at_work = self.status in (self.Status.CHECKING, self.Status.APPLYING, self.Status.WITHDRAWING)
        return at_work and self.job is not None and self.job.is_finished


class CompletionImportRowQuerySet(OrganisationQuerySet):
    def refused(self) -> Self:
        return self.filter(outcome=CompletionImportRow.Outcome.REFUSED).order_by("number")


class CompletionImportRow(OrganisationRow):
    """One row of a file as read, and what it would do. ``number`` is the row as a spreadsheet program counts it.

    ``problem`` is a key of training.bringing.problems.PROBLEMS, ``field`` the column it is about.
    """

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        KNOWN = "known", _("Recorded already")
        REPEATED = "repeated", _("Repeated")
        OTHER = "other", _("Another course")
        REFUSED = "refused", _("Refused")

    # One composite key to the import stands for both: a file has tens of thousands of rows, and each key costs.
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    completion_import = models.ForeignKey(
        CompletionImport, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    staff_number = models.CharField(max_length=50, blank=True)
    email = models.CharField(max_length=254, blank=True)
    course_name = models.CharField(max_length=200, blank=True)
    course_key = models.CharField(max_length=200, blank=True)
    completed_on = models.DateField(null=True)
    provider = models.CharField(max_length=200, blank=True)
    certificate_number = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    problem = models.CharField(max_length=30, blank=True)
    field = models.CharField(max_length=20, blank=True)
    is_unfit = models.BooleanField(default=False)
    person_id = models.BigIntegerField(null=True)
    course_id = models.BigIntegerField(null=True)

    objects = CompletionImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["completion_import", "number"], name="completion_import_row")]

    def __str__(self) -> str:
        return str(self.number)


class CourseName(OrganisationRow):
    """What a course is called in an organisation's files. Without a course: rows that say so are about something else.

    ``key`` is the name without capitals, signs and double spaces.
    """

    key = models.CharField(max_length=200)
    name = models.CharField(_("name in the file"), max_length=200)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="course_name_once")]

    def __str__(self) -> str:
        return self.name


class PartnerReturnQuerySet(OrganisationQuerySet):
    def standing(self) -> Self:
        """Those that nobody corrected."""
        return self.filter(replaced_by__isnull=True)

    def known(self, on: date, *, today: date) -> Self:
        """Those that stood when a day ended, as they were known then; for today, as they are known now."""
        rows = self.filter(as_at__lte=on)
        if on >= today:
            return rows.standing()
        later = type(self)(self.model).filter(replaces=OuterRef("pk"), recorded_at__lt=end_of(on))
        return rows.filter(~Exists(later), recorded_at__lt=end_of(on))


class PartnerReturn(OrganisationRow):
    """How many of a partner's people were to do something, and how many of them were in date on a day.

    From partners who do not share names. Only ever added: a correction is a row of its own that ``replaces`` another.
    ``partner``: the member organisation, where it is one; ``partner_name`` what it is called either way.
    """

    reference = reference_field(unique=True)
    partner = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    partner_name = models.CharField(_("partner"), max_length=200)
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("requirement")
    )
    group = models.CharField(_("role group"), max_length=200, blank=True)
    as_at = models.DateField(_("as at"))
    in_scope = models.PositiveIntegerField(_("people in scope"))
    in_date = models.PositiveIntegerField(_("of them in date"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    objects = PartnerReturnQuerySet.as_manager()

    class Meta:
        ordering = ["partner_name", "group", "-as_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-as_at", "-id"], name="partner_return_newest")]
        constraints = [
            models.CheckConstraint(
                name="partner_return_in_date_are_in_scope", condition=Q(in_date__lte=F("in_scope"), in_scope__gte=1)
            ),
            models.CheckConstraint(name="partner_return_names_its_partner", condition=~Q(partner_name="")),
            models.CheckConstraint(
                name="partner_return_says_of_what", condition=Q(requirement__isnull=False) | ~Q(group="")
            ),
        ]

    def __str__(self) -> str:
        return self.partner_name

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:partner_return", self.reference)

    @property
    def percent(self) -> int:
        """In date, rounded down so that nothing reads as all before it is."""
        return self.in_date * 100 // self.in_scope
