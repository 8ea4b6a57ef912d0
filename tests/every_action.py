"""Every action that a person does, with what must stand before it and arguments that work: a table for tests."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.sessions.backends.db import SessionStore

from compliance import actions as compliance
from compliance.models import Answer, Requirement
from foundation import jobs
from foundation.accounts import actions as accounts
from foundation.core.acting import Acting, acting_as
from foundation.evidence import actions as evidence
from foundation.files import actions as files
from foundation.files.examination import EVERYTHING, SPREADSHEETS, FileType, examine
from foundation.jobs import actions as job_actions
from foundation.notifications import actions as notifications
from foundation.organisations import actions as organisations
from foundation.organisations.models import Membership, Organisation
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import evidence as evidence_made
from tests.factories import organisations as made
from tests.factories import partnerships
from tests.factories.compliance import give_answer

TODAY = date(2026, 11, 23)
SITE = "https://portal.example.org/"
EVERYBODY = frozenset(Role.values)
LEAD = frozenset({"prevent_lead"})
ADMIN = frozenset({"organisation_admin"})
READERS = EVERYBODY - {"staff", "organisation_admin"}
REPORTERS = frozenset({"prevent_lead", "senior_approver", "assurer", "inspector"})
SHARERS = frozenset({"prevent_lead", "senior_approver"})
PEOPLE = frozenset({"prevent_lead", "senior_approver", "organisation_admin"})


class Ground:
    """An organisation with people to do things. ``me`` and ``colleague`` have the role that the action asks for."""

    def __init__(self, organisation: Organisation, role: str) -> None:
        self.organisation = organisation
        self.me, self.colleague = self.person(role), self.person(role)
        self.lead, self.admin = self.person("prevent_lead"), self.person("organisation_admin")

    def person(self, *roles: str) -> Acting:
        return acting_of(make_membership(self.organisation, *roles))

    def requirement(self, code: str = "LA-05") -> int:
        return Requirement.objects.get(code=code, organisation=None).pk

    def answered(self) -> Answer:
        return give_answer(self.lead, Requirement.objects.get(code="LA-05", organisation=None))

    def own_requirement(self) -> int:
        with acting_as(self.lead):
            return compliance.add_requirement(code="OWN-1", **OWN, by=self.lead, now=NOW).pk

    def partnership(self) -> int:
        board = partnerships.partnership()
        partnerships.join(board, self.organisation)
        return board.pk

    def benchmark(self) -> Requirement:
        row = Requirement.objects.get(code="B1", organisation=None)
        give_answer(self.lead, row)
        return row

    def shared(self) -> int:
        row, board = self.benchmark(), Organisation(pk=self.partnership())
        return partnerships.share(self.lead, board, row).pk

    def linked(self) -> int:
        item = evidence_made.note(self.lead)
        with acting_as(self.lead):
            return compliance.link_evidence(
                requirement_id=self.requirement(), evidence_id=item.pk, by=self.lead, now=NOW
            ).pk

    def report(self) -> Any:
        with acting_as(self.me):
            return compliance.request_report(**REPORT, by=self.me, now=NOW)

    def file(self) -> int:
        self.organisation.open_unscanned_files = True
        with acting_as(self.lead):
            item = evidence.add(kind="file", description=DESCRIBED, upload=text_file(), by=self.lead, now=NOW)
        return item.file_id

    def notice(self) -> int:
        target = self.answered()
        with acting_as(self.lead):
            return notifications.notify(
                membership_id=self.me.membership_id, kind="compliance.owns_requirement", target=target, by=self.lead,
                now=NOW,
            ).pk  # fmt: skip

    def newcomer(self) -> Membership:
        return made.person(self.admin, name="Rhian Pugh", email="rhian@example.org")

    def invitation(self) -> int:
        newcomer = self.newcomer()
        with acting_as(self.admin):
            return organisations.invite(membership_id=newcomer.pk, site=SITE, by=self.admin, now=NOW).pk

    def somebody(self) -> Membership:
        return make_membership(self.organisation, name="Somebody")

    def factor_reset(self) -> dict[str, Any]:
        somebody = self.somebody()
        with acting_as(self.admin):
            reset = organisations.request_factor_reset(membership_id=somebody.pk, site=SITE, by=self.admin, now=NOW)
        return {"membership_id": somebody.pk, "reset_id": reset.pk, "site": SITE}

    def provider(self, *, tested: bool = False, enabled: bool = False) -> dict[str, Any]:
        with acting_as(self.admin) as by:
            organisations.save_identity_provider(**PROVIDER, by=by, now=NOW)
            if tested:
                organisations.test_identity_provider(read=str, by=by, now=NOW)
            if enabled:
                organisations.enable_identity_provider(by=by, now=NOW)
        return {}

    def people_file(self, *steps: str) -> int:
        with acting_as(self.admin) as by:
            found = organisations.upload_people(examined=people_file(), by=by, now=NOW)
            same = {"import_id": found.pk, "by": by, "now": NOW}
            if "chosen" in steps:
                organisations.choose_columns(chosen=found.columns, **same)
            if "checked" in steps:
                organisations.check_import(**same)
            if "confirmed" in steps:
                organisations.confirm_import(leave_out_refused=False, **same)
        return found.pk

    def columns(self) -> dict[str, int]:
        return {"staff_number": 0, "name": 1}

    def export(self, *, is_made: bool = False) -> int:
        with acting_as(self.me) as by:
            export = organisations.request_people_export(**EXPORT, by=by, now=NOW)
            if is_made:
                organisations.make_people_export(export_id=export.pk, by=by, now=NOW)
        return export.pk

    def session(self) -> int:
        """A session of mine, listed."""
        from allauth.usersessions.models import UserSession

        store = SessionStore()
        store.create()
        return UserSession.objects.create(
            user=self.me.user, session_key=store.session_key, ip="127.0.0.1", user_agent="Test"
        ).pk


def text_file() -> Any:
    return examine(io.BytesIO(b"Present: three.\n"), "minutes.txt", EVERYTHING)


def people_file() -> Any:
    return examine(io.BytesIO(b"Staff number,Name\nS77,Dev Patel\n"), "people.csv", SPREADSHEETS)


OWN = {"theme_code": "LEAD", "title": "Ours", "text": "Ours", "force": "should", "review_interval_months": 12}
REPORT = {"theme_code": "", "as_at": TODAY, "marking": "official", "with_evidence": True}
DESCRIBED = evidence.Description(title="Minutes", note="Three present.", effective_from=date(2026, 1, 1))
PROVIDER = {
    "version": 0, "issuer": "https://id.example.org", "client_id": "portal", "client_secret": "not told",
    "claim": "sub", "enforces_second_factor": False,
}  # fmt: skip
EXPORT = {"purpose": "Training day", "format": "csv", "filters": {}, "search": ""}
COUNCIL = {
    "version": 1, "name": "Severnshire Council", "sectors": ["LA"], "nation": "england",
    "is_specified_authority": True, "open_unscanned_files": True,
}  # fmt: skip


@dataclass(frozen=True)
class Action:
    """One action. ``lay`` makes what must stand before and gives the arguments.

    ``roles`` may do it; None where the caller's own action has asked. ``of_somebody``: it is about a row, which another
    organisation's people do not reach. ``own``: only the person it is about. ``hides``: some roles do not see the row.
    Done twice at once, ``wins`` of the two go through, and leave ``events`` of this verb.
    """

    do: Callable[..., Any]
    verb: str
    roles: frozenset[str] | None
    lay: Callable[[Ground], dict[str, Any]]
    of_somebody: bool = True
    own: bool = False
    hides: bool = False
    wins: int = 1
    events: int = 1

    @property
    def role(self) -> str:
        return min(self.roles or LEAD)


def of_nobody(do: Any, verb: str, roles: frozenset[str] | None, lay: Any, **more: Any) -> Action:
    return Action(do, verb, roles, lay, of_somebody=False, **more)


BOTH: dict[str, Any] = {"wins": 2, "events": 2}
BOTH_ONCE: dict[str, Any] = {"wins": 2, "events": 1}
ACTIONS: dict[str, Action] = {
    # ---- The duty
    "compliance.answer": of_nobody(
        compliance.answer, "answer.given", LEAD,
        lambda ground: {"requirement_id": ground.requirement(), "version": 0, "status": "met"},
    ),
    "compliance.assure": Action(
        compliance.assure, "answer.assured", frozenset({"assurer"}),
        lambda ground: {
            "requirement_id": ground.answered().requirement_id, "version": 1, "status": "met", "assured_on": TODAY,
        },
    ),
    "compliance.link_evidence": Action(
        compliance.link_evidence, "answer.evidence_linked", LEAD,
        lambda ground: {
            "requirement_id": ground.requirement(), "evidence_id": evidence_made.note(ground.lead).pk,
        },
    ),
    "compliance.unlink_evidence": Action(
        compliance.unlink_evidence, "answer.evidence_unlinked", LEAD, lambda ground: {"use_id": ground.linked()}
    ),
    "compliance.share_contribution": of_nobody(
        compliance.share_contribution, "contribution.shared", SHARERS,
        lambda ground: {
            "requirement_id": ground.benchmark().pk, "partnership_id": ground.partnership(), "version": 1,
            "comment": "Our part",
        },
        **BOTH,
    ),
    "compliance.take_back_contribution": Action(
        compliance.take_back_contribution, "contribution.taken_back", SHARERS,
        lambda ground: {"contribution_id": ground.shared()},
    ),
    "compliance.add_requirement": of_nobody(
        compliance.add_requirement, "requirement.added", LEAD, lambda ground: {"code": "OWN-1", **OWN}
    ),
    "compliance.change_requirement": Action(
        compliance.change_requirement, "requirement.changed", LEAD,
        lambda ground: {"requirement_id": ground.own_requirement(), "version": 1, **OWN, "title": "Ours, better"},
    ),
    "compliance.withdraw_requirement": Action(
        compliance.withdraw_requirement, "requirement.withdrawn", LEAD,
        lambda ground: {"requirement_id": ground.own_requirement()},
    ),
    "compliance.change_settings": of_nobody(
        compliance.change_settings, "compliance.settings_changed", LEAD,
        lambda ground: {"version": 1, "stale_after_months": 6, "expiry_warning_days": 30, "highest_score": 5},
    ),
    "compliance.request_report": of_nobody(
        compliance.request_report, "report.requested", REPORTERS, lambda ground: dict(REPORT), **BOTH
    ),
    "compliance.store_report": Action(
        compliance.store_report, "report.made", REPORTERS,
        lambda ground: {"report_id": ground.report().pk, "pdf": b"%PDF-2.0", "pages": 1}, **BOTH_ONCE,
    ),
    # ---- Evidence and files
    "evidence.add": of_nobody(
        evidence.add, "evidence.added", LEAD, lambda ground: {"kind": "note", "description": DESCRIBED}, **BOTH
    ),
    "evidence.revise": Action(
        evidence.revise, "evidence.revised", LEAD,
        lambda ground: {"evidence_id": evidence_made.note(ground.lead).pk, "version": 1, "description": DESCRIBED},
    ),
    "evidence.withdraw": Action(
        evidence.withdraw, "evidence.withdrawn", LEAD,
        lambda ground: {"evidence_id": evidence_made.note(ground.lead).pk, "version": 1, "reason": "Replaced"},
    ),
    "files.receive": of_nobody(
        files.receive, "file.received", None,
        lambda ground: {"examined": text_file(), "purpose": "evidence.item"}, **BOTH,
    ),
    "files.keep_made": of_nobody(
        files.keep_made, "file.made", None,
        lambda ground: {
            "content": b"%PDF-2.0", "file_type": FileType.PDF, "name": "report.pdf", "purpose": "compliance.report",
        }, **BOTH,
    ),
    "files.open_file": Action(
        files.open_file, "file.opened", READERS, lambda ground: {"stored_file_id": ground.file()}, **BOTH
    ),
    "files.withdraw": Action(
        files.withdraw, "file.withdrawn", None, lambda ground: {"stored_file_id": ground.file()}
    ),
    # ---- Notices
    "notifications.notify": of_nobody(
        notifications.notify, "notice.given", None,
        lambda ground: {
            "membership_id": ground.me.membership_id, "kind": "compliance.owns_requirement",
            "target": ground.answered(),
        }, **BOTH_ONCE,
    ),
    "notifications.mark_read": Action(
        notifications.mark_read, "notice.read", EVERYBODY, lambda ground: {"notice_id": ground.notice()},
        own=True, **BOTH_ONCE,
    ),
    "notifications.mark_all_read": of_nobody(
        notifications.mark_all_read, "notice.all_read", EVERYBODY, lambda ground: (ground.notice(), {})[1],
        own=True, **BOTH_ONCE,
    ),
    "notifications.prefer": of_nobody(
        notifications.prefer, "notice.preferences_set", EVERYBODY,
        lambda ground: {"deliveries": {"compliance": "daily"}}, own=True, **BOTH,
    ),
    # ---- People
    "organisations.add_person": of_nobody(
        organisations.add_person, "person.added", ADMIN,
        lambda ground: {"person": organisations.Person(name="Ann", staff_number="A1", starts_on=TODAY)},
    ),
    "organisations.change_person": Action(
        organisations.change_person, "person.changed", ADMIN,
        lambda ground: {
            "membership_id": ground.newcomer().pk, "version": 1,
            "person": organisations.Person(name="Ann", starts_on=TODAY),
        },
    ),
    "organisations.end_person": Action(
        organisations.end_person, "person.ended", ADMIN,
        lambda ground: {"membership_id": ground.newcomer().pk, "last_day": TODAY},
    ),
    "organisations.reinstate_person": Action(
        organisations.reinstate_person, "person.reinstated", ADMIN, lambda ground: {"membership_id": ended(ground)}
    ),
    "organisations.grant_role": Action(
        organisations.grant_role, "role.granted", ADMIN,
        lambda ground: {
            "membership_id": ground.newcomer().pk, "role": "assurer", "starts_on": TODAY, "ends_on": None,
            "reason": "New in post",
        },
    ),
    "organisations.end_role": Action(
        organisations.end_role, "role.ended", ADMIN,
        lambda ground: {
            "grant_id": made.role_grant(ground.admin, ground.newcomer(), "assurer").pk, "last_day": None,
            "reason": "Left the post",
        },
    ),
    "organisations.invite": Action(
        organisations.invite, "invitation.sent", ADMIN,
        lambda ground: {"membership_id": ground.newcomer().pk, "site": SITE}, **BOTH,
    ),
    "organisations.send": Action(
        organisations.send_invitation, "invitation.mailed", ADMIN,
        lambda ground: {"invitation_id": ground.invitation()}, **BOTH_ONCE,
    ),
    "organisations.withdraw_invitation": Action(
        organisations.withdraw_invitation, "invitation.withdrawn", ADMIN,
        lambda ground: {"invitation_id": ground.invitation()},
    ),
    "organisations.start_password_reset": Action(
        organisations.start_password_reset, "password_reset.started", ADMIN,
        lambda ground: {"membership_id": ground.somebody().pk, "site": SITE}, **BOTH,
    ),
    "organisations.request_factor_reset": Action(
        organisations.request_factor_reset, "factor_reset.requested", ADMIN,
        lambda ground: {"membership_id": ground.somebody().pk, "site": SITE},
    ),
    "organisations.approve_factor_reset": Action(
        organisations.approve_factor_reset, "factor_reset.approved", ADMIN, lambda ground: ground.factor_reset()
    ),
    # ---- The organisation
    "organisations.change_settings": of_nobody(
        organisations.change_settings, "organisation.settings_changed", ADMIN, lambda ground: dict(COUNCIL)
    ),
    "organisations.add_team": of_nobody(
        organisations.add_team, "team.added", ADMIN, lambda ground: {"name": "Libraries", "part_of_id": None}
    ),
    "organisations.change_team": Action(
        organisations.change_team, "team.changed", ADMIN,
        lambda ground: {
            "team_id": made.team(ground.admin, "Libraries").pk, "version": 1, "name": "Museums", "part_of_id": None,
        },
    ),
    "organisations.remove_team": Action(
        organisations.remove_team, "team.removed", ADMIN,
        lambda ground: {"team_id": made.team(ground.admin, "Libraries").pk},
    ),
    "organisations.save_identity_provider": of_nobody(
        organisations.save_identity_provider, "identity_provider.changed", ADMIN, lambda ground: dict(PROVIDER)
    ),
    "organisations.test_identity_provider": of_nobody(
        organisations.test_identity_provider, "identity_provider.tested", ADMIN,
        lambda ground: ground.provider() | {"read": str}, **BOTH,
    ),
    "organisations.enable_identity_provider": of_nobody(
        organisations.enable_identity_provider, "identity_provider.enabled", ADMIN,
        lambda ground: ground.provider(tested=True),
    ),
    "organisations.disable_identity_provider": of_nobody(
        organisations.disable_identity_provider, "identity_provider.disabled", ADMIN,
        lambda ground: ground.provider(tested=True, enabled=True),
    ),
    # ---- Files of people
    "organisations.upload_people": of_nobody(
        organisations.upload_people, "people_import.uploaded", ADMIN, lambda ground: {"examined": people_file()}, **BOTH
    ),
    "organisations.choose_columns": Action(
        organisations.choose_columns, "people_import.columns_chosen", ADMIN,
        lambda ground: {"import_id": ground.people_file(), "chosen": ground.columns()},
    ),
    "organisations.check_import": Action(
        organisations.check_import, "people_import.checked", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen")}, **BOTH,
    ),
    "organisations.confirm_import": Action(
        organisations.confirm_import, "people_import.confirmed", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked"), "leave_out_refused": False},
    ),
    "organisations.apply_import": Action(
        organisations.apply_import, "people_import.applied", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked", "confirmed")}, **BOTH_ONCE,
    ),
    "organisations.take_back_confirmation": Action(
        organisations.take_back_confirmation, "people_import.confirmation_taken_back", ADMIN,
        lambda ground: {"import_id": ground.people_file("chosen", "checked", "confirmed")}, **BOTH_ONCE,
    ),
    "organisations.abandon_import": Action(
        organisations.abandon_import, "people_import.abandoned", ADMIN,
        lambda ground: {"import_id": ground.people_file()},
    ),
    "organisations.request_people_export": of_nobody(
        organisations.request_people_export, "people_export.requested", PEOPLE, lambda ground: dict(EXPORT), **BOTH
    ),
    "organisations.make_people_export": Action(
        organisations.make_people_export, "people_export.made", PEOPLE,
        lambda ground: {"export_id": ground.export()}, own=True, **BOTH_ONCE,
    ),
    "organisations.open_people_export": Action(
        organisations.open_people_export, "people_export.opened", PEOPLE,
        lambda ground: {"export_id": ground.export(is_made=True)}, own=True, **BOTH,
    ),
    # ---- Sign-in, where the caller has asked whether the person may
    "accounts.create_user": of_nobody(
        accounts.create_user, "user.created", None, lambda ground: {"email": "new@example.org", "name": "New"}
    ),
    "accounts.start_password_reset": of_nobody(
        accounts.start_password_reset, "password_reset.started", None,
        lambda ground: {"user_id": ground.somebody().user_id, "site": SITE}, **BOTH,
    ),
    "accounts.disable_user": of_nobody(
        accounts.disable_user, "user.disabled", None, lambda ground: {"user_id": ground.somebody().user_id}, **BOTH
    ),
    "accounts.enable_user": of_nobody(
        accounts.enable_user, "user.enabled", None, lambda ground: {"user_id": ground.somebody().user_id}, **BOTH
    ),
    "accounts.request_factor_reset": of_nobody(
        accounts.request_factor_reset, "factor_reset.requested", None,
        lambda ground: {"user_id": ground.somebody().user_id, "site": SITE},
    ),
    "accounts.approve_factor_reset": Action(
        accounts.approve_factor_reset, "factor_reset.approved", None,
        lambda ground: {"reset_id": ground.factor_reset()["reset_id"], "site": SITE},
    ),
    "accounts.withdraw_factor_reset": Action(
        accounts.withdraw_factor_reset, "factor_reset.withdrawn", None,
        lambda ground: {"reset_id": ground.factor_reset()["reset_id"]},
    ),
    "accounts.end_other_sessions": of_nobody(
        accounts.end_other_sessions, "sessions.ended", None,
        lambda ground: {"user_id": ground.me.user_id, "because": "role_changed"}, **BOTH,
    ),
    "accounts.end_session": of_nobody(
        accounts.end_session, "sessions.ended", None,
        lambda ground: {"user_id": ground.me.user_id, "session_id": ground.session()}, **BOTH_ONCE,
    ),
    "accounts.change_password": of_nobody(
        accounts.change_password, "password.changed", None,
        lambda ground: {"user": ground.me.user, "password": "three odd words", "site": SITE, "how": "changed"}, **BOTH,
    ),
    "accounts.change_preferences": of_nobody(
        accounts.change_preferences, "preferences.changed", None,
        lambda ground: {"user_id": ground.me.user_id, "name": "Another", "language": "cy"}, **BOTH_ONCE,
    ),
    # ---- Jobs
    "jobs.queue": of_nobody(
        job_actions.queue, "job.requested", REPORTERS,
        lambda ground: {"name": "compliance.make_report", "ids": {"report_id": 1}}, **BOTH,
    ),
    "jobs.cancel": Action(
        job_actions.cancel, "job.cancel_requested", REPORTERS, lambda ground: {"job_id": ground.report().job_id},
        own=True,
    ),
}  # fmt: skip

ELSEWHERE = {
    "accounts.add_app": "tests/foundation/accounts/test_factors.py: it needs a code that an app has shown",
    "accounts.add_passkey": "tests/foundation/accounts/test_factors.py: it needs what a browser has signed",
    "accounts.remove_factor": "tests/foundation/accounts/test_factors.py: it needs two of them",
    "accounts.renew_recovery_codes": "tests/foundation/accounts/test_factors.py: it needs one of them",
    "compliance.make_again": "tests/compliance/test_reports.py: it needs a report that was cancelled",
    "jobs.done": "tests/foundation/jobs/test_attempts.py: a worker does it, who holds a lease",
    "jobs.fence": "tests/foundation/jobs/test_attempts.py: a worker does it, who holds a lease",
    "jobs.retry": "tests/foundation/jobs/test_requests.py: it needs a job that failed",
    "actionplans.add_note": "a part of other actions",
    "actionplans.requirements": "only reads",
    "actionplans.tell": "a part of other actions",
    "actionplans.begin_next_plan": "tests/actionplans/test_yearly.py",
    "actionplans.leave_out_reported": "tests/actionplans/test_sharing.py",
    "actionplans.place_reported": "tests/actionplans/test_sharing.py",
    "actionplans.report_action": "tests/actionplans/test_sharing.py",
    "actionplans.take_back_action": "tests/actionplans/test_sharing.py",
    "organisations.end_sessions": "a part of other actions",
    "organisations.may_open_export_file": "only answers a question",
    "risk.authors": "only reads",
    "risk.check_register": "tests/risk/test_register_imports.py",
    "risk.choose_columns": "tests/risk/test_register_imports.py",
    "risk.choose_headings": "tests/risk/test_register_imports.py",
    "risk.clamp": "a part of other actions",
    "risk.confirm_register": "tests/risk/test_register_imports.py",
    "risk.import_register": "tests/risk/test_register_imports.py",
    "risk.lock": "a part of other actions",
    "risk.put_aside": "tests/risk/test_register_imports.py",
    "risk.share_risk": "tests/risk/test_sharing.py",
    "risk.take_back_import": "tests/risk/test_register_imports.py",
    "risk.take_back_risk": "tests/risk/test_sharing.py",
    "risk.upload_register": "tests/risk/test_register_imports.py",
    "risk.raise_for_edition": "a part of other actions",
    "risk.raise_for_threat_level": "a part of other actions; tests/risk/test_threat_loading.py",
}


def ended(ground: Ground) -> int:
    newcomer = ground.newcomer()
    with acting_as(ground.admin) as by:
        organisations.end_person(membership_id=newcomer.pk, last_day=TODAY, by=by, now=NOW)
    return newcomer.pk


assert jobs  # registers the kinds of jobs that actions ask for
