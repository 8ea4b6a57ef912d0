"""Teams: add, change, remove."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import permissions
from foundation.organisations.actions.guards import lock_organisation, refuse_duplicates
from foundation.organisations.models import Membership, Team


@transaction.atomic
def add_team(*, name: str, part_of_id: int | None, by: Acting, now: datetime) -> Team:
    """Add a team, alone or as part of another."""
    lock_organisation(by.organisation_id)
    permissions.check_can_manage_organisation(by)
    _check_part_of(None, part_of_id, by)
    with refuse_duplicates():
        team = Team.objects.create(organisation_id=by.organisation_id, name=name, part_of_id=part_of_id)
    ledger.record("team.added", actor=by, target=team, at=now)
    return team


@transaction.atomic
def change_team(*, team_id: int, version: int, name: str, part_of_id: int | None, by: Acting, now: datetime) -> Team:
    """Rename or move a team. A team cannot become part of itself, however far down."""
    lock_organisation(by.organisation_id)
    team = Team.objects.visible_to(by).select_for_update(no_key=True).get(pk=team_id)
    permissions.check_can_manage_organisation(by, team)
    team.check_version(version)
    _check_part_of(team, part_of_id, by)
    changed = [field for field, value in (("name", name), ("part_of_id", part_of_id)) if getattr(team, field) != value]
    if not changed:
        return team
    team.name, team.part_of_id = name, part_of_id
    team.count_up(by_id=by.membership_id, now=now)
    with refuse_duplicates():
        team.save(update_fields=["name", "part_of", *Team.SAVED])
    ledger.record("team.changed", actor=by, target=team, at=now, fields=sorted(changed))
    return team


@transaction.atomic
def remove_team(*, team_id: int, by: Acting, now: datetime) -> None:
    """Remove a team that nobody is or was in and that has no parts."""
    lock_organisation(by.organisation_id)
    permissions.check_can_manage_organisation(by)
    team = Team.objects.visible_to(by).select_for_update().filter(pk=team_id).first()
    if team is None:
        raise RuleBroken(_("This team is not there any more."))
    if Team.objects.visible_to(by).filter(part_of=team).exists():
        raise RuleBroken(_("This team has parts. Move or remove them first."))
    if Membership.objects.visible_to(by).filter(team=team).exists():
        raise RuleBroken(_("People are or were in this team. Move them to another team first, or keep it."))
    ledger.record("team.removed", actor=by, target=team, at=now)
    team.delete()


def _check_part_of(team: Team | None, part_of_id: int | None, by: Acting) -> None:
    parents = dict(Team.objects.visible_to(by).values_list("pk", "part_of_id"))
    if part_of_id is not None and part_of_id not in parents:
        raise RuleBroken(_("The team it should be part of is not there any more."))
    above = part_of_id
    while team is not None and above is not None:
        if above == team.pk:
            raise RuleBroken(_("A team cannot be part of itself or of one of its own parts."))
        above = parents[above]
