"""The register of the duty: every requirement that applies, with its answer and evidence, on any day.

Everything is read from insert-only history, so the register of a past day does not change when later data arrives.
The number of queries is the same for one day or twenty, ten requirements or a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.models import (
    AnswerEvidence,
    AnswerRevision,
    Framework,
    Requirement,
    RequirementRevision,
    Scale,
    Settings,
)
from compliance.models.answers import NOT_ASSESSED
from compliance.models.library import DEFAULT_SCALE, CountsAs
from compliance.readiness import EvidenceLine, Line, flags_of, worst
from compliance.register import Register
from foundation.core.acting import Acting
from foundation.evidence import queries as evidence_queries
from foundation.organisations.models import Organisation

MOST_BETWEEN = 8  # points of a chart between the first and the last


def register(acting: Acting, on: date) -> Register:
    """What the duty asks of the acting organisation on a day, and where it stood at the end of that day (London)."""
    return registers(acting, [on])[0]


def registers(acting: Acting, days: Sequence[date]) -> list[Register]:
    """The register on several days, for the price of one."""
    history = _History(acting, days)
    return [history.on(day) for day in days]


def quarter_ends(until: date, count: int) -> list[date]:
    """The last days of the ``count`` quarters before ``until``, oldest first, and ``until`` itself."""
    ends: list[date] = []
    first_of_quarter = date(until.year, 3 * ((until.month - 1) // 3) + 1, 1)
    while len(ends) < count:
        last = first_of_quarter - timedelta(days=1)
        ends.append(last)
        first_of_quarter = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    return [*reversed(ends), until]


def period_days(first: date, last: date) -> list[date]:
    """The days whose ends show how a period went: the day before it, quarters' ends in between, its last day.

    At most ten, however long the period is.
    """
    quarters = 1 + (last - first).days // 89
    between = [day for day in quarter_ends(last, quarters)[:-1] if first <= day < last]
    thinned = between[:: -(-len(between) // MOST_BETWEEN)] if between else []
    return [first - timedelta(days=1), *thinned, last]


def period_start(acting: Acting, until: date) -> date:
    """Where a report's period begins unless somebody says otherwise: a year before its last day, or later when the
    organisation, or its first answer, is younger than that.
    """
    first_answer = AnswerRevision.objects.visible_to(acting).aggregate(first=Min("changed_at"))["first"]
    beginnings = [_months_before(until, 12), acting.organisation.active_from]
    if first_answer is not None:
        beginnings.append(timezone.localdate(first_answer))
    return min(max(beginnings), until)


def end_of_day(day: date) -> datetime:
    """The last moment of a day in London."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())


def settings_of(acting: Acting) -> Settings:
    """The organisation's settings, or the defaults (not saved, version 1)."""
    return Settings.objects.visible_to(acting).first() or Settings(organisation=acting.organisation)


@dataclass(frozen=True)
class Wording:
    """What a requirement said from a moment on, and which general requirements it answers too."""

    effective_at: datetime
    title: str
    text: str
    force: str
    same_question_as: tuple[str, ...]


