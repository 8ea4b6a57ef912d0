"""What the lists of reported actions show, line by line, and that their first page is no other than any other way."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from actionplans import actions, gathering
from actionplans.models import ReportedAction
from foundation.core.acting import acting_as
from foundation.organisations.roles import ROLES, Role
from tests.actionplans.sharing.ground import lead_of
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import actionplans as factories
from tests.factories.partnerships import join, partnership

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today_is_now():
    with time_machine.travel(NOW, tick=True):
        yield


def words_of(html):
    """What people read of it."""
    return " ".join(strip_tags(html.replace("<", " <")).split())


def told(page):
    return [words_of(line["html"]) for line in page.context["lines"]]


# ---- What a member reports
def test_each_line_says_when_it_is_due_how_it_is_reported_and_what_may_be_decided(owner, board, row, client_for):
    reworded, taken_back, _never = (
        factories.action(owner, row.plan, title=title) for title in ("Posters", "Halls", "Speakers")
    )
    factories.report(owner, board, row, comment="For you")
    factories.report(owner, board, reworded, comment="")
    with acting_as(owner):
        actions.change_action(
            action_id=reworded.pk, version=reworded.version, plan_id=row.plan_id, objective_id=None,
            description=factories.described(owner, title="Banners"), supporter_ids=(), by=owner, now=NOW,
        )  # fmt: skip
    factories.take_back(owner, factories.report(owner, board, taken_back), now=NOW + timedelta(days=1))

    page = client_for(owner).get("/action-plans/reporting/")

    due = "Not started due 31 December 2026"
    assert told(page) == [
        f"A1 Brief all hirers {due} Reported Since 23 November 2026 For you Report anew A1 Take back A1",
        f"A2 Banners {due} Reported, but reworded since Since 23 November 2026 Report anew A2 Take back A2",
        f"A3 Halls {due} Taken back 24 November 2026 Report A3",
        f"A4 Speakers {due} Not reported Report A4",
    ]


def test_what_people_typed_is_text_and_never_markup(owner, board, chair, client_for):
    row = factories.active(owner, title="<b>Brief</b>")
    factories.place(chair, factories.report(owner, board, row, comment="<i>For</i> you"), factories.plan(chair))
    ours, theirs = client_for(owner), client_for(chair)
    with acting_as(chair):
        [plan] = {each.plan for each in gathering.with_places(chair) for each in [each.place]}

    pages = [
        client.get(address).content.decode()
        for client, address in (
            (ours, "/action-plans/reporting/"),
            (theirs, "/action-plans/gathered/?place=all"),
            (theirs, plan.get_absolute_url()),
        )
    ]

    assert all("A1 &lt;b&gt;Brief&lt;/b&gt;" in page and "<b>Brief" not in page for page in pages)
    assert "&lt;i&gt;For&lt;/i&gt; you" in pages[0]


def test_the_first_page_of_what_may_be_reported_is_that_of_the_whole_list(owner, board, row, client_for):
    elsewhere, other = partnership("West Board"), lead_of(make_organisation("Brindle Valley District Council"))
    join(elsewhere, owner.organisation)
    join(board, other.organisation)
    factories.report(other, board, factories.active(other, title="Theirs"))
    factories.report(owner, elsewhere, factories.action(owner, row.plan, title="Posters"), comment="West only")
    client = client_for(owner)

    first = client.get("/action-plans/reporting/")
    sorted_alike = client.get("/action-plans/reporting/?sort=action").context["page"]

    found = first.context["page"]
    assert [row["code"] for row in found.items] == ["A1", "A2"]
    assert (found.items, found.total) == (sorted_alike.items, sorted_alike.total)
    assert "West only" not in first.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_only_who_reads_plans_opens_the_lists(owner, board, row, client_for, role):
    factories.report(owner, board, row)

    found = [
        client_for(acting_of(make_membership(place, role))).get(address).status_code
        for place, address in ((owner.organisation, "/action-plans/reporting/"), (board, "/action-plans/gathered/"))
    ]

    assert found == [200, 200] if "plan.view" in ROLES[role].permissions else [403, 403]


@pytest.mark.parametrize("role", list(Role))
def test_what_an_organisation_reports_itself_is_what_its_readers_may_see(committed, owner, board, chair, row, role):
    factories.take_back(owner, factories.report(owner, board, row))
    factories.report(owner, board, row)
    reader = acting_of(make_membership(owner.organisation, role))

    with acting_as(reader):
        ours = ReportedAction.objects.given_by(reader).count()
    with acting_as(chair):
        theirs = ReportedAction.objects.given_by(chair).count()

    assert ours == (2 if "plan.view" in ROLES[role].permissions else 0)
    assert theirs == 0


# ---- What a partnership gathers
def test_each_line_of_what_members_report_says_how_it_stands_and_where(owner, board, chair, plan, client_for):
    late = factories.active(owner, title="Late", starts_on=date(2026, 10, 1), due_on=date(2026, 11, 1))
    with acting_as(owner):
        actions.report_progress(action_id=late.pk, note="Slow", by=owner, now=NOW)
        late.refresh_from_db()
        late = actions.rate(action_id=late.pk, version=late.version, rag="red", reason="Late", by=owner, now=NOW)
    coming = factories.active(owner, title="Coming", starts_on=date(2026, 12, 1), due_on=date(2027, 1, 31))
    factories.place(chair, factories.report(owner, board, late), plan)
    factories.report(owner, board, coming)

    page = client_for(chair).get("/action-plans/gathered/?place=all")

    assert [words_of(line["html"]) for line in page.context["lines"]] == [
        "A1 Late Ashmere District Council 1 November 2026 In progress Overdue Off track Partnership plan",
        "A2 Coming Ashmere District Council 31 January 2027 Not started –",
    ]


def test_a_plan_says_of_a_gathered_action_whose_it_is_and_how_it_stands(owner, board, chair, plan, client_for):
    late = factories.active(owner, title="Late", starts_on=date(2026, 10, 1), due_on=date(2026, 11, 1))
    factories.place(chair, factories.report(owner, board, late), plan)

    page = client_for(chair).get(plan.get_absolute_url())

    [shown] = [marked for _shelf, lines, *_lists in page.context["groups"] for marked in lines]
    assert words_of(shown.row) == (
        "A1 Late Ashmere District Council · due 1 November 2026 · reported by this member"
        " Not started Overdue Should have started"
    )
    with acting_as(chair):
        assert ReportedAction.objects.gathered_by(chair).get().get_absolute_url() in shown.row
