"""What stood when: the answers and evidence of one organisation, read once for any of several days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import library_memory, own_settings
from compliance.models import AnswerEvidence, AnswerRevision, Requirement, Scale
from compliance.models.answers import NOT_ASSESSED
from compliance.models.library import CountsAs
from compliance.readiness import GOOD, EvidenceLine, Line, flags_of, is_ready, worst
from compliance.register import Register, Standing
from foundation.core.acting import Acting
from foundation.core.dates import months_after
from foundation.core.prepared import Prepared, answers, stand_in
from foundation.evidence import queries as evidence_queries


def end_of_day(day: date) -> datetime:
    """The last moment of a day in London."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())


@dataclass(slots=True)
class Answered:
    """One revision of an answer, as far as the register shows it. The fields stand in the order they are read in."""

    requirement_id: int
    number: int
    changed_at: datetime
    status: str
    score: int | None
    applies: bool
    why_not: str
    comment: str
    owner_id: int | None
    owner_name: str | None
    next_review_on: date | None
    answered_at: datetime | None
    answered_by_name: str | None
    assured_status: str
    assured_score: int | None
    assured_comment: str
    assured_on: date | None
    assured_by_name: str | None


READ = (
    "requirement_id", "number", "changed_at", "status", "score", "applies", "why_not", "comment", "owner_id",
    "owner__name", "next_review_on", "answered_at", "answered_by__name", "assured_status", "assured_score",
    "assured_comment", "assured_on", "assured_by__name",
)  # fmt: skip


@dataclass(slots=True)
class Use:
    """Evidence behind an answer from when until when."""

    use_id: int
    evidence_id: int
    linked_at: datetime
    unlinked_at: datetime | None

    def stood(self, at: datetime) -> bool:
        return self.linked_at <= at and (self.unlinked_at is None or self.unlinked_at > at)

    def last_change(self, at: datetime) -> datetime | None:
        """When it was last linked or unlinked, as far as that was known at a moment."""
        if self.unlinked_at is not None and self.unlinked_at <= at:
            return self.unlinked_at
        return self.linked_at if self.linked_at <= at else None


class History:
    """All that is needed to say what stood on any of ``days``: loaded once, in a fixed number of queries."""

    def __init__(self, acting: Acting, days: Sequence[date]) -> None:
        self.organisation = acting.organisation
        self.library, has_own = library_memory.library_beside(acting.organisation_id)
        self.own = own_requirements(acting) if has_own else []
        self.asked = {day: self._asked(day) for day in days}
        wanted = {row.pk: row for rows in self.asked.values() for row in rows}
        themes = {row.theme for row in wanted.values()}
        self.themes = tuple(sorted(themes, key=lambda theme: theme.position))
        self.wordings = dict(self.library.wordings)
        if self.own:
            self.wordings |= library_memory.wordings_of(Q(requirement__in=self.own))
        until, revisions = max(end_of_day(day) for day in days), _LAST_ANSWERS if len(days) == 1 else _ALL_ANSWERS
        settings, answered, used = answers(
            own_settings.asking_settings(acting),
            revisions.question(acting.organisation_id, until),
            _USES.question(acting.organisation_id),
        )
        self.settings = own_settings.settings_from(acting, settings)
        self.answers = _by_requirement(answered)
        self.uses = _uses(used)
        self.evidence = evidence_queries.History(
            acting, {use.evidence_id for uses in self.uses.values() for use in uses}
        )
        self.answered_by = self._answered_by(list(wanted.values()))

    def on(self, day: date) -> Register:
        """The register at the end of a day."""
        at = end_of_day(day)
        lines = {requirement.pk: self._line(requirement, day, at) for requirement in self.asked[day]}
        for pk in self.answered_by.keys() & lines.keys():
            specific = [lines[other] for other in self._specific(pk) if other in lines and lines[other].applies]
            if specific:
                lines[pk] = _answered_through(lines[pk], specific)
        stale_before = months_after(day, -self.settings.stale_after_months)
        warn_until = day + timedelta(days=self.settings.expiry_warning_days)
        for line in lines.values():
            line.flags = flags_of(line, stale_before=stale_before, expiry_warning_until=warn_until)
        outlines = self.library.outlines_of({line.framework_code for line in lines.values()})
        return Register(day, tuple(lines.values()), self.themes, outlines)

    def standing(self, day: date) -> Standing:
        """The figures of a day alone, for a trend: what ``on(day)`` would count, at a fraction of its cost."""
        at = end_of_day(day)
        answers = {row.pk: self._answer(row.pk, at) for row in self.asked[day]}
        applying = {pk for pk, answer in answers.items() if answer is None or answer.applies}
        total = ready = assessed = 0
        for requirement in self.asked[day]:
            pk = requirement.pk
            if pk not in applying or (pk in self.answered_by and not applying.isdisjoint(self._specific(pk))):
                continue
            answer, uses = answers[pk], self.uses.get(pk, ())
            state = counts_as(self._scale(requirement), answer.status) if answer else CountsAs.NOTHING
            total += 1
            assessed += state != CountsAs.NOTHING
            ready += state in GOOD and is_ready(state, tuple(self._evidence(uses, at)), day)
        return Standing(day, total, ready, assessed)

    def _answer(self, pk: int, at: datetime) -> Answered | None:
        return next((each for each in self.answers.get(pk, ()) if each.changed_at <= at), None)

    def _scale(self, requirement: Requirement) -> Scale:
        framework = self.library.frameworks.get(requirement.framework_id or "")
        scale = framework.scale if framework else self.library.own_scale
        assert scale is not None  # the loader brings the standard one
        return scale

    def _asked(self, day: date) -> list[Requirement]:
        asked = self.library.asked_of(self.organisation, day)
        own = [requirement for requirement in self.own if requirement.is_in_force(day)]
        return sorted([*asked, *own], key=lambda row: (row.position, row.pk)) if own else asked

    def _answered_by(self, requirements: list[Requirement]) -> dict[int, list[int]]:
        """For each general requirement the specific ones that answer it too."""
        numbers = {row.code: row.pk for row in requirements if not row.is_local}
        found: dict[int, list[int]] = defaultdict(list)
        for row in requirements:
            for code in self.wordings[row.pk][0].same_question_as:
                if general := numbers.get(code):
                    found[general].append(row.pk)
        return found

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
        framework = self.library.frameworks.get(requirement.framework_id or "")
        scale = self._scale(requirement)
        answer = self._answer(requirement.pk, at)
        uses = self.uses.get(requirement.pk, ())
        changes = [changed for use in uses if (changed := use.last_change(at))]
        if answer:
            changes.append(answer.changed_at)
        return Line(
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
            evidence=tuple(self._evidence(uses, at)) if uses else (),
            last_change_on=timezone.localdate(max(changes)) if changes else None,
            **_answered(answer, scale, (framework and framework.assurer_scale) or scale),
        )

    def _evidence(self, uses: Sequence[Use], at: datetime) -> Iterator[EvidenceLine]:
        for use in uses:
            item = self.evidence.as_at(use.evidence_id, at) if use.stood(at) else None
            if item is None or item.is_withdrawn:
                continue
            yield EvidenceLine(
                use_id=use.use_id,
                evidence_id=use.evidence_id,
                reference=item.reference,
                title=item.title,
                kind=item.kind,
                effective_from=item.effective_from,
                expires_on=item.expires_on,
                linked_at=use.linked_at,
            )


