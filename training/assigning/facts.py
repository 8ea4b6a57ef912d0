"""All that it takes to work out a few thousand people, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from foundation.organisations.models import Membership, RoleGrant, Team
from foundation.organisations.models.people import MembershipQuerySet
from training.models import (
    Absence,
    Assignment,
    Attempt,
    Completion,
    CourseVersion,
    Equivalence,
    Extension,
    Requirement,
    Rule,
    Validity,
    Waiver,
)
from training.scope import Post, Scope
from training.workflow import RecordStatus, Status

Pair = tuple[int, int]  # a membership and a requirement


@dataclass(frozen=True)
class Anew:
    """A version of a course that asks everybody anew, and the day on which it was published."""

    number: int
    on: date


@dataclass(frozen=True)
class Asked:
    """A requirement with its rules, the oldest first, the courses that count for it, and their versions that ask
    everybody anew, the oldest first."""

    requirement: Requirement
    rules: tuple[Rule, ...]
    scope: Scope
    counting: Mapping[int, Equivalence | None]
    anew: Mapping[int, Collection[Anew]] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """The rule in force."""
        return self.rules[-1]

    def rule_on(self, day: date) -> Rule:
        """The rule in force on a day; the first for what was done before there was any."""
        before = [rule for rule in self.rules if timezone.localdate(rule.saved_at) <= day]
        return before[-1] if before else self.rules[0]

    def asked_anew_on(self, completion: Completion) -> date | None:
        """The day from which something done no longer counts, but for the days that the rule gives."""
        for version in self.anew.get(completion.course_id or 0, ()):
            if completion.version_number is None:  # done elsewhere
                is_earlier = completion.completed_on < version.on
            else:
                is_earlier = completion.version_number < version.number
            if is_earlier:
                return version.on
        return None


class Person(NamedTuple):
    """A membership and the post that goes with it."""

    pk: int
    team_id: int | None
    post: Post
    ends_on: date | None


class Says(NamedTuple):
    """What an assignment says of a pair, in the names of ``Assignment``. A row that says the same is not written anew.

    A tuple and no object of the model: of these, a quarter of a million are made and compared at a time.
    """

    rule_id: int
    team_id: int | None
    job_title: str
    staff_group: str
    because: list[str]
    starts_on: date
    ends_on: date | None
    due_on: date
    has_grace: bool
    begun_on: date | None
    completion_id: int | None
    done_on: date | None
    valid_until: date | None
    expiring_from: date | None
    waived_from: date | None
    waived_until: date | None
    absent_from: date | None
    absent_until: date | None


class Stand(NamedTuple):
    """What stands written of a pair: the number of the row, and what it says."""

    pk: int
    says: Says


_OF_A_STAND = ("membership_id", "requirement_id", "pk", *Says._fields)


@dataclass
class Facts:
    """What is known about some people."""

    people: list[Person]
    asked: list[Asked]
    completions: Mapping[int, list[Completion]]
    begun: Mapping[int, Mapping[int, date]]
    validities: dict[Pair, dict[int, Validity]]
    waivers: Mapping[Pair, Waiver]
    extensions: Mapping[Pair, Extension]
    absences: Mapping[int, Absence]
    stand: Mapping[Pair, Stand]
    seen: Collection[int]
    asked_since: Mapping[Pair, date] = field(default_factory=dict)
    new_validities: list[Validity] = field(default_factory=list)
    shortened: list[Validity] = field(default_factory=list)


def read_asked(organisation_id: int, *, only: int | None = None) -> list[Asked]:
    """The requirements an organisation makes, or one of them, and what counts for each. Four queries."""
    rows = Requirement.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    requirements = list(rows.filter(pk=only) if only else rows)
    rules: dict[int, list[Rule]] = defaultdict(list)
    for rule in Rule.objects.filter(requirement__in=requirements).order_by("number"):
        rules[rule.requirement_id].append(rule)
    equivalences: dict[int, list[Equivalence]] = defaultdict(list)
    for each in Equivalence.objects.filter(
        Q(organisation__isnull=True) | Q(organisation_id=organisation_id),
        counts_for__in={requirement.course_id for requirement in requirements},
    ).order_by(F("ended_on").asc(nulls_last=True), F("organisation_id").asc(nulls_first=True), "pk"):
        equivalences[each.counts_for_id].append(each)
    counting = {each.pk: _counting(each, equivalences[each.course_id]) for each in requirements}
    anew = _asking_anew(set().union(*counting.values()))
    return [
        Asked(each, tuple(rules[each.pk]), Scope.from_json(rules[each.pk][-1].scope), counting[each.pk], anew)
        for each in requirements
        if rules[each.pk]
    ]


def _counting(requirement: Requirement, equivalences: list[Equivalence]) -> dict[int, Equivalence | None]:
    counting: dict[int, Equivalence | None] = {each.done_id: each for each in equivalences}
    counting[requirement.course_id] = None
    return counting


def _asking_anew(courses: Collection[int]) -> dict[int, list[Anew]]:
    found: dict[int, list[Anew]] = defaultdict(list)
    rows = CourseVersion.objects.filter(course__in=courses, expires_earlier=True).order_by("course", "number")
    for course, number, published_at in rows.values_list("course_id", "number", "published_at"):
        found[course].append(Anew(number, timezone.localdate(published_at)))
    return dict(found)


def read(organisation_id: int, members: Collection[int], asked: list[Asked], *, today: date) -> Facts:
    """Facts about some people. Ten queries, however many they are."""
    of_them = {"organisation_id": organisation_id, "membership__any_of": members}
    requirements = {"requirement__in": [each.requirement.pk for each in asked]}
    validities: dict[Pair, dict[int, Validity]] = defaultdict(dict)
    rows = Validity.objects.filter(completion__membership__any_of=members, **requirements)
    for row in rows.select_related("completion"):
        validities[row.completion.membership_id, row.requirement_id][row.completion_id] = row
    begun: dict[int, dict[int, date]] = defaultdict(dict)
    ways = Attempt.objects.filter(status=Status.IN_PROGRESS, **of_them)
    for membership, course, started_at in ways.values_list("membership_id", "course_id", "started_at"):
        begun[membership][course] = timezone.localdate(started_at)
    completions: dict[int, list[Completion]] = defaultdict(list)
    done = Completion.objects.filter(status=RecordStatus.COUNTS, course__isnull=False, **of_them)
    for each in done.only("pk", "membership_id", "course_id", "version_number", "completed_on").order_by(
        "completed_on", "pk"
    ):
        completions[each.membership_id].append(each)
    still = {"ended_at__isnull": True}
    the_people = Membership.objects.filter(organisation_id=organisation_id, pk__any_of=members).order_by("pk")
    was_asked = Assignment.objects.filter(organisation_id=organisation_id, membership=OuterRef("pk")).order_by()
    stand = Assignment.objects.filter(known_until__isnull=True, **of_them, **requirements).order_by()
    return Facts(
        people=people(the_people, organisation_id, today=today),
        asked=asked,
        completions=completions,
        begun=begun,
        validities=validities,
        waivers=_by_pair(Waiver.objects.filter(**of_them, **still)),
        extensions=_by_pair(Extension.objects.filter(**of_them, **still)),
        absences={each.membership_id: each for each in Absence.objects.filter(**of_them, **still)},
        stand={
            (membership, requirement): Stand(pk, Says(*said))
            for membership, requirement, pk, *said in stand.values_list(*_OF_A_STAND)
        },
        seen=set(the_people.filter(Exists(was_asked)).order_by().values_list("pk", flat=True)),
    )


def people(rows: MembershipQuerySet, organisation_id: int, *, today: date) -> list[Person]:
    """Some people of an organisation with their posts, in the order of ``rows``. Three queries, however many.

    Whoever was joined with another entry is asked there.
    """
    rows = rows.filter(joined_into__isnull=True)
    parts = dict(Team.objects.filter(organisation_id=organisation_id).values_list("pk", "part_of_id"))
    above = {team: _with_all_above(team, parts) for team in parts}
    roles: dict[int, set[str]] = defaultdict(set)
    held = RoleGrant.objects.filter(organisation_id=organisation_id, membership__in=rows.order_by().values("pk"))
    for membership, role in held.in_force(today).values_list("membership_id", "role"):
        roles[membership].add(role)
    columns = ("pk", "team_id", "staff_group", "job_title", "employment", "starts_on", "ends_on")
    return [
        Person(
            pk,
            team,
            Post(
                teams=above.get(team, ()) if team else (),
                staff_group=staff_group,
                job_title=job_title,
                employment=employment,
                roles=roles.get(pk, ()),
                starts_on=starts_on,
            ),
            ends_on,
        )
        for pk, team, staff_group, job_title, employment, starts_on, ends_on in rows.values_list(*columns)
    ]


def _with_all_above(team: int, parts: Mapping[int, int | None]) -> tuple[int, ...]:
    found: list[int] = []
    at: int | None = team
    while at is not None and at not in found:
        found.append(at)
        at = parts.get(at)
    return tuple(found)


def _by_pair(rows: Iterable[Any]) -> dict[Pair, Any]:
    return {(row.membership_id, row.requirement_id): row for row in rows}