class _History:
    """All that is needed to say what stood on any of ``days``: loaded once, in a fixed number of queries."""

    def __init__(self, acting: Acting, days: Sequence[date]) -> None:
        self.organisation: Organisation = acting.organisation
        self.settings = settings_of(acting)
        applies = Q(pk__in=[])
        for day in days:
            applies |= Q(pk__in=Requirement.objects.applying_to(self.organisation, day).values("pk"))
        self.requirements = list(
            Requirement.objects.visible_to(acting)
            .filter(applies)
            .select_related("theme")
            .defer("content", "theme__description")
            .order_by("position", "pk")
        )
        self.frameworks = {
            framework.code: framework
            for framework in Framework.objects.filter(
                code__in={requirement.framework_id for requirement in self.requirements if requirement.framework_id}
            ).select_related("scale", "assurer_scale")
        }
        themes = {requirement.theme for requirement in self.requirements}
        self.themes = tuple(sorted(themes, key=lambda theme: theme.position))
        own = any(requirement.is_local for requirement in self.requirements)
        self.own_scale = Scale.objects.get(pk=DEFAULT_SCALE) if own else None
        wanted = [requirement.pk for requirement in self.requirements]
        self.wordings: dict[int, list[Wording]] = defaultdict(list)
        for row in (
            RequirementRevision.objects.filter(requirement_id__in=wanted)
            .order_by("-effective_at")
            .values_list(
                "requirement_id",
                "effective_at",
                "content__title",
                "content__text",
                "content__force",
                "content__same_question_as",
            )
        ):
            self.wordings[row[0]].append(Wording(*row[1:5], tuple(link["code"] for link in row[5] or ())))
        self.revisions = _group(
            AnswerRevision.objects.visible_to(acting)
            .filter(requirement_id__in=wanted)
            .select_related("owner", "answered_by", "assured_by")
            .order_by("requirement_id", "-changed_at", "-number"),
            "requirement_id",
        )
        uses = list(
            AnswerEvidence.objects.visible_to(acting)
            .filter(answer__requirement_id__in=wanted)
            .select_related("answer")
            .order_by("linked_at", "pk")
        )
        self.uses: dict[int, list[AnswerEvidence]] = defaultdict(list)
        for use in uses:
            self.uses[use.answer.requirement_id].append(use)
        self.evidence = evidence_queries.History(acting, {use.evidence_id for use in uses})
        numbers = {requirement.code: requirement.pk for requirement in self.requirements if not requirement.is_local}
        self.answered_by: dict[int, list[int]] = defaultdict(list)
        for requirement in self.requirements:
            for code in self.wordings[requirement.pk][0].same_question_as:
                if general := numbers.get(code):
                    self.answered_by[general].append(requirement.pk)

    def on(self, day: date) -> Register:
        at = end_of_day(day)
        applying = {requirement.pk: requirement for requirement in self.requirements if self._applies(requirement, day)}
        lines = {pk: self._line(requirement, day, at) for pk, requirement in applying.items()}
        for pk in applying:
            specific = [lines[other] for other in self._specific(pk) if other in lines and lines[other].applies]
            if specific:
                lines[pk] = self._answered_through(lines[pk], specific)
        stale_before = _months_before(day, self.settings.stale_after_months)
        warn_until = day + timedelta(days=self.settings.expiry_warning_days)
        done = tuple(
            replace(line, flags=flags_of(line, stale_before=stale_before, expiry_warning_until=warn_until))
            for line in lines.values()
        )
        return Register(day, done, self.themes)

    def _applies(self, requirement: Requirement, day: date) -> bool:
        if not _in_force(requirement, day):
            return False
        return requirement.framework_id is None or _in_force(self.frameworks[requirement.framework_id], day)

    def _specific(self, pk: int) -> list[int]:
        """The requirements that answer this one, directly or through others. The loader has ruled out circles."""
        found: dict[int, None] = {}
        waiting = list(self.answered_by.get(pk, ()))
        while waiting:
            nearest = waiting.pop()
            if nearest not in found:
                found[nearest] = None
                waiting += self.answered_by.get(nearest, ())
        return list(found)

    def _line(self, requirement: Requirement, day: date, at: datetime) -> Line:
        wordings = self.wordings[requirement.pk]
        wording = next((each for each in wordings if each.effective_at <= at), wordings[-1])
        framework = self.frameworks.get(requirement.framework_id or "")
        answer = next((r for r in self.revisions[requirement.pk] if r.changed_at <= at), None)
        scale = self._scale(requirement)
        status = answer.status if answer else NOT_ASSESSED
        evidence = tuple(self._evidence(requirement.pk, at))
        changes = [use.linked_at for use in self.uses[requirement.pk] if use.linked_at <= at]
        changes += [use.unlinked_at for use in self.uses[requirement.pk] if use.unlinked_at and use.unlinked_at <= at]
        changes += [answer.changed_at] if answer else []
        line = Line(
            requirement_id=requirement.pk,
            code=requirement.code,
            title=wording.title,
            text=wording.text,
            theme_code=requirement.theme_id,
            force=wording.force,
            framework_code=requirement.framework_id or "",
            framework_title=framework.title if framework else _("Our own requirements"),
            is_local=requirement.is_local,
            verified=requirement.verified,
            on=day,
            status=status,
            status_label=_label(scale, status),
            counts_as=_counts_as(scale, status),
            version=self.revisions[requirement.pk][0].number if self.revisions[requirement.pk] else 0,
            evidence=evidence,
            last_change_on=timezone.localdate(max(changes)) if changes else None,
        )
        if answer is None:
            return line
        assurer_scale = (framework and framework.assurer_scale) or scale
        return replace(
            line,
            score=answer.score,
            applies=answer.applies,
            why_not=answer.why_not,
            comment=answer.comment,
            owner_name=answer.owner.name if answer.owner else "",
            owner_id=answer.owner_id,
            next_review_on=answer.next_review_on,
            answered_at=answer.answered_at,
            answered_by_name=answer.answered_by.name if answer.answered_by else "",
            assured_label=_label(assurer_scale, answer.assured_status) if answer.assured_status else "",
            assured_counts_as=_counts_as(assurer_scale, answer.assured_status) if answer.assured_status else None,
            assured_score=answer.assured_score,
            assured_comment=answer.assured_comment,
            assured_on=answer.assured_on,
            assured_by_name=answer.assured_by.name if answer.assured_by else "",
        )

    def _scale(self, requirement: Requirement) -> Scale:
        scale = self.frameworks[requirement.framework_id].scale if requirement.framework_id else self.own_scale
        assert scale is not None
        return scale

    def _evidence(self, requirement_id: int, at: datetime) -> Iterable[EvidenceLine]:
        for use in self.uses[requirement_id]:
            if use.linked_at > at or (use.unlinked_at is not None and use.unlinked_at <= at):
                continue
            item = self.evidence.as_at(use.evidence_id, at)
            if item is None or item.is_withdrawn:
                continue
            yield EvidenceLine(
                use_id=use.pk,
                evidence_id=use.evidence_id,
                reference=item.reference,
                title=item.title,
                kind=item.kind,
                effective_from=item.effective_from,
                expires_on=item.expires_on,
                linked_at=use.linked_at,
            )

    @staticmethod
    def _answered_through(line: Line, specific: list[Line]) -> Line:
        state = worst([each.counts_as for each in specific])
        decisive = next(each for each in specific if each.counts_as == state)
        return replace(
            line,
            status=decisive.status,
            status_label=decisive.status_label,
            counts_as=state,
            answered_through=tuple(sorted(each.code for each in specific)),
            last_change_on=max((each.last_change_on for each in specific if each.last_change_on), default=None),
        )


def _group(rows: Iterable, key: str) -> dict[int, list]:
    grouped: dict[int, list] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped


def _in_force(row: Requirement | Framework, day: date) -> bool:
    return row.in_force_from <= day and (row.in_force_to is None or day <= row.in_force_to)


def _months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def _label(scale: Scale, status: str) -> str:
    return next((step["label"] for step in scale.steps if step["code"] == status), status or _("Not assessed"))


def _counts_as(scale: Scale, status: str) -> CountsAs:
    return next((CountsAs(step["counts_as"]) for step in scale.steps if step["code"] == status), CountsAs.NOTHING)