def own_requirements(acting: Acting) -> list[Requirement]:
    """What the organisation asks of itself, in its own order; also what it withdrew."""
    own = Requirement.objects.filter(organisation_id=acting.organisation_id).select_related("theme").defer("content")
    return list(own.order_by("position", "pk"))


def _by_requirement(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Answered]]:
    """Revisions of answers by requirement, latest first."""
    found: dict[int, list[Answered]] = defaultdict(list)
    for values in rows:
        found[values[0]].append(Answered(*values))
    return found


def _uses(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Use]]:
    found: dict[int, list[Use]] = defaultdict(list)
    for number, *values in rows:
        found[number].append(Use(*values))
    return found


def _revisions(organisation_id: int, until: datetime) -> QuerySet:
    rows = AnswerRevision.objects.visible_to(stand_in(organisation_id=organisation_id)).filter(changed_at__lte=until)
    return rows.order_by("requirement_id", "-changed_at", "-number")


_ALL_ANSWERS = Prepared(
    lambda organisation_id, until: _revisions(organisation_id, until).values_list(*READ), int, datetime
)
_LAST_ANSWERS = Prepared(
    lambda organisation_id, until: _revisions(organisation_id, until).distinct("requirement_id").values_list(*READ),
    int,
    datetime,
)
_USES = Prepared(
    lambda organisation_id: (
        AnswerEvidence.objects.visible_to(stand_in(organisation_id=organisation_id))
        .order_by("linked_at", "pk")
        .values_list("answer__requirement_id", "pk", "evidence_id", "linked_at", "unlinked_at")
    ),
    int,
)


def _answered(answer: Answered | None, scale: Scale, assurer_scale: Scale) -> dict[str, Any]:
    """What an answer says, as fields of a Line."""
    if answer is None:
        return {"status": NOT_ASSESSED, "status_label": label(scale, NOT_ASSESSED), "counts_as": CountsAs.NOTHING}
    rated = answer.assured_status
    return {
        "version": answer.number,
        "status": answer.status,
        "status_label": label(scale, answer.status),
        "counts_as": counts_as(scale, answer.status),
        "score": answer.score,
        "applies": answer.applies,
        "why_not": answer.why_not,
        "comment": answer.comment,
        "owner_id": answer.owner_id,
        "owner_name": answer.owner_name or "",
        "next_review_on": answer.next_review_on,
        "answered_at": answer.answered_at,
        "answered_by_name": answer.answered_by_name or "",
        "assured_label": label(assurer_scale, rated) if rated else "",
        "assured_counts_as": counts_as(assurer_scale, rated) if rated else None,
        "assured_score": answer.assured_score,
        "assured_comment": answer.assured_comment,
        "assured_on": answer.assured_on,
        "assured_by_name": answer.assured_by_name or "",
    }


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


def label(scale: Scale, status: str) -> str:
    """What a step of a scale is called; the code itself for one the scale no longer has."""
    step = scale.by_code.get(status)
    return step["label"] if step else status or _("Not assessed")


def counts_as(scale: Scale, status: str) -> CountsAs:
    """What a step means when scales are read together; nothing for one the scale no longer has."""
    step = scale.by_code.get(status)
    return CountsAs(step["counts_as"]) if step else CountsAs.NOTHING
