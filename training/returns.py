"""The figures of a return, and the very rows that each of them is counted from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from foundation.core.acting import Acting
from training.figures import APART, GOOD
from training.models import Assignment, Completion, Course, Requirement, ReturnChoices
from training.models.assignments import AssignmentQuerySet
from training.models.completions import StaffQuerySet
from training.return_files import Choice, Definition, Field, FigureKind, Of
from training.return_periods import Period
from training.workflow import RecordStatus

Chosen = Mapping[str, Collection[int]]


@dataclass(frozen=True)
class Line:
    """One figure. ``value`` is None where nothing is chosen for it, or nobody is counted. ``course`` is its key."""

    field: Field
    label: str
    value: int | None
    course: int | None = None

    @property
    def is_percent(self) -> bool:
        return self.field.figure == FigureKind.PERCENT


def choices_of(acting: Acting, definition: Definition) -> ReturnChoices:
    """What the organisation chose, or an empty choice."""
    rows = ReturnChoices.objects.visible_to(acting).filter(definition=definition.code).select_related("saved_by")
    return rows.first() or ReturnChoices(organisation=acting.organisation, definition=definition.code)


def named(acting: Acting, choice: Choice) -> list[tuple[int, str]]:
    """All that can be chosen for one part, by title."""
    if choice.of == Of.COURSES:
        return list(Course.objects.visible_to(acting).order_by("title", "pk").values_list("pk", "title"))
    return list(Requirement.objects.visible_to(acting).order_by("title", "pk").values_list("pk", "title"))


def lines(acting: Acting, definition: Definition, period: Period, chosen: Chosen, *, today: date) -> list[Line]:
    """Every figure of a return. A query or two for each."""
    found: list[Line] = []
    for field in definition.fields:
        wanted = chosen.get(field.choice.code, ())
        if not wanted:
            found.append(Line(field, field.label, None))
        elif field.figure == FigureKind.BY_COURSE:
            found += _by_course(acting, field, period, wanted)
        elif field.choice.of == Of.COURSES:
            found.append(Line(field, field.label, people_in(completions(acting, period, wanted))))
        else:
            rows = asked(acting, period, wanted, today=today)
            found.append(Line(field, field.label, _of_requirements(field, rows)))
    return found


def asked(acting: Acting, period: Period, requirements: Collection[int], *, today: date) -> AssignmentQuerySet:
    """Who was asked for any of these on the last day of a period, or today while it is running; none counted apart."""
    rows = Assignment.objects.visible_to(acting).asked(min(period.last, today), today=today)
    return rows.filter(requirement__in=requirements).exclude(Q(standing__in=APART))


def compliant(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    """The rows of those who are in date in all of them."""
    return rows.exclude(membership__in=rows.exclude(Q(standing__in=GOOD)).values("membership_id"))


def completions(acting: Acting, period: Period, courses: Collection[int]) -> StaffQuerySet:
    """Records that count of these courses, completed in a period."""
    rows = Completion.objects.visible_to(acting).filter(course__in=courses, status=RecordStatus.COUNTS)
    return rows.filter(completed_on__gte=period.first, completed_on__lte=period.last)


def people_in(rows: QuerySet) -> int:
    """How many people some rows are about."""
    return rows.order_by().values("membership_id").distinct().count()


def behind(
    acting: Acting, field: Field, period: Period, chosen: Chosen, *, course: int | None, today: date
) -> AssignmentQuerySet | StaffQuerySet:
    """The rows that a figure is counted from."""
    wanted = chosen.get(field.choice.code, ())
    if field.choice.of == Of.COURSES:
        return completions(acting, period, [each for each in wanted if course in (None, each)])
    rows = asked(acting, period, wanted, today=today)
    return compliant(rows) if field.figure == FigureKind.COMPLIANT else rows


def _of_requirements(field: Field, rows: AssignmentQuerySet) -> int | None:
    if field.figure == FigureKind.REQUIRED:
        return people_in(rows)
    good = people_in(compliant(rows))
    if field.figure == FigureKind.COMPLIANT:
        return good
    required = people_in(rows)
    return 100 * good // required if required else None


def _by_course(acting: Acting, field: Field, period: Period, courses: Collection[int]) -> list[Line]:
    rows = completions(acting, period, courses).order_by().values("course_id")
    numbers = dict(rows.annotate(people=Count("membership_id", distinct=True)).values_list("course_id", "people"))
    titles = Course.objects.visible_to(acting).filter(pk__in=courses).order_by("title", "pk")
    return [
        Line(field, f"{field.label}: {title}", numbers.get(pk, 0), pk)
        for pk, title in titles.values_list("pk", "title")
    ]
