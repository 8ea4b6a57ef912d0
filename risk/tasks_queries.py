"""Reads about risks that are to be assessed again: which there are, whose they are and who touched them when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest, Length

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, stand_in
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership
from risk.models import CtlpEdition, Entry, EntryRevision, ReviewTask, Risk, ScoreChange
from risk.models.tasks import Cause, ReviewTaskQuerySet
from risk.workflow import Status

LIVE = (Status.DRAFT, Status.IN_REVIEW, Status.APPROVED)


def live_risks(organisation_id: int) -> QuerySet[Risk]:
    """The organisation's risks that are not closed and stand in an assessment that is open or approved."""
    entries = Entry.objects.filter(risk=OuterRef("pk"), assessment__status__in=LIVE, removed_at__isnull=True)
    return Risk.objects.filter(Exists(entries), organisation_id=organisation_id, closed_at__isnull=True)


def current_entry(field: str, *, risk: str = "pk") -> Subquery:
    """A field of what the newest open or approved assessment says of a risk."""
    entries = Entry.objects.filter(risk=OuterRef(risk), assessment__status__in=LIVE, removed_at__isnull=True)
    return Subquery(entries.order_by("-assessment__period_from", "-pk").values(field)[:1])


def risk_choices(acting: Acting) -> list[tuple[int, str]]:
    """The risks one may choose from: "R7 Online radicalisation", in the order of the register."""
    rows = live_risks(acting.organisation_id).filter(pk__in=Risk.objects.visible_to(acting).values("pk"))
    named = (
        rows.annotate(title=current_entry("title"))
        .order_by(Length("code"), "code", "pk")
        .values_list("pk", "code", "title")
    )
    return [(pk, f"{code} {title}") for pk, code, title in named]


def linked_risks(acting: Acting, edition: CtlpEdition) -> list[int]:
    """Live risks that recommendations of the same originator's earlier editions bear on."""
    return list(
        live_risks(acting.organisation_id)
        .filter(
            recommendation_links__unlinked_at__isnull=True,
            recommendation_links__recommendation__edition__originator__iexact=edition.originator,
        )
        .exclude(recommendation_links__recommendation__edition_id=edition.pk)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()
    )


def people_to_tell(organisation_id: int, on: date) -> list[int]:
    """Leads: people of the organisation who may write risk assessments on a day."""
    leads = organisations.people_choices(stand_in(organisation_id=organisation_id), on=on, permission="risk.edit")
    return [pk for pk, _name in leads]


def owners(organisation_id: int, risk_ids: Iterable[int], on: date) -> dict[int, int]:
    """Risk → its owner, where it has one who is still there."""
    named = Risk.objects.filter(pk__in=list(risk_ids)).annotate(owner=current_entry("owner_id"))
    found = {pk: owner for pk, owner in named.values_list("pk", "owner") if owner is not None}
    here = set(
        Membership.objects.filter(organisation_id=organisation_id, pk__in=found.values())
        .current(on)
        .values_list("pk", flat=True)
    )
    return {pk: owner for pk, owner in found.items() if owner in here}


def tasks_for_list(rows: ReviewTaskQuerySet) -> ReviewTaskQuerySet:
    """With what the list shows of the risk: its title and its owner."""
    return rows.annotate(
        title=current_entry("title", risk="risk_id"),
        owner_id=current_entry("owner_id", risk="risk_id"),
        owner_name=current_entry("owner__name", risk="risk_id"),
    )


@dataclass(frozen=True)
class MyTask:
    """A risk that somebody is to assess again."""

    reference: str
    code: str
    title: str | None
    cause: str
    due_on: date

    @property
    def url(self) -> str:
        return addresses.of_row("risk:review_task", self.reference)

    @property
    def cause_text(self) -> str:
        return str(Cause(self.cause).label)


def my_tasks(acting: Acting) -> list[MyTask]:
    """The first ten open tasks of risks that this person owns, soonest first."""
    if not acting.may("risk.view"):
        return []
    return [MyTask(*row) for row in _MY_TASKS.rows(acting.organisation_id, acting.membership_id)]


def _my_tasks(organisation_id: int, membership_id: int) -> QuerySet:
    rows = tasks_for_list(ReviewTask.objects.filter(organisation_id=organisation_id).open())
    found = rows.filter(owner_id=membership_id).order_by("due_on", "pk")
    return found.values_list("reference", "risk__code", "title", "cause", "due_on")[:10]


_MY_TASKS = Prepared(_my_tasks, int, int)


def get_task(acting: Acting, reference: str) -> ReviewTask | None:
    """One task with what its page shows."""
    rows = tasks_for_list(ReviewTask.objects.visible_to(acting).filter(reference=reference))
    return rows.select_related("risk", "edition", "threat_level", "raised_by", "done_by").first()


@dataclass(frozen=True)
class Asked:
    """A risk that an edition asks to assess again. ``touched_at`` is when its entry or score last changed."""

    task: ReviewTask
    touched_at: datetime | None
    is_untouched: bool


def asked_by(acting: Acting, edition: CtlpEdition) -> list[Asked]:
    """Every risk that an edition asks about, first those that nobody has touched since it was entered."""
    changed = EntryRevision.objects.filter(entry__risk=OuterRef("risk_id")).order_by().values("entry__risk")
    scored = ScoreChange.objects.filter(risk=OuterRef("risk_id")).order_by().values("risk")
    rows = tasks_for_list(ReviewTask.objects.visible_to(acting).filter(edition=edition)).annotate(
        touched_at=Greatest(
            Subquery(changed.annotate(last=Max("changed_at")).values("last")),
            Subquery(scored.annotate(last=Max("changed_at")).values("last")),
        )
    )
    found = [
        Asked(task, task.touched_at, task.touched_at is None or task.touched_at < task.raised_at)
        for task in rows.select_related("risk", "done_by").order_by("risk__code", "pk")
    ]
    return sorted(found, key=lambda asked: (not asked.is_untouched, asked.task.is_done))
