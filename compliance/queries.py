"""The register of the duty: every requirement that applies, with its answer and evidence, on any day.

Everything is read from insert-only history, so the register of a past day does not change when later data arrives.
The number of queries is the same for one day or twenty, ten requirements or a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import (
    AnswerEvidence,
    AnswerRevision,
    Framework,
    Requirement,
    RequirementRevision,
    Scale,
    Settings,
    Theme,
)
from compliance.models.answers import NOT_ASSESSED
from compliance.models.library import DEFAULT_SCALE, CountsAs
from compliance.readiness import ORDER, EvidenceLine, Flag, Line, flags_of, worst
from foundation.core.acting import Acting
from foundation.evidence import queries as evidence_queries
from foundation.organisations.models import Organisation


@dataclass(frozen=True)
class Register:
    """The register on one day."""

    on: date
    lines: tuple[Line, ...]
    themes: tuple[Theme, ...]

    @cached_property
    def counted(self) -> list[Line]:
        return [line for line in self.lines if line.is_counted]

    @cached_property
    def by_theme(self) -> "list[ThemeSummary]":
        """One summary for each theme that asks something of this organisation."""
        found = (
            ThemeSummary(theme, [line for line in self.lines if line.theme_code == theme.code], self.on)
            for theme in self.themes
        )
        return [summary for summary in found if summary.lines]

    @cached_property
    def whole(self) -> "ThemeSummary":
        return ThemeSummary(None, list(self.lines), self.on)

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.code == code), None)


@dataclass(frozen=True)
class ThemeSummary:
    """How ready a theme (or, with ``theme`` None, the whole duty) is, in figures and in words."""

    theme: Theme | None
    lines: list[Line]
    on: date

    @cached_property
    def counted(self) -> list[Line]:
        return [line for line in self.lines if line.is_counted]

    @property
    def total(self) -> int:
        return len(self.counted)

    @property
    def ready(self) -> int:
        return sum(line.is_ready for line in self.counted)

    @property
    def does_not_apply(self) -> int:
        return sum(not line.applies for line in self.lines)

    @cached_property
    def counts(self) -> dict[CountsAs, int]:
        """How many requirements stand at each state, worst first."""
        return {state: sum(line.counts_as == state for line in self.counted) for state in ORDER}

    def flagged(self, flag: Flag) -> int:
        return sum(flag in line.flags for line in self.counted)

    @property
    def expired(self) -> int:
        return self.flagged(Flag.EVIDENCE_EXPIRED)

    @property
    def stale(self) -> int:
        return self.flagged(Flag.STALE)

    @property
    def overdue(self) -> int:
        return self.flagged(Flag.REVIEW_OVERDUE)

    @property
    def next_date(self) -> date | None:
        """The next thing that falls due: a review, or evidence that expires."""
        dates = [line.next_review_on for line in self.counted if line.next_review_on]
        dates += [item.expires_on for line in self.counted for item in line.evidence if item.expires_on]
        return min((day for day in dates if day >= self.on), default=None)

    @property
    def state(self) -> tuple[str, str]:
        """One word for the theme, and the colour of its tag."""
        if not self.counted or self.counts[CountsAs.NOTHING] == self.total:
            return _("Not started"), "grey"
        if self.ready == self.total:
            return _("Ready"), "green"
        if self.counts[CountsAs.NOT_MET] or self.expired:
            return _("Needs attention"), "red"
        return _("In hand"), "blue"

    @property
    def reason(self) -> str:
        """Why the theme stands where it does, in a sentence."""
        parts = [_("%(ready)s of %(total)s ready.") % {"ready": self.ready, "total": self.total}]
        not_met, nothing = self.counts[CountsAs.NOT_MET], self.counts[CountsAs.NOTHING]
        if not_met:
            parts.append(_("%(count)s not met.") % {"count": not_met})
        if self.counts[CountsAs.PARTLY_MET]:
            parts.append(_("%(count)s partly met.") % {"count": self.counts[CountsAs.PARTLY_MET]})
        if nothing:
            parts.append(_("%(count)s not assessed.") % {"count": nothing})
        if self.expired:
            parts.append(
                ngettext("Evidence for %(count)s has expired.", "Evidence for %(count)s has expired.", self.expired)
                % {"count": self.expired}
            )
        if self.overdue:
            parts.append(
                ngettext("%(count)s review is overdue.", "%(count)s reviews are overdue.", self.overdue)
                % {"count": self.overdue}
            )
        return " ".join(parts)


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


def end_of_day(day: date) -> datetime:
    """The last moment of a day in London."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())


def settings_of(acting: Acting) -> Settings:
    """The organisation's settings, or the defaults (not saved, version 1)."""
    return Settings.objects.visible_to(acting).first() or Settings(organisation=acting.organisation)


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
            .select_related("theme", "framework__scale", "framework__assurer_scale")
            .order_by("position", "pk")
        )
        themes = {requirement.theme for requirement in self.requirements}
        self.themes = tuple(sorted(themes, key=lambda theme: theme.position))
        own = any(requirement.is_local for requirement in self.requirements)
        self.own_scale = Scale.objects.get(pk=DEFAULT_SCALE) if own else None
        wanted = [requirement.pk for requirement in self.requirements]
        self.wordings = _group(
            RequirementRevision.objects.filter(requirement_id__in=wanted).order_by("requirement_id", "-effective_at"),
            "requirement_id",
        )
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
            for link in requirement.content.get("same_question_as", ()):
                if general := numbers.get(link["code"]):
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
        return requirement.framework is None or _in_force(requirement.framework, day)

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
        wording = next((w for w in self.wordings[requirement.pk] if w.effective_at <= at), None)
        content = (wording or self.wordings[requirement.pk][-1]).content
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
            title=content.get("title", requirement.title),
            text=content.get("text", ""),
            theme_code=requirement.theme_id,
            force=content.get("force", requirement.force),
            framework_code=requirement.framework_id or "",
            framework_title=requirement.framework.title if requirement.framework else _("Our own requirements"),
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
        assurer_scale = (requirement.framework and requirement.framework.assurer_scale) or scale
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
        scale = requirement.framework.scale if requirement.framework else self.own_scale
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
