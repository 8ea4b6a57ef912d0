"""Letting a partnership read a risk, and taking it back; and who sees what of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger import acting_system
from foundation.ledger.models import Event
from foundation.organisations import queries as organisations
from foundation.organisations.models import PartnershipMember
from foundation.organisations.roles import ROLES, Role
from risk import actions, sharing
from risk.models import Assessment, Control, Entry, Risk, SharedRisk
from risk.scoring import Band, Matrix
from risk.sharing import Sharing
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories
from tests.factories.partnerships import join, partnership

LATER = NOW + timedelta(days=3)
TODAY = NOW.date()
STEPS = ("Low", "Medium", "High")
THREE = Matrix(STEPS, STEPS, (Band(3, "Low", "green"), Band(9, "High", "red")))


def lead_of(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


def own_of(acting):
    """All that it may share or shares, for each of its partnerships."""
    return sharing.own(acting, organisations.belongs_to(acting, TODAY), Q())


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def member(board):
    made = make_organisation("Ashmere District Council")
    join(board, made)
    return made


@pytest.fixture
def owner(member):
    """The Prevent lead of the member."""
    return lead_of(member)


@pytest.fixture
def entry(owner):
    """R1 of the approved assessment: current 9 of 25."""
    [found] = factories.approved(owner, description="All that we know, also what is ours alone.")
    return found


def anew(owner, *, now=LATER):
    """The next assessment, approved by somebody else."""
    approver = acting_of(make_membership(owner.organisation, "senior_approver"))
    with acting_as(owner):
        before = Assessment.objects.get(status="approved")
        row = actions.copy_forward(
            assessment_id=before.pk, title="Next", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31), by=owner,
            now=now,
        )  # fmt: skip
    factories.send(owner, row, approver, now=now)
    factories.approve(approver, row, now=now)
    with acting_as(owner):
        return Entry.objects.visible_to(owner).get(assessment=row)


# ---- What is shared
def test_a_risk_is_shared_as_the_approved_assessment_has_it_with_an_event(owner, board, entry):
    shared = factories.share(owner, board, entry, comment=" Young people. ", now=LATER)

    with acting_as(owner):
        event = Event.objects.get(verb="shared_risk.shared")
    assert (shared.title, shared.theme, shared.comment) == ("Drawn in online", "online", "Young people.")
    assert (shared.likelihood, shared.impact, shared.score, shared.scale.highest) == (3, 3, 9, 25)
    assert (shared.band, shared.band_colour) == (shared.scale.band(9).label, shared.scale.band(9).colour)
    assert (shared.response, shared.marking, shared.assessed_at) == ("treat", "official_sensitive", NOW)
    assert (shared.shared_at, shared.shared_by_id, shared.ended_at) == (LATER, owner.membership_id, None)
    assert event.facts == '{"code":"R1","partnership":"severnshire-prevent-partnership","renewed":false}'


def test_what_was_shared_stays_as_it_was_when_the_next_assessment_is_approved(owner, board, entry):
    shared = factories.share(owner, board, entry)

    anew(owner)

    with acting_as(owner):
        shared.refresh_from_db()
        [own] = own_of(owner)
    assert (shared.assessed_at, shared.entry_id, shared.ended_at) == (NOW, entry.pk, None)
    assert own.state == Sharing.CHANGED


def test_sharing_anew_ends_what_was_shared_before(owner, board, entry):
    first = factories.share(owner, board, entry)
    following = anew(owner)

    second = factories.share(owner, board, following, now=LATER)

    with acting_as(owner):
        first.refresh_from_db()
        [own] = own_of(owner)
    assert (first.ended_at, first.ended_by_id, first.ended_how) == (LATER, owner.membership_id, "renewed")
    assert (second.assessed_at, own.state) == (LATER, Sharing.SHARED)


def test_taking_back_ends_the_sharing_and_keeps_our_record_of_it(owner, board, entry):
    shared = factories.share(owner, board, entry)

    factories.take_back(owner, shared, now=LATER)

    with acting_as(owner):
        shared.refresh_from_db()
        event = Event.objects.get(verb="shared_risk.taken_back")
        [own] = own_of(owner)
    assert (shared.ended_at, shared.ended_by_id, shared.ended_how) == (LATER, owner.membership_id, "taken_back")
    assert event.facts == '{"code":"R1","partnership":"severnshire-prevent-partnership"}'
    assert own.state == Sharing.TAKEN_BACK


def test_a_risk_that_was_closed_since_can_still_be_taken_back(owner, board, entry):
    shared = factories.share(owner, board, entry)
    with acting_as(owner):
        version = Risk.objects.get().version
        actions.close_risk(risk_id=entry.risk_id, version=version, reason="Gone", by=owner, now=LATER)
        [own] = own_of(owner)

    assert (own.state, own.can_be_shared) == (Sharing.CLOSED, False)
    with pytest.raises(RuleBroken, match="This risk is closed"):
        factories.share(owner, board, entry)
    assert factories.take_back(owner, shared).ended_how == "taken_back"


# ---- Refusals
@pytest.mark.parametrize("role", [role for role in Role if "risk.share" not in ROLES[role].permissions])
def test_a_role_that_may_not_share_neither_shares_nor_takes_back(owner, member, board, entry, role):
    shared = factories.share(owner, board, entry)
    colleague = acting_of(make_membership(member, role))

    with pytest.raises(PermissionDenied, match="does not include sharing risks"):
        factories.share(colleague, board, entry)
    with pytest.raises(PermissionDenied, match="does not include sharing risks"):
        factories.take_back(colleague, shared)

    with acting_as(owner):
        assert SharedRisk.objects.filter(ended_at=None).count() == 1


def test_a_senior_approver_may_share_and_take_back(member, board, entry):
    approver = acting_of(make_membership(member, "senior_approver"))

    assert factories.take_back(approver, factories.share(approver, board, entry)).ended_how == "taken_back"


def test_what_was_taken_back_cannot_be_taken_back_again_and_can_be_shared_again(owner, board, entry):
    shared = factories.share(owner, board, entry)
    factories.take_back(owner, shared)

    with pytest.raises(RuleBroken, match="not shared any more"):
        factories.take_back(owner, shared)

    assert factories.share(owner, board, entry, now=LATER).ended_at is None


def test_nothing_of_a_draft_is_shared(owner, board):
    draft = factories.risk(owner, factories.assessment(owner))

    with pytest.raises(RuleBroken, match="Only a risk of your approved assessment"):
        factories.share(owner, board, draft)


def test_an_assessment_that_was_approved_meanwhile_is_read_before_it_is_shared(owner, board, entry):
    anew(owner)

    with pytest.raises(StaleVersion):
        factories.share(owner, board, entry)

    with acting_as(owner):
        assert SharedRisk.objects.count() == 0


def test_nothing_is_shared_with_a_partnership_one_does_not_belong_to_or_has_left(owner, member, entry):
    stranger, left = partnership("Elsewhere Prevent Partnership"), partnership("Old Partnership")
    join(left, member, ends_on=TODAY - timedelta(days=1))

    for other in (stranger, left):
        with pytest.raises(RuleBroken, match="not a member of this partnership"):
            factories.share(owner, other, entry)


def test_a_long_comment_is_refused(owner, board, entry):
    with pytest.raises(RuleBroken, match="600 characters or fewer"):
        factories.share(owner, board, entry, comment="x" * 601)


# ---- The database's own wall
def test_the_database_refuses_to_reword_what_is_shared_and_to_share_a_draft(owner, board, entry):
    shared = factories.share(owner, board, entry)
    draft = factories.risk(owner, factories.assessment(owner, "Draft"), "Secret")
    copied = {field.attname: getattr(shared, field.attname) for field in SharedRisk._meta.concrete_fields}

    with acting_as(owner):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            SharedRisk.objects.update(comment="Other")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SharedRisk.objects.create(
                **copied | {"id": None, "reference": "DRAF-TONE", "risk_id": draft.risk_id, "entry_id": draft.pk}
            )
        with pytest.raises(IntegrityError, match="risk_shared_once"), transaction.atomic():
            SharedRisk.objects.create(**copied | {"id": None, "reference": "TWIC-EONE"})


# ---- At once
def test_two_who_share_at_once_leave_one_open(committed, member, board, backup):
    first, second = lead_of(member), lead_of(member)
    [entry] = factories.approved(first)

    at_once(lambda: factories.share(first, board, entry), lambda: factories.share(second, board, entry))

    ended = backup(SharedRisk).values_list("ended_how", flat=True)
    assert sorted(ended) == ["", "renewed"]


def test_of_two_who_take_back_at_once_one_is_told(committed, member, board, backup):
    first, second = lead_of(member), lead_of(member)
    [entry] = factories.approved(first)
    shared = factories.share(first, board, entry)

    results = at_once(lambda: factories.take_back(first, shared), lambda: factories.take_back(second, shared))

    assert [type(each) for each in results if isinstance(each, Exception)] == [RuleBroken]
    assert backup(Event).filter(verb="shared_risk.taken_back").count() == 1


# ---- Who sees it
@pytest.fixture
def viewers(board, owner):
    other = make_organisation("Brindle Valley District Council")
    join(board, other)
    return {
        "partnership": lead_of(board),
        "member": owner,
        "other member": lead_of(other),
        "outsider": lead_of(make_organisation("Elsewhere County Council")),
        "other partnership": lead_of(partnership("Elsewhere Prevent Partnership")),
    }


NOTHING, OPEN = (0, 0), (1, 1)
KEPT = {"partnership": NOTHING, "member": OPEN} | dict.fromkeys(
    ("other member", "outsider", "other partnership"), NOTHING
)
MATRIX = {
    "unshared": KEPT | {"member": NOTHING},
    "shared": KEPT | {"partnership": OPEN},
    "taken back": KEPT,
    "left": KEPT,
}


def reach(state, owner, board, entry):
    if state != "unshared":
        shared = factories.share(owner, board, entry)
        if state == "taken back":
            factories.take_back(owner, shared)
        if state == "left":
            with acting_system("provision"):
                PartnershipMember.objects.filter(member=owner.organisation).update(ends_on=TODAY - timedelta(days=10))


@pytest.mark.parametrize("state", list(MATRIX))
def test_who_sees_a_shared_risk_and_that_nothing_behind_it_opens(committed, board, owner, entry, viewers, state):
    reach(state, owner, board, entry)

    seen = {}
    for who, acting in viewers.items():
        with acting_as(acting):
            seen[who] = (SharedRisk.objects.visible_to(acting).count(), SharedRisk.objects.count())
            behind = [model.objects.count() for model in (Risk, Entry, Assessment, Control)]
        assert (who, behind) == (who, [1, 1, 1, 0] if who == "member" else [0, 0, 0, 0])

    assert seen == MATRIX[state]


@pytest.mark.parametrize("role", list(Role))
def test_in_the_partnership_those_who_read_risks_see_it(committed, board, owner, entry, role):
    factories.share(owner, board, entry)
    acting = acting_of(make_membership(board, role))

    with acting_as(acting):
        count = SharedRisk.objects.gathered_by(acting).count()

    assert count == (1 if "risk.view" in ROLES[role].permissions else 0)


def test_a_member_with_risks_and_one_without_look_the_same_while_they_share_nothing(committed, board, entry, viewers):
    chair = viewers["partnership"]

    with acting_as(chair):
        found = sharing.rolled_up(chair, TODAY)

    assert (found.total, found.by_theme, found.by_member, found.drawn) == (0, [], [], {})
    assert [each.name for each in found.silent] == ["Ashmere District Council", "Brindle Valley District Council"]


# ---- Rolled up
def test_shared_risks_are_rolled_up_by_theme_and_by_member(committed, board, owner, viewers):
    other, chair = viewers["other member"], viewers["partnership"]
    for entry in factories.approved(owner, "Online", "Gaming"):
        factories.share(owner, board, entry)
    [venue] = factories.approved(other, "Halls", theme="partnership")
    factories.share(other, board, venue)

    with acting_as(chair):
        found = sharing.rolled_up(chair, TODAY)

    medium = found.scale.band(9)
    assert [(heap.value, heap.total, heap.members, heap.bands) for heap in found.by_theme] == [
        ("online", 2, 1, [(medium.label, medium.colour, 2)]),
        ("partnership", 1, 1, [(medium.label, medium.colour, 1)]),
    ]
    assert [(heap.label, heap.total) for heap in found.by_member] == [
        ("Ashmere District Council", 2),
        ("Brindle Valley District Council", 1),
    ]
    assert (found.total, found.drawn, found.others, found.silent) == (3, {(3, 3): 3}, 0, [])


def test_scores_of_another_scale_are_not_drawn_beside_the_others(committed, board, owner, viewers):
    other, chair = viewers["other member"], viewers["partnership"]
    for entry in factories.approved(owner, "Online", "Gaming"):
        factories.share(owner, board, entry)
    with acting_as(other):
        actions.change_settings(version=0, matrix=THREE, marking="official", review_every_months=12, by=other, now=NOW)
    [small] = factories.approved(other, "Halls", scores={"inherent": (3, 3)})
    factories.share(other, board, small)

    with acting_as(chair):
        found = sharing.rolled_up(chair, TODAY)

    assert (len(found.scale.impact), found.drawn, found.others) == (5, {(3, 3): 2}, 1)
    assert found.bands == ["High", "Medium"]


# ---- Growth
@pytest.mark.parametrize("count", [1, 7])
def test_the_pages_cost_the_same_queries_however_much_is_shared(committed, board, owner, client_for, count):
    for entry in factories.approved(owner, *(f"Risk {number}" for number in range(count))):
        factories.share(owner, board, entry)
    members, sharing_page = client_for(lead_of(board)), client_for(owner)
    found = []

    for client, address in ((members, "/risk/members/"), (sharing_page, "/risk/sharing/")):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert page.content.decode().count("Risk 0") >= 1
        found.append(len(captured))

    assert found == [9, 9]
