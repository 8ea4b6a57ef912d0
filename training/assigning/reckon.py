"""From facts to assignments. Touches no database."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from training.assigning.facts import Asked, Facts, Pair, Person, Says
from training.models import Anchor, Completion, Validity
from training.validity import expiring_from, period_of, valid_until

FOR_EVER = date.max  # the last day to do something again that need not be done again


def assignments(facts: Facts, *, today: date, now: datetime) -> dict[Pair, Says]:
    """What each person is asked, as it should stand. New and shortened validities are left in the facts, to be saved
    first."""
    found = {}
    for asked in facts.asked:
        for person in facts.people:
            reasons = asked.scope.reasons(person.post)
            if reasons is None:
                continue
            said = _says(facts, asked, person, reasons, today=today, now=now)
            if said.ends_on is None or said.starts_on <= said.ends_on:
                found[person.pk, asked.requirement.pk] = said
    return found


def _says(facts: Facts, asked: Asked, person: Person, reasons: list[str], *, today: date, now: datetime) -> Says:
    pair = (person.pk, asked.requirement.pk)
    starts_on = _starts_on(facts, asked, person, today)
    best = _best(facts, asked, person, now)
    due_on = (best.valid_until or FOR_EVER) if best else _first_due(asked, starts_on)
    extension = facts.extensions.get(pair)
    is_extended = extension is not None and extension.was_due_on == due_on
    if extension is not None and is_extended:
        due_on = extension.due_on
    waiver, absence = facts.waivers.get(pair), facts.absences.get(person.pk)
    begun = [day for course, day in facts.begun.get(person.pk, {}).items() if course in asked.counting]
    return Says(
        rule_id=asked.rule.pk,
        team_id=person.team_id,
        job_title=person.post.job_title,
        staff_group=person.post.staff_group,
        because=reasons,
        starts_on=starts_on,
        ends_on=person.ends_on,
        due_on=due_on,
        has_grace=is_extended or (best is None and starts_on == person.post.starts_on),
        begun_on=min(begun, default=None),
        completion_id=best.completion_id if best else None,
        done_on=best.completion.completed_on if best else None,
        valid_until=best.valid_until if best else None,
        expiring_from=expiring_from(asked.rule, best.valid_until) if best else None,
        waived_from=waiver.starts_on if waiver else None,
        waived_until=waiver.ends_on if waiver else None,
        absent_from=absence.starts_on if absence else None,
        absent_until=absence.ends_on if absence else None,
    )


def _starts_on(facts: Facts, asked: Asked, person: Person, today: date) -> date:
    """Since when somebody is asked. Who was there before the requirement: from its first day; who comes under it by a
    change of post or of rule: from today; a new starter: from their first day. Who was asked under another entry, which
    was joined with this one: from then."""
    pair = (person.pk, asked.requirement.pk)
    stands, since = facts.stand.get(pair), facts.asked_since.get(pair)
    if stands is not None:
        since = min(since, stands.says.starts_on) if since else stands.says.starts_on
    if since is not None:
        return max(since, person.post.starts_on)
    is_new = asked.requirement.worked_out_at is None or person.pk not in facts.seen
    return max(person.post.starts_on, asked.requirement.starts_on if is_new else today)


def _first_due(asked: Asked, starts_on: date) -> date:
    rule = asked.rule
    due = starts_on + timedelta(days=rule.grace_days)
    if rule.anchor == Anchor.WINDOW and rule.window_from and rule.months:
        return max(due, period_of(starts_on, window_from=rule.window_from, months=rule.months).last)
    return due


def _best(facts: Facts, asked: Asked, person: Person, now: datetime) -> Validity | None:
    """What holds longest of all that counts."""
    found = [each for each in _counting(facts, asked, person, now) if each.ended_at is None]
    return max(found, key=lambda each: (each.valid_until or FOR_EVER, each.completion.completed_on), default=None)


def _counting(facts: Facts, asked: Asked, person: Person, now: datetime) -> Iterator[Validity]:
    known = facts.validities[person.pk, asked.requirement.pk]
    has_done_it_before = False
    for completion in facts.completions.get(person.pk, ()):
        if completion.course_id not in asked.counting:
            continue
        stands = known.get(completion.pk)
        if stands is None and _counts(asked, completion, has_done_it_before):
            stands = _reckoned(asked, completion, now)
            _shorten(asked, stands, completion)
            known[completion.pk] = stands
            facts.new_validities.append(stands)
        elif stands is not None and _shorten(asked, stands, completion):
            facts.shortened.append(stands)
        if stands is not None:
            stands.completion = completion
            has_done_it_before = True
            yield stands


def _counts(asked: Asked, completion: Completion, has_done_it_before: bool) -> bool:
    equivalence = asked.counting[completion.course_id or 0]
    if equivalence is None:
        return True
    in_force = equivalence.ended_on is None or completion.completed_on <= equivalence.ended_on
    return in_force and (has_done_it_before or not equivalence.only_after)


def _reckoned(asked: Asked, completion: Completion, now: datetime) -> Validity:
    rule = asked.rule_on(completion.completed_on)
    equivalence = asked.counting[completion.course_id or 0]
    return Validity(
        organisation_id=asked.requirement.organisation_id,
        completion=completion,
        requirement_id=asked.requirement.pk,
        rule=rule,
        valid_until=valid_until(rule, completion.completed_on, months=equivalence.months if equivalence else None),
        recorded_at=now,
    )


def _shorten(asked: Asked, validity: Validity, completion: Completion) -> bool:
    """Where a later version of the course asks everybody anew: let it count for the days that the rule gives, and no
    longer. True where that was news."""
    asked_anew_on = asked.asked_anew_on(completion)
    if asked_anew_on is None:
        return False
    last = asked_anew_on + timedelta(days=asked.rule_on(asked_anew_on).grace_days)
    if validity.valid_until is not None and validity.valid_until <= last:
        return False
    validity.valid_until = last
    return True
