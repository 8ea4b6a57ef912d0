"""Who sees what of a contribution: partnership, member, other member and outsider; shared, unshared and taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import contributions
from compliance.contributions import Seen, Sharing
from compliance.models import Answer, AnswerEvidence, Contribution
from foundation.core.acting import acting_as
from foundation.ledger import acting_system
from foundation.organisations.models import PartnershipMember
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import give_answer
from tests.factories.partnerships import join, partnership, share, take_back

TODAY = NOW.date()
KEPT_BACK = "quokka-in-the-answer"


def lead_of(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def member(board):
    made = make_organisation("Ashmere District Council")
    join(board, made)
    return made


@pytest.fixture
def other_member(board):
    made = make_organisation("Brindle Valley District Council")
    join(board, made)
    return made


@pytest.fixture
def viewers(board, member, other_member):
    """A Prevent lead of each kind of organisation."""
    other_board = partnership("Elsewhere Prevent Partnership")
    return {
        "partnership": lead_of(board),
        "member": lead_of(member),
        "other member": lead_of(other_member),
        "outsider": lead_of(make_organisation("Elsewhere County Council")),
        "other partnership": lead_of(other_board),
    }


def seen_by(acting) -> dict[str, int]:
    """How many rows of the member this person reaches: through the door, and past it."""
    with acting_as(acting):
        return {
            "through the door": Contribution.objects.visible_to(acting).count(),
            "in the table": Contribution.objects.count(),
        }


OPEN = {"through the door": 1, "in the table": 1}
NOTHING = {"through the door": 0, "in the table": 0}
MATRIX = {
    "unshared": {
        "partnership": NOTHING, "member": NOTHING, "other member": NOTHING, "outsider": NOTHING,
        "other partnership": NOTHING,
    },
    "shared": {
        "partnership": OPEN, "member": OPEN, "other member": NOTHING, "outsider": NOTHING, "other partnership": NOTHING,
    },
    "taken back": {
        "partnership": NOTHING, "member": OPEN, "other member": NOTHING, "outsider": NOTHING,
        "other partnership": NOTHING,
    },
}  # fmt: skip


@pytest.mark.parametrize("state", list(MATRIX))
def test_who_sees_a_contribution(committed, library, board, viewers, requirement, state):
    give_answer(viewers["member"], requirement("B6"), comment=KEPT_BACK)
    if state != "unshared":
        shared = share(viewers["member"], board, requirement("B6"))
        if state == "taken back":
            take_back(viewers["member"], shared)

    assert {who: seen_by(acting) for who, acting in viewers.items()} == MATRIX[state]


@pytest.mark.parametrize("state", list(MATRIX))
def test_the_answer_itself_is_never_opened_to_anybody_else(committed, library, board, viewers, requirement, state):
    give_answer(viewers["member"], requirement("B6"), comment=KEPT_BACK)
    if state != "unshared":
        shared = share(viewers["member"], board, requirement("B6"))
        if state == "taken back":
            take_back(viewers["member"], shared)

    for who, acting in viewers.items():
        with acting_as(acting):
            found = [model.objects.count() for model in (Answer, AnswerEvidence)]
        assert (who, found) == (who, [1, 0] if who == "member" else [0, 0])


def test_a_member_that_left_the_partnership_shares_nothing_any_more(committed, library, board, requirement):
    leaver = make_organisation("Thornwick Borough Council")
    join(board, leaver, starts_on=TODAY - timedelta(days=400))
    lead = lead_of(leaver)
    give_answer(lead, requirement("B6"))
    share(lead, board, requirement("B6"))
    chair = lead_of(board)

    with acting_system("provision"):
        PartnershipMember.objects.update(ends_on=TODAY - timedelta(days=10))

    assert seen_by(chair) == NOTHING


def test_the_partnership_sees_state_comment_and_dates_of_what_is_shared_and_no_more_of_the_rest(
    library, board, member, other_member, requirement
):
    lead, silent, chair = lead_of(member), lead_of(other_member), lead_of(board)
    give_answer(lead, requirement("B6"), status="partly_met", comment=KEPT_BACK)
    give_answer(silent, requirement("B6"), status="met", comment=KEPT_BACK)
    share(lead, board, requirement("B6"), comment="93 per cent", now=NOW + timedelta(days=1))

    with acting_as(chair):
        found = contributions.gathered(chair, TODAY, "B6")

    assert [(cell.member.name, cell.seen, str(cell.tag[0]), cell.comment, cell.as_at) for cell in found.cells] == [
        ("Ashmere District Council", Seen.SHARED, "Partly met", "93 per cent", NOW),
        ("Brindle Valley District Council", Seen.NOT_SHARED, "Not shared", "", None),
    ]
    assert [each.name for each in found.silent] == ["Brindle Valley District Council"]


def test_a_member_that_has_no_answer_and_one_that_keeps_it_back_look_the_same(
    library, board, member, other_member, requirement
):
    keeping, chair = lead_of(member), lead_of(board)
    give_answer(keeping, requirement("B6"), status="met")

    with acting_as(chair):
        first, second = contributions.gathered(chair, TODAY, "B6").cells

    assert (first.seen, first.tag, first.comment, first.as_at, first.shared_at) == (
        second.seen,
        second.tag,
        second.comment,
        second.as_at,
        second.shared_at,
    )


def test_members_that_are_not_asked_the_benchmarks_stand_apart(library, board, member):
    police = make_organisation("Constabulary", sectors=["POL"])
    scottish = make_organisation("Council in Scotland", nation="scotland")
    join(board, police, scottish)
    chair = lead_of(board)

    with acting_as(chair):
        found = contributions.gathered(chair, TODAY)

    assert [each.name for each in found.members] == ["Ashmere District Council"]
    assert [each.name for each in found.others] == ["Constabulary", "Council in Scotland"]
    assert (len(found.benchmarks), found.total) == (8, 8)


@pytest.mark.parametrize("members", [1, 9])
def test_gathering_costs_three_queries_however_many_members_there_are(
    library, board, requirement, members, django_assert_num_queries
):
    for number in range(members):
        council = make_organisation(f"Council {number}")
        join(board, council)
        lead = lead_of(council)
        give_answer(lead, requirement("B6"))
        share(lead, board, requirement("B6"))
    chair = lead_of(board)

    with acting_as(chair), django_assert_num_queries(3):
        found = contributions.gathered(chair, TODAY)
        assert len(found.rows) == members
        assert found.shared_total == members


@pytest.mark.parametrize("members", [1, 9])
def test_the_page_costs_the_same_queries_however_many_members_there_are(
    library, board, requirement, members, client_for
):
    for number in range(members):
        council = make_organisation(f"Council {number}")
        join(board, council)
        lead = lead_of(council)
        give_answer(lead, requirement("B6"))
        share(lead, board, requirement("B6"))
    browser = client_for(lead_of(board))
    browser.get("/compliance/contributions/")

    with CaptureQueriesContext(connection) as captured:
        browser.get("/compliance/contributions/")

    assert len(captured) == 11  # four of them are the savepoint and context of the test around it


def test_a_member_sees_where_it_stands_with_each_benchmark(library, board, member, requirement):
    lead = lead_of(member)
    later = NOW + timedelta(days=1)
    for code in ("B1", "B2", "B3", "B4"):
        give_answer(lead, requirement(code), status="met")
    share(lead, board, requirement("B1"))
    share(lead, board, requirement("B2"))
    give_answer(lead, requirement("B2"), status="partly_met", now=later)
    take_back(lead, share(lead, board, requirement("B3")))

    with acting_as(lead):
        states = {own.requirement.code: own.state for own in contributions.own(lead, TODAY)}

    assert states == {
        "B1": Sharing.SHARED,
        "B2": Sharing.CHANGED,
        "B3": Sharing.TAKEN_BACK,
        "B4": Sharing.NOT_SHARED,
        **{f"B{number}": Sharing.NOT_ANSWERED for number in range(5, 9)},
    }


def test_an_organisation_in_no_partnership_has_nothing_to_share(library, lead):
    with acting_as(lead):
        assert contributions.own(lead, TODAY) == []


def test_cells_are_narrowed_by_member_benchmark_state_and_words(library, board, member, other_member, requirement):
    lead, chair = lead_of(member), lead_of(board)
    give_answer(lead, requirement("B6"))
    share(lead, board, requirement("B6"), comment="Licensing is covered")

    with acting_as(chair):
        cells = contributions.gathered(chair, TODAY).cells

    def names(**asked):
        return {(cell.member.slug, cell.requirement.code) for cell in contributions.narrowed(cells, **asked)}

    assert names(seen="shared") == {("ashmere-district-council", "B6")}
    assert names(words="licensing") == {("ashmere-district-council", "B6")}
    assert names(code="B6", seen="not_shared") == {("brindle-valley-district-council", "B6")}
    assert len(names(member="brindle-valley-district-council")) == 8
