"""An organisation's own settings."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import permissions
from foundation.organisations.actions.guards import lock_organisation
from foundation.organisations.models import Organisation


@transaction.atomic
def change_settings(
    *,
    version: int,
    name: str,
    sectors: list[str],
    nation: str,
    is_specified_authority: bool,
    open_unscanned_files: bool,
    by: Acting,
    now: datetime,
) -> Organisation:
    """Save the settings of the organisation acted for, if nobody saved since ``version``."""
    organisation = lock_organisation(by.organisation_id)
    permissions.check_can_manage_organisation(by, organisation)
    organisation.check_version(version)
    if organisation.kind == Organisation.Kind.AUTHORITY and not sectors:
        raise RuleBroken(_("Select at least one sector."))
    wanted = {
        "name": name,
        "sectors": sorted(sectors),
        "nation": nation,
        "is_specified_authority": is_specified_authority,
        "open_unscanned_files": open_unscanned_files,
    }
    changed = [field for field, value in wanted.items() if getattr(organisation, field) != value]
    if not changed:
        return organisation
    for field in changed:
        setattr(organisation, field, wanted[field])
    organisation.count_up(by_id=by.membership_id, now=now)
    organisation.save(update_fields=[*changed, *Organisation.SAVED])
    ledger.record(
        "organisation.settings_changed",
        actor=by,
        target=organisation,
        at=now,
        fields=sorted(changed),
        sectors=organisation.sectors,
        nation=organisation.nation,
        is_specified_authority=organisation.is_specified_authority,
        open_unscanned_files=organisation.open_unscanned_files,
    )
    return organisation
