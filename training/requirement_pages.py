"""What the pages about requirements read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.jobs import queries as jobs
from foundation.jobs.models import Job
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership, Team
from training import figures, wording
from training.forms.requirements import Offers
from training.models import Assignment, Course, Equivalence, Requirement, Rule
from training.scope import Scope

JOB = "training.work_out"
MOST_WORDS = 20


@dataclass(frozen=True)
class Line:
    """A requirement as the list shows it. ``is_working``: it is being worked out whom it asks."""

    requirement: Requirement
    rule: Rule
    whom: str
    how_often: str
    figure: figures.Figure
    is_working: bool

    @property
    def is_below_target(self) -> bool:
        return self.figure.reaches(self.requirement.target) is False


def lines(acting: Acting, today: date) -> list[Line]:
    """What the organisation asks for, the withdrawn ones too. Five queries, however many there are."""
    requirements = list(Requirement.objects.visible_to(acting).select_related("course"))
    if not requirements:
        return []
    rules: dict[int, Rule] = {
        rule.requirement_id: rule for rule in Rule.objects.visible_to(acting).order_by("requirement_id", "number")
    }
    teams = team_names(acting)
    rows = Assignment.objects.visible_to(acting).asked(today, today=today)
    counted = {key[0]: figure for key, figure in figures.by(rows, "requirement_id")}
    working = {job.arguments.get("requirement_id") for job in jobs.under_way(acting, JOB)}
    return [
        Line(
            requirement=each,
            rule=rules[each.pk],
            whom=wording.whom(Scope.from_json(rules[each.pk].scope), teams),
            how_often=wording.how_often(rules[each.pk]),
            figure=counted.get(each.pk, figures.Figure({})),
            is_working=each.withdrawn_at is None and each.pk in working,
        )
        for each in requirements
    ]


def get_requirement_or_404(acting: Acting, reference: str) -> Requirement:
    found = Requirement.objects.visible_to(acting).select_related("course").filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def newest_rule(requirement: Requirement) -> Rule:
    """The rule in force, or the last that was."""
    return Rule.objects.filter(requirement=requirement).order_by("-number")[:1].get()


def newest_job(acting: Acting, requirement: Requirement) -> Job | None:
    """The job that works out whom it asks, or last did."""
    return jobs.newest_about(acting, JOB, requirement_id=requirement.pk)


def history(acting: Acting, requirement: Requirement, teams: Mapping[int, str]) -> list[dict[str, object]]:
    """Every rule there was and the withdrawal, the newest first, for components/history.html."""
    rules = Rule.objects.visible_to(acting).filter(requirement=requirement).select_related("saved_by")
    entries: list[dict[str, object]] = [
        {
            "what": _("Rule %(number)s: %(whom)s") % {"number": rule.number, "whom": _whom(rule, teams)},
            "at": rule.saved_at,
            "who": rule.saved_by.name,
            "detail": _("%(how_often)s. %(grace)s to do it in, %(notice)s of notice.")
            % {
                "how_often": wording.how_often(rule),
                "grace": wording.days(rule.grace_days),
                "notice": wording.days(rule.expiring_days),
            },
        }
        for rule in rules.order_by("-number")
    ]
    if requirement.withdrawn_at is not None:
        who = str(requirement.saved_by) if requirement.saved_by else ""
        entries.insert(0, {"what": _("Withdrawn"), "at": requirement.withdrawn_at, "who": who})
    return entries


def counting_for(acting: Acting, course: Course, today: date) -> list[Equivalence]:
    """What else counts for a course today: the organisation's own word goes before the portal's."""
    rows = Equivalence.objects.visible_to(acting).filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today))
    found = rows.filter(counts_for=course).select_related("done").order_by("-organisation_id", "pk")
    return sorted({each.done_id: each for each in found}.values(), key=lambda each: each.done.position)


def offers(acting: Acting, today: date) -> Offers:
    """What a requirement may be made of. Three queries."""
    used = Membership.objects.visible_to(acting).current(today).exclude(staff_group="")
    words = used.order_by("staff_group").values_list("staff_group", flat=True).distinct()[:MOST_WORDS]
    return Offers(courses=course_choices(acting), teams=organisations.team_choices(acting), staff_groups=list(words))


def course_choices(acting: Acting) -> list[tuple[int, str]]:
    """Every course that may be asked for: the portal's, the organisation's own, and those that others give."""
    rows = Course.objects.visible_to(acting).filter(withdrawn_at__isnull=True)
    return [(course.pk, wording.named(course)) for course in rows.order_by("provider", "position", "title", "pk")]


def team_names(acting: Acting) -> dict[int, str]:
    return dict(Team.objects.visible_to(acting).values_list("pk", "name"))


def _whom(rule: Rule, teams: Mapping[int, str]) -> str:
    return wording.whom(Scope.from_json(rule.scope), teams)
