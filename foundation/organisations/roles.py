"""Roles and what they allow: the one table. Shown to people on the page "Roles and what they allow"."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    STAFF = "staff", _("Staff member")
    PREVENT_LEAD = "prevent_lead", _("Prevent or safeguarding lead")
    SENIOR_APPROVER = "senior_approver", _("Senior approver")
    BOARD_MEMBER = "board_member", _("Board member")
    TRAINING_MANAGER = "training_manager", _("Training manager")
    ASSURER = "assurer", _("Assurer")
    RECORDS_MANAGER = "records_manager", _("Records manager")
    ORGANISATION_ADMIN = "organisation_admin", _("Organisation administrator")
    INSPECTOR = "inspector", _("Inspector")


PERMISSIONS: dict[str, str | Promise] = {
    "portal.use": _("Open the portal and see what is asked of them"),
    "compliance.view": _("Read the duty, the assessment and its evidence"),
    "compliance.assess": _("Answer requirements and set owners and review dates"),
    "compliance.assure": _("Record the assurer's own rating, apart from the organisation's"),
    "compliance.customise": _("Add and withdraw the organisation's own requirements"),
    "compliance.share": _("Share answers to benchmarks with the organisation's partnerships, and take them back"),
    "compliance.report": _("Request, read and verify compliance reports, and export the register"),
    "risk.view": _("Read the local profile's register, the threat level and the risk assessments"),
    "risk.edit": _("Write risk assessments, score and close risks, and keep the register of local profiles"),
    "risk.contribute": _("Comment on a risk assessment while it is written and reviewed"),
    "risk.approve": _("Approve a risk assessment that somebody else wrote"),
    "risk.share": _("Share a risk with a partnership, and take it back"),
    "risk.report": _("Make risk reports and export the risk register"),
    "plan.view": _("Read the action plans"),
    "plan.edit": _("Write action plans, give out actions and close them"),
    "plan.share": _("Report an action to a partnership, and take it back"),
    "plan.report": _("Make reports of action plans and export them"),
    "training.view": _("See who is to do which training, who has done it, and the figures of it"),
    "training.manage": _("Set who must do which training, record it, waive it, run sessions and send reminders"),
    "training.write": _("Write the organisation's own courses and publish them"),
    "training.report": _("Make reports of training and export its lists"),
    "evidence.view": _("Read evidence and open its files"),
    "evidence.manage": _("Add, revise and withdraw evidence"),
    "people.view": _("See the list of people and teams"),
    "people.manage": _("Add, invite, import and end people"),
    "roles.grant": _("Give and end roles"),
    "organisation.manage": _("Change the organisation's settings and its identity provider"),
    "audit.view": _("Read the log of the organisation"),
    "audit.export": _("Export the log of the organisation"),
}


@dataclass(frozen=True)
class RoleEntry:
    """What a role is for and what it allows. ``needs_passkey``: its rights wait until the person signs in with one."""

    purpose: str | Promise
    permissions: frozenset[str]
    needs_passkey: bool = False
    needs_end_date: bool = False


def _allows(*permissions: str) -> frozenset[str]:
    unknown = set(permissions) - PERMISSIONS.keys()
    assert not unknown, unknown
    return frozenset(permissions) | {"portal.use"}


ROLES: dict[Role, RoleEntry] = {
    Role.STAFF: RoleEntry(_("Does what the duty asks of every member of staff."), _allows()),
    Role.PREVENT_LEAD: RoleEntry(
        _("Runs the duty day to day: answers requirements, keeps evidence, reports."),
        _allows(
            "compliance.view",
            "compliance.assess",
            "compliance.customise",
            "compliance.share",
            "compliance.report",
            "risk.view",
            "risk.edit",
            "risk.contribute",
            "risk.share",
            "risk.report",
            "plan.view",
            "plan.edit",
            "plan.share",
            "plan.report",
            "training.view",
            "training.manage",
            "training.write",
            "training.report",
            "evidence.view",
            "evidence.manage",
            "people.view",
            "audit.view",
        ),
    ),
    Role.SENIOR_APPROVER: RoleEntry(
        _("Is accountable for Prevent at senior level: reads everything, signs off, reports."),
        _allows(
            "compliance.view",
            "compliance.share",
            "compliance.report",
            "risk.view",
            "risk.contribute",
            "risk.approve",
            "risk.share",
            "risk.report",
            "plan.view",
            "plan.share",
            "plan.report",
            "training.view",
            "training.report",
            "evidence.view",
            "people.view",
        ),
    ),
    Role.TRAINING_MANAGER: RoleEntry(
        _("Sees to it that everybody is trained: sets who must do what, records it, reminds, reports."),
        _allows("training.view", "training.manage", "training.write", "training.report", "people.view"),
    ),
    Role.BOARD_MEMBER: RoleEntry(
        _("Sits on the board that oversees Prevent: reads the state of the duty."),
        _allows("compliance.view", "risk.view", "risk.contribute", "plan.view", "evidence.view"),
    ),
    Role.ASSURER: RoleEntry(
        _("Checks the organisation's answers and records an independent rating."),
        _allows(
            "compliance.view",
            "compliance.assure",
            "compliance.report",
            "risk.view",
            "plan.view",
            "training.view",
            "evidence.view",
        ),
    ),
    Role.RECORDS_MANAGER: RoleEntry(
        _("Looks after records and the log."),
        _allows("audit.view", "audit.export", "evidence.view", "compliance.view", "risk.view", "plan.view"),
    ),
    Role.ORGANISATION_ADMIN: RoleEntry(
        _("Looks after people, roles and settings. Sees no cases and no answers."),
        _allows("people.view", "people.manage", "roles.grant", "organisation.manage", "audit.view"),
        needs_passkey=True,
    ),
    Role.INSPECTOR: RoleEntry(
        _("Reads the duty, its evidence and reports for a limited time. Sees no personal case data."),
        _allows("compliance.view", "compliance.report", "risk.view", "plan.view", "training.view", "evidence.view"),
        needs_end_date=True,
    ),
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """All that these roles together allow. A code this version does not know allows nothing."""
    return frozenset().union(*(ROLES[Role(role)].permissions for role in roles if role in Role.values))
