"""The figures of training on a day as data, before any page or PDF is drawn: every percentage with what it is of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.documents.layout import DocumentContext
from foundation.organisations.models import Team
from training import figures, rule_words
from training.figures import Figure
from training.models import Assignment, Requirement, Rule, TrainingReport
from training.models.assignments import AssignmentQuerySet, end_of
from training.workflow import Standing

MOST_NAMED = 2_000  # more than this is no list to read: the register has them all


@dataclass(frozen=True)
class OfTeam:
    """The figures of a team in one requirement."""

    figure: Figure
    name: str


@dataclass(frozen=True)
class Part:
    """One requirement: its rule in words, its figures, and those of each team."""

    figure: Figure
    title: str
    course: str
    target: int | None
    rule: list[str]
    teams: list[OfTeam]

    @property
    def reaches_target(self) -> bool | None:
        """None where there is no target, or nobody is counted."""
        return self.figure.reaches(self.target)


@dataclass(frozen=True)
class Content:
    """Everything that the report shows. ``overdue`` is None where nobody is to be named."""

    document: DocumentContext
    parts: list[Part]
    standings: list[tuple[str, int]]
    whole: Figure
    people: int
    overdue: list[Assignment] | None


def document_of(acting: Acting, report: TrainingReport, now: datetime) -> DocumentContext:
    """What a report of training says of itself, whatever its format."""
    is_past = report.as_at < timezone.localdate(now)
    return DocumentContext(
        title=_("Training in Prevent"),
        organisation=acting.organisation.name,
        marking=str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=end_of(report.as_at) - timedelta(seconds=1) if is_past else now,
        generated_at=now,
        version="1",
        subtitle=_("Register of training") if report.kind != "figures" else _("Training compliance report"),
    )


def asked(acting: Acting, report: TrainingReport, now: datetime) -> AssignmentQuerySet:
    """Who was asked for what on the report's day, as known then."""
    return Assignment.objects.visible_to(acting).asked(report.as_at, today=timezone.localdate(now))


def build(*, acting: Acting, report: TrainingReport, now: datetime) -> Content:
    """The content of the figures. A fixed number of queries, however many people there are."""
    rows = asked(acting, report, now)
    of_requirement = {key[0]: figure for key, figure in figures.by(rows, "requirement_id")}
    teams: dict[int, list[OfTeam]] = defaultdict(list)
    for (requirement_id, team), figure in figures.by(rows, "requirement_id", "team__name"):
        teams[requirement_id].append(OfTeam(figure, team or _("No team")))
    requirements = Requirement.objects.visible_to(acting).filter(pk__in=of_requirement).select_related("course")
    rules = _rules(acting, report)
    names = dict(Team.objects.visible_to(acting).values_list("pk", "name"))
    late = rows.filter(Q(standing=Standing.OVERDUE))
    whole = figures.of(rows)
    return Content(
        document=document_of(acting, report, now),
        parts=[
            Part(
                title=each.title,
                course=each.course.title,
                target=each.target,
                rule=rule_words.sentences(rules[each.pk], names) if each.pk in rules else [],
                figure=of_requirement[each.pk],
                teams=sorted(teams[each.pk], key=lambda team: team.name.casefold()),
            )
            for each in requirements
        ],
        standings=[(str(standing.label), whole.at(standing)) for standing in Standing],
        whole=whole,
        people=rows.order_by().values("membership_id").distinct().count(),
        overdue=_named(late) if report.with_names else None,
    )


def _named(late: AssignmentQuerySet) -> list[Assignment]:
    found = late.select_related("membership", "team", "requirement")
    return list(found.order_by("due_on", "membership__name", "pk")[:MOST_NAMED])


def _rules(acting: Acting, report: TrainingReport) -> dict[int, Rule]:
    """The rule of each requirement that was in force when the day ended."""
    rows = Rule.objects.visible_to(acting).filter(saved_at__lt=end_of(report.as_at)).order_by("number")
    return {rule.requirement_id: rule for rule in rows}
