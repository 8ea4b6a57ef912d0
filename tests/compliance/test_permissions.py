"""Every write asks again who may do it: the action refuses, whatever page or job it was called from."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

from compliance import actions, permissions
from compliance.models import AnswerEvidence, ComplianceReport, Requirement
from foundation.core.acting import Acting, acting_as
from foundation.core.permissions import allowed
from foundation.jobs import actions as job_actions
from foundation.jobs.workflow import Failure
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.compliance import give_answer
from tests.factories.evidence import note


@dataclass(frozen=True)
class Ground:
    """What stands before somebody tries: an answer with evidence, a requirement of their own, a failed report."""

    asked: Requirement
    own: Requirement
    use: AnswerEvidence
    spare_evidence_id: int
    report: ComplianceReport


@pytest.fixture
def ground(lead: Acting, requirement: Callable[[str], Requirement]) -> Ground:
    asked = requirement("LA-05")
    give_answer(lead, asked)
    linked, spare = note(lead), note(lead, "Spare")
    with acting_as(lead):
        use = actions.link_evidence(requirement_id=asked.pk, evidence_id=linked.pk, by=lead, now=NOW)
        own = actions.add_requirement(**requirement_of_our_own("OUR-1"), by=lead, now=NOW)
        report = actions.request_report(**any_report(), by=lead, now=NOW)
    claimed = job_actions.claim(job_id=report.job_id, organisation_id=lead.organisation_id, now=NOW)
    job_actions.failed(claimed, code=Failure.UNEXPECTED, now=NOW)
    return Ground(asked, own, use, spare.pk, report)


def requirement_of_our_own(code: str) -> dict:
    return {
        "code": code,
        "theme_code": "LEAD",
        "title": "Ours",
        "text": "Ours",
        "force": "should",
        "review_interval_months": 12,
    }


def reworded() -> dict:
    content = requirement_of_our_own("")
    del content["code"]
    return content | {"version": 1, "text": "Reworded"}


def any_report() -> dict:
    return {"theme_code": "", "as_at": NOW.date(), "marking": "official", "with_evidence": False}


def rating() -> dict:
    return {"version": 1, "status": "met", "comment": "Seen.", "assured_on": NOW.date()}


Write = Callable[[Ground, Acting], object]
WRITES: dict[str, tuple[str, Write]] = {
    "answer": ("compliance.assess", lambda on, by: give_answer(by, on.asked, version=1)),
    "link evidence": (
        "compliance.assess",
        lambda on, by: actions.link_evidence(
            requirement_id=on.asked.pk, evidence_id=on.spare_evidence_id, by=by, now=NOW
        ),
    ),
    "unlink evidence": (
        "compliance.assess",
        lambda on, by: actions.unlink_evidence(use_id=on.use.pk, by=by, now=NOW),
    ),
    "assure": (
        "compliance.assure",
        lambda on, by: actions.assure(requirement_id=on.asked.pk, **rating(), by=by, now=NOW),
    ),
    "add a requirement": (
        "compliance.customise",
        lambda on, by: actions.add_requirement(**requirement_of_our_own("OUR-2"), by=by, now=NOW),
    ),
    "change a requirement": (
        "compliance.customise",
        lambda on, by: actions.change_requirement(requirement_id=on.own.pk, **reworded(), by=by, now=NOW),
    ),
    "withdraw a requirement": (
        "compliance.customise",
        lambda on, by: actions.withdraw_requirement(requirement_id=on.own.pk, by=by, now=NOW),
    ),
    "request a report": (
        "compliance.report",
        lambda on, by: actions.request_report(**any_report(), by=by, now=NOW),
    ),
    "make a report again": (
        "compliance.report",
        lambda on, by: actions.make_again(report_id=on.report.pk, by=by, now=NOW),
    ),
    "keep a report": (
        "compliance.report",
        lambda on, by: actions.store_report(report_id=on.report.pk, pdf=b"%PDF", pages=1, by=by, now=NOW),
    ),
}


def events(lead: Acting) -> int:
    with acting_as(lead):
        return Event.objects.count()


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_refused_to_every_role_without_its_permission_and_leaves_nothing(
    ground: Ground, lead: Acting, acting_for: Callable[..., Acting], write: str
) -> None:
    permission, attempt = WRITES[write]
    others = [acting_for(role) for role in Role if permission not in ROLES[role].permissions]
    before = events(lead)

    for colleague in others:
        with pytest.raises((PermissionDenied, ObjectDoesNotExist)), acting_as(colleague):
            attempt(ground, colleague)

    assert len(others) >= 4
    assert events(lead) == before


@pytest.mark.parametrize("write", [write for write, (permission, _) in WRITES.items() if write != "keep a report"])
def test_the_same_write_stands_for_whoever_has_the_permission(
    ground: Ground, lead: Acting, acting_for: Callable[..., Acting], write: str
) -> None:
    """Otherwise the test above could be refused for another reason."""
    permission, attempt = WRITES[write]
    colleague = acting_for(*[role for role in Role if permission in ROLES[role].permissions])
    before = events(lead)

    with acting_as(colleague):
        attempt(ground, colleague)

    assert events(lead) > before


CHECKS = {
    permissions.check_can_view: "compliance.view",
    permissions.check_can_customise: "compliance.customise",
    permissions.check_can_report: "compliance.report",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_passes_exactly_the_roles_with_its_permission(
    acting_for: Callable[..., Acting], check: Callable[[Acting], None], role: Role
) -> None:
    """A job or a queryset behind it may refuse too; the check must not rely on them."""
    assert allowed(check, acting_for(role)) == (CHECKS[check] in ROLES[role].permissions)


def test_another_organisations_own_requirement_cannot_be_answered_even_by_who_got_hold_of_it(
    ground: Ground, other_organisation
) -> None:
    stranger = acting_of(make_membership(other_organisation, Role.PREVENT_LEAD))

    with pytest.raises(PermissionDenied, match="This requirement belongs to another organisation"):
        permissions.check_can_answer(stranger, ground.own)

    permissions.check_can_answer(stranger, ground.asked)  # the library's is everybody's
