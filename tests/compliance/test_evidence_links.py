from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from compliance import actions, queries
from compliance.models import Answer, AnswerEvidence
from compliance.readiness import Flag
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.evidence import actions as evidence
from foundation.evidence.models import EvidenceItem
from foundation.evidence.uses import uses_of
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.compliance import give_answer
from tests.factories.evidence import note

TODAY = NOW.date()


def link(by, requirement, item, *, now=NOW):
    with acting_as(by):
        return actions.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=by, now=now)


def line(by, code, on=TODAY):
    with acting_as(by):
        return queries.register(by, on).line(code)


def test_met_with_evidence_in_date_is_ready(lead, requirement):
    give_answer(lead, requirement("LA-05"))
    link(lead, requirement("LA-05"), note(lead))

    assert line(lead, "LA-05").is_ready is True


def test_evidence_may_be_linked_before_there_is_an_answer(lead, requirement):
    link(lead, requirement("LA-05"), note(lead))

    assert [item.title for item in line(lead, "LA-05").evidence] == ["Minutes of the board"]
    assert give_answer(lead, requirement("LA-05")).version == 1


def test_one_piece_of_evidence_stands_behind_several_requirements(lead, requirement):
    item = note(lead)
    link(lead, requirement("LA-05"), item)
    link(lead, requirement("LA-06"), item)

    with acting_as(lead):
        assert [use.label for use in uses_of(lead, item)] == [str(requirement("LA-05")), str(requirement("LA-06"))]


def test_the_same_evidence_is_linked_once(lead, requirement):
    item = note(lead)
    link(lead, requirement("LA-05"), item)

    with pytest.raises(RuleBroken, match="already linked"):
        link(lead, requirement("LA-05"), item)


def test_expired_evidence_makes_the_requirement_not_ready_from_the_day_after(lead, requirement):
    give_answer(lead, requirement("LA-05"), now=NOW - timedelta(days=30))
    link(lead, requirement("LA-05"), note(lead, expires_on=date(2026, 11, 20)), now=NOW - timedelta(days=30))

    assert line(lead, "LA-05", date(2026, 11, 20)).is_ready is False  # the note itself was added today
    later = line(lead, "LA-05")
    assert (later.is_ready, later.flags[0], later.state_text) == (
        False,
        Flag.EVIDENCE_EXPIRED,
        "Not ready: evidence expired",
    )


def test_a_later_expiry_does_not_change_how_an_earlier_day_looked(lead, requirement):
    early = NOW - timedelta(days=100)
    item = note(lead, expires_on=date(2026, 10, 1), now=early)
    give_answer(lead, requirement("LA-05"), now=early)
    link(lead, requirement("LA-05"), item, now=early)
    with acting_as(lead):
        evidence.revise(
            evidence_id=item.pk,
            version=1,
            description=evidence.Description(
                title="Renamed", note="n", effective_from=date(2026, 1, 1), expires_on=date(2027, 10, 1)
            ),
            by=lead,
            now=NOW,
        )

    then, today = line(lead, "LA-05", date(2026, 10, 2)), line(lead, "LA-05")
    assert (then.evidence[0].title, then.is_ready) == ("Minutes of the board", False)
    assert (today.evidence[0].title, today.is_ready) == ("Renamed", True)


def test_withdrawn_evidence_no_longer_supports(lead, requirement):
    item = note(lead)
    link(lead, requirement("LA-05"), item)
    with acting_as(lead):
        evidence.withdraw(evidence_id=item.pk, version=1, reason="Wrong file", by=lead, now=NOW)

    assert line(lead, "LA-05").evidence == ()


def test_unlinked_evidence_stays_in_the_register_of_earlier_days(lead, requirement):
    early = NOW - timedelta(days=10)
    use = link(lead, requirement("LA-05"), note(lead, now=early), now=early)
    with acting_as(lead):
        actions.unlink_evidence(use_id=use.pk, by=lead, now=NOW)

    assert len(line(lead, "LA-05", TODAY - timedelta(days=5)).evidence) == 1
    assert line(lead, "LA-05").evidence == ()


def test_unlinking_twice_is_refused(lead, requirement):
    use = link(lead, requirement("LA-05"), note(lead))
    with acting_as(lead):
        actions.unlink_evidence(use_id=use.pk, by=lead, now=NOW)

        with pytest.raises(RuleBroken, match="already unlinked"):
            actions.unlink_evidence(use_id=use.pk, by=lead, now=NOW)


def test_a_board_member_may_not_link(lead, acting_for, requirement):
    item = note(lead)

    with pytest.raises(PermissionDenied):
        link(acting_for("board_member"), requirement("LA-05"), item)


def test_another_organisations_evidence_cannot_be_linked(lead, other_organisation, requirement):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    theirs = note(stranger)

    with pytest.raises(EvidenceItem.DoesNotExist):
        link(lead, requirement("LA-05"), theirs)


def test_the_database_refuses_a_link_across_organisations(committed, lead, other_organisation, requirement):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    theirs = note(stranger)
    give_answer(lead, requirement("LA-05"))

    with pytest.raises(IntegrityError, match="same_org"), acting_as(lead):
        AnswerEvidence.objects.create(
            organisation=lead.organisation,
            answer=Answer.objects.get(),
            evidence_id=theirs.pk,
            linked_at=NOW,
            linked_by=lead.membership,
        )
