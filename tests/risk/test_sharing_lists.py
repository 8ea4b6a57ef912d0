"""What the lists of shared risks show, line by line, and that their first page is no other than any other way to it."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from foundation.core.acting import acting_as
from foundation.organisations.roles import ROLES, Role
from risk import sharing
from risk.models import SharedRisk
from risk.scoring import Band, Matrix
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories
from tests.factories.partnerships import join, partnership


@pytest.fixture(autouse=True)
def _today_is_now():
    with time_machine.travel(NOW, tick=True):
        yield


def lead_of(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


@pytest.fixture
def board(_database):
    return partnership()


@pytest.fixture
def owner(board):
    member = make_organisation("Ashmere District Council")
    join(board, member)
    return lead_of(member)


@pytest.fixture
def chair(board):
    return lead_of(board)


def words_of(line):
    """What people read of a line of the list."""
    return " ".join(strip_tags(line["html"].replace("<", " <")).split())


def told(page):
    return [words_of(line) for line in page.context["lines"]]


# ---- What a member shares
def test_each_line_says_how_the_risk_was_assessed_how_it_is_shared_and_what_may_be_decided(owner, board, client_for):
    shared, closed, taken_back, _never = factories.approved(owner, "Online", "Gaming", "Halls", "Speakers")
    factories.share(owner, board, shared, comment="For you")
    factories.share(owner, board, closed, comment="")
    factories.close(owner, closed)
    factories.take_back(owner, factories.share(owner, board, taken_back), now=NOW + timedelta(days=1))

    page = client_for(owner).get("/risk/sharing/")

    assessed, said = "Medium 23 November 2026", "As assessed on 23 November 2026, shared on 23 November 2026"
    assert told(page) == [
        f"R1 Online {assessed} Shared {said} For you Share anew R1 Take back R1",
        f"R2 Gaming Closed on 23 November 2026 {assessed} Shared, but closed since {said} Take back R2",
        f"R3 Halls {assessed} Taken back 24 November 2026 Share R3",
        f"R4 Speakers {assessed} Not shared Share R4",
    ]


def test_what_is_not_in_the_approved_assessment_any_more_is_named_as_it_was_shared(owner, board, client_for):
    [entry] = factories.approved(owner, "Online")
    factories.share(owner, board, entry, comment="")
    factories.approved(owner, "Something else")

    page = client_for(owner).get("/risk/sharing/")

    assert told(page)[0].startswith("R1 Online – Shared, but not in your approved assessment any more")


def test_a_long_comment_is_shortened_and_a_short_one_is_not(owner, board, client_for):
    long, short = factories.approved(owner, "Online", "Gaming")
    factories.share(owner, board, long, comment="x" * 161)
    factories.share(owner, board, short, comment="y" * 160)

    first, second = told(client_for(owner).get("/risk/sharing/"))

    assert f" {'x' * 159}… " in first
    assert f" {'y' * 160} " in second


def test_what_people_typed_is_text_and_never_markup(owner, board, chair, client_for):
    [entry] = factories.approved(owner, "<b>Online</b>")
    factories.share(owner, board, entry, comment="<i>For</i> you")

    ours, theirs = client_for(owner).get("/risk/sharing/"), client_for(chair).get("/risk/members/")

    assert "R1 &lt;b&gt;Online&lt;/b&gt;" in ours.content.decode()
    assert "&lt;i&gt;For&lt;/i&gt; you" in ours.content.decode()
    assert "&lt;b&gt;Online&lt;/b&gt;" in theirs.content.decode()
    assert all("<b>Online" not in page.content.decode() for page in (ours, theirs))


def test_the_buttons_belong_to_the_one_form_of_the_page_and_who_may_not_share_has_neither(owner, board, client_for):
    [entry] = factories.approved(owner, "Online")
    factories.share(owner, board, entry)
    reader = client_for(acting_of(make_membership(owner.organisation, "board_member")))

    ours, theirs = (client.get("/risk/sharing/").content.decode() for client in (client_for(owner), reader))

    there = f"/risk/sharing/{board.slug}/{entry.risk.reference}"
    assert '<form id="decisions" method="post">' in ours
    assert f'form="decisions" formaction="{there}/take-back/"' in ours
    assert f'href="{there}/?next=%2Frisk%2Fsharing%2F"' in ours
    assert "decisions" not in theirs
    assert there not in theirs


# ---- The first page
@pytest.fixture
def _others(owner, board):
    """Risks that another member shares with the partnership, and that the owner shares with another one."""
    other, elsewhere = make_organisation("Brindle Valley District Council"), partnership("West Board")
    join(board, other)
    join(elsewhere, owner.organisation)
    theirs = lead_of(other)
    for entry in factories.approved(theirs, "Theirs"):
        factories.share(theirs, board, entry)
    for entry in factories.approved(owner, "Online", "Gaming"):
        factories.share(owner, elsewhere, entry, comment="West only")


@pytest.mark.usefixtures("_others")
def test_the_first_page_of_what_may_be_shared_is_that_of_the_whole_list(owner, board, client_for):
    client = client_for(owner)

    first = client.get("/risk/sharing/").context["page"]
    sorted_alike = client.get("/risk/sharing/?sort=risk").context["page"]

    assert [row["code"] for row in first.items] == ["R1", "R2"]
    assert (first.items, first.total) == (sorted_alike.items, sorted_alike.total)


@pytest.mark.usefixtures("_others")
def test_the_first_page_of_what_members_share_is_that_of_the_whole_list(owner, chair, client_for):
    client = client_for(chair)

    first = client.get("/risk/members/").context["page"]
    sorted_alike = client.get("/risk/members/?sort=title").context["page"]

    assert [row["title"] for row in first.items] == ["Theirs"]
    assert (first.items, first.total) == (sorted_alike.items, sorted_alike.total)


@pytest.mark.parametrize("role", list(Role))
def test_only_who_reads_risks_opens_the_lists(owner, board, client_for, role):
    [entry] = factories.approved(owner, "Online")
    factories.share(owner, board, entry)

    found = [
        client_for(acting_of(make_membership(place, role))).get(address).status_code
        for place, address in ((owner.organisation, "/risk/sharing/"), (board, "/risk/members/"))
    ]

    assert found == [200, 200] if "risk.view" in ROLES[role].permissions else [403, 403]


# ---- Whose it is
@pytest.mark.parametrize("role", list(Role))
def test_what_an_organisation_shares_itself_is_what_its_readers_may_see(committed, owner, board, chair, role):
    [entry] = factories.approved(owner, "Online")
    factories.take_back(owner, factories.share(owner, board, entry))
    factories.share(owner, board, entry)
    reader = acting_of(make_membership(owner.organisation, role))

    with acting_as(reader):
        ours = SharedRisk.objects.given_by(reader).count()
    with acting_as(chair):
        theirs = SharedRisk.objects.given_by(chair).count()

    assert ours == (2 if "risk.view" in ROLES[role].permissions else 0)
    assert theirs == 0


# ---- What a partnership reads
def test_each_line_of_what_members_share_says_all_that_is_shared(owner, board, chair, client_for):
    row = factories.assessment(owner)
    scored = factories.score(owner, factories.risk(owner, row, "Online"), residual=(4, 3))
    bare = factories.risk(owner, row, "Partners", theme="partnership")
    approver = acting_of(make_membership(owner.organisation, "senior_approver"))
    factories.send(owner, row, approver)
    factories.approve(approver, row)
    for entry in (scored, bare):
        factories.share(owner, board, entry, comment="For you")

    page = client_for(chair).get("/risk/members/")
    file = b"".join(client_for(chair).get("/risk/members/?export=csv").streaming_content).decode()

    lines = [
        [strip_tags(line[name]) for name in ("title", "member", "theme", "band", "score", "assessed", "shared")]
        for line in page.context["lines"]
    ]
    theme = "Partnership and information sharing"
    assert lines == [
        ["Online", "Ashmere District Council", "Online harm and own IT", "High", "12 of 25", *["23 November 2026"] * 2],
        ["Partners", "Ashmere District Council", theme, "Not scored", "", *["23 November 2026"] * 2],
    ]
    rest = "2026-11-23,2026-11-23,,Treat: reduce it by actions,For you"
    assert file.splitlines()[-2:] == [
        f"Online,Ashmere District Council,Online harm and own IT,High,12 of 25,{rest}",
        f"Partners,Ashmere District Council,{theme},Not scored,,{rest}",
    ]


def test_scales_of_one_size_are_drawn_together_in_the_words_that_most_are_scored_in():
    steps, bands = ("Low", "Medium", "High"), (Band(3, "Low", "green"), Band(9, "High", "red"))
    few, many = Matrix(steps, steps, bands), Matrix(("Rare", "Even", "Sure"), steps, bands)

    found = sharing._most_alike({few: Counter({(1, 1): 1}), many: Counter({(1, 1): 2, (3, 3): 1})})

    assert found == (many, {(1, 1): 3, (3, 3): 1})
