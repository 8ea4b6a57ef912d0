"""What stands before an action is done: an organisation, its people and what they made; and the shape of the table."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.sessions.backends.db import SessionStore

from compliance import actions as compliance
from compliance.models import Answer, Requirement
from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.evidence import actions as evidence
from foundation.files.examination import EVERYTHING, SPREADSHEETS, examine
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
PEOPLE = frozenset({"prevent_lead", "senior_approver", "organisation_admin", "training_manager"})


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
    organisation's people do not reach. ``own``: only the person it is about. ``hidden``: who may not see the row does
    not find it. Done twice at once, ``wins`` of the two go through, and leave ``events`` of this verb.
    """

    do: Callable[..., Any]
    verb: str
    roles: frozenset[str] | None
    lay: Callable[[Ground], dict[str, Any]]
    of_somebody: bool = True
    own: bool = False
    hidden: bool = False
    wins: int = 1
    events: int = 1

    @property
    def role(self) -> str:
        return min(self.roles or LEAD)


def of_nobody(do: Any, verb: str, roles: frozenset[str] | None, lay: Any, **more: Any) -> Action:
    return Action(do, verb, roles, lay, of_somebody=False, **more)


BOTH: dict[str, Any] = {"wins": 2, "events": 2}
BOTH_ONCE: dict[str, Any] = {"wins": 2, "events": 1}


def ended(ground: Ground) -> int:
    newcomer = ground.newcomer()
    with acting_as(ground.admin) as by:
        organisations.end_person(membership_id=newcomer.pk, last_day=TODAY, by=by, now=NOW)
    return newcomer.pk


assert jobs  # registers the kinds of jobs that actions ask for
