"""The register of local profiles: editions, who was briefed, and the wording of recommendations."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from foundation.organisations.models import Membership
from risk import permissions, tasks_queries
from risk.actions import keeping
from risk.actions.tasks import raise_for_edition
from risk.models import CtlpBriefing, CtlpEdition, CtlpRecommendation, ReviewTask


@dataclass(frozen=True)
class Edition:
    """What the register says of an edition. The profile itself stays where ``held_at`` says."""

    title: str
    originator: str
    period_from: date
    period_to: date
    issued_on: date
    marking: str
    held_at: str
    note: str = ""


class Reassess:
    """Which risks a new edition asks to assess again."""

    LINKED, ALL, CHOSEN, NONE = "linked", "all", "chosen", "none"


@dataclass(frozen=True)
class Added:
    """The edition as added, and the tasks that it raised."""

    edition: CtlpEdition
    tasks: list[ReviewTask]


@transaction.atomic
def add_edition(
    *,
    edition: Edition,
    reassess: str,
    due_on: date,
    risk_ids: Iterable[int] = (),
    by: Acting,
    now: datetime,
) -> Added:
    """Record a new edition and ask for risks to be assessed again: those that recommendations of the originator's
    earlier editions bear on, all live ones, or the chosen ones."""
    permissions.check_can_keep_profiles(by)
    _check_edition(edition, by, now)
    row = CtlpEdition.objects.create(
        **_stripped(edition), organisation=by.organisation, created_at=now, created_by=by.membership
    )
    ledger.record("ctlp_edition.added", actor=by, target=row, at=now, issued_on=row.issued_on, marking=row.marking)
    chosen = _to_reassess(row, reassess, risk_ids, by)
    tasks = raise_for_edition(edition=row, risk_ids=chosen, due_on=due_on, by=by, now=now) if chosen else []
    return Added(row, tasks)


@transaction.atomic
def change_edition(*, edition_id: int, version: int, edition: Edition, by: Acting, now: datetime) -> CtlpEdition:
    """Correct what the register says of an edition. Raises StaleVersion when somebody saved since ``version``."""
    permissions.check_can_keep_profiles(by)
    row = CtlpEdition.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=edition_id)
    row.check_version(version)
    _check_edition(edition, by, now, besides=row.pk)
    sent = row.recommendations.filter(sent_on__lt=edition.issued_on).exists()
    briefed = row.briefings.filter(briefed_on__lt=edition.issued_on).exists()
    if sent or briefed:
        raise RuleBroken(_("Somebody was briefed or a response was sent before that day. Check when it was issued."))
    wanted = _stripped(edition)
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, wanted[name])
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=[*changed, *CtlpEdition.SAVED])
    ledger.record("ctlp_edition.changed", actor=by, target=row, at=now, fields=changed)
    return row


@transaction.atomic
def add_briefing(
    *,
    edition_id: int,
    membership_id: int | None,
    other: str,
    briefed_on: date,
    briefed_by: str,
    by: Acting,
    now: datetime,
) -> CtlpBriefing:
    """Record who was briefed on an edition: a person of the organisation, or a role or name of a partner body."""
    permissions.check_can_keep_profiles(by)
    edition = CtlpEdition.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=edition_id)
    if (membership_id is None) == (not other.strip()):
        raise RuleBroken(_("Choose somebody of your organisation, or write the role or name in a partner body."))
    if membership_id is not None and not Membership.objects.visible_to(by).filter(pk=membership_id).exists():
        raise RuleBroken(_("Choose somebody of your organisation."))
    if not briefed_by.strip():
        raise RuleBroken(_("Say who gave the briefing."))
    if not edition.issued_on <= briefed_on <= timezone.localdate(now):
        raise RuleBroken(_("The briefing must be on or after the day of issue, and not in the future."))
    row = CtlpBriefing.objects.create(
        organisation=by.organisation,
        edition=edition,
        membership_id=membership_id,
        other=other.strip(),
        briefed_on=briefed_on,
        briefed_by=briefed_by.strip(),
        recorded_at=now,
        recorded_by=by.membership,
    )
    ledger.record(
        "ctlp_briefing.added", actor=by, target=edition, at=now, briefed_on=briefed_on, own=membership_id is not None
    )
    return row


@transaction.atomic
def add_recommendation(
    *, edition_id: int, code: str, text: str, may_be_recorded: bool, recommended_to: str, by: Acting, now: datetime
) -> CtlpRecommendation:
    """Record a recommendation in words that the originator agrees may be recorded."""
    permissions.check_can_keep_profiles(by)
    edition = CtlpEdition.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=edition_id)
    _check_recommendation(edition.pk, code, text, may_be_recorded, recommended_to)
    row = CtlpRecommendation.objects.create(
        organisation=by.organisation,
        edition=edition,
        code=code.strip(),
        text=text.strip(),
        may_be_recorded=True,
        recommended_to=recommended_to.strip(),
        created_at=now,
        created_by=by.membership,
    )
    ledger.record("ctlp_recommendation.added", actor=by, target=row, at=now, edition=edition.reference)
    return row


@transaction.atomic
def change_recommendation(
    *,
    recommendation_id: int,
    version: int,
    code: str,
    text: str,
    may_be_recorded: bool,
    recommended_to: str,
    by: Acting,
    now: datetime,
) -> CtlpRecommendation:
    """Correct the wording of a recommendation. The declaration is made again, for the new words."""
    permissions.check_can_keep_profiles(by)
    rows = CtlpRecommendation.objects.visible_to(by)
    edition_id = rows.values_list("edition_id", flat=True).get(pk=recommendation_id)
    # Numbers are compared under the lock of the edition, as where a recommendation is added.
    CtlpEdition.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=edition_id)
    row = rows.select_for_update(no_key=True, of=("self",)).get(pk=recommendation_id)
    row.check_version(version)
    _check_recommendation(row.edition_id, code, text, may_be_recorded, recommended_to, besides=row.pk)
    row.code, row.text, row.recommended_to = code.strip(), text.strip(), recommended_to.strip()
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["code", "text", "recommended_to", *CtlpRecommendation.SAVED])
    ledger.record("ctlp_recommendation.changed", actor=by, target=row, at=now)
    return row


def _stripped(edition: Edition) -> dict[str, object]:
    plain = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(edition).items()}
    return plain | {"marking": Marking(edition.marking)}


def _check_edition(edition: Edition, by: Acting, now: datetime, *, besides: int | None = None) -> None:
    if not (edition.title.strip() and edition.originator.strip() and edition.held_at.strip()):
        raise RuleBroken(_("Give the title, the originator and where the profile is held."))
    if edition.period_to < edition.period_from:
        raise RuleBroken(_("The period cannot end before it begins."))
    if edition.issued_on > timezone.localdate(now):
        raise RuleBroken(_("The day of issue must be today or earlier."))
    keeping.one_after_the_other("local profile", by)
    same = CtlpEdition.objects.visible_to(by).filter(
        title__iexact=edition.title.strip(), originator__iexact=edition.originator.strip()
    )
    if same.exclude(pk=besides or 0).exists():
        raise RuleBroken(_("An edition with this title from this originator is already in the register."))


def _check_recommendation(
    edition_id: int,
    code: str,
    text: str,
    may_be_recorded: bool,
    recommended_to: str,
    *,
    besides: int | None = None,
) -> None:
    if not may_be_recorded:
        raise RuleBroken(_("Record a recommendation only in words that the originator agrees may be recorded."))
    if not (code.strip() and text.strip() and recommended_to.strip()):
        raise RuleBroken(_("Give the number, the wording and to whom it was recommended."))
    same = CtlpRecommendation.objects.filter(edition_id=edition_id, code__iexact=code.strip()).exclude(pk=besides or 0)
    if same.exists():
        raise RuleBroken(_("This edition already has a recommendation with this number."))


def _to_reassess(row: CtlpEdition, reassess: str, risk_ids: Iterable[int], by: Acting) -> list[int]:
    if reassess == Reassess.NONE:
        return []
    if reassess == Reassess.LINKED:
        return tasks_queries.linked_risks(by, row)
    if reassess == Reassess.ALL:
        return list(tasks_queries.live_risks(by.organisation_id).values_list("pk", flat=True))
    chosen = list(risk_ids)
    if not chosen:
        raise RuleBroken(_("Choose at least one risk, or choose another answer."))
    return chosen
