"""The pages of the risk room: happy paths, refusals, conflicts and lists that do not grow in queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from risk import actions
from risk.models import Assessment, Comment, Control, Entry, Risk, Settings
from risk.workflow import Status
from tests.conftest import NOW
from tests.factories import risk as factories

LATER = NOW + timedelta(days=1)
PAGES = ("", "matrix/", "compare/", "review/")


@pytest.fixture
def browser(lead, client_for):
    return client_for(lead)


def of(entry, page=""):
    return f"/risk/assessments/{entry.assessment.reference}/risks/{entry.risk.reference}/{page}"


def period(first=(1, 1, 2027), last=(31, 12, 2027)):
    return {f"period_from_{n}": first[n] for n in range(3)} | {f"period_to_{n}": last[n] for n in range(3)}


def empty_day(name):
    return {f"{name}_{n}": "" for n in range(3)}


def test_an_assessment_is_begun_with_starter_risks(browser, lead):
    typed = {"title": "Risk 2027", "template": "scored", "marking": "official", "starters": ["online", "tension"]}

    response = browser.post("/risk/assessments/new/", typed | period(), follow=True)

    with acting_as(lead):
        row = Assessment.objects.visible_to(lead).get()
    assert response.redirect_chain == [(f"/risk/assessments/{row.reference}/", 302)]
    page = response.content.decode()
    assert "People are drawn in online" in page
    assert "Tension rises after an event elsewhere" in page


def test_starter_risks_are_those_of_the_sector(browser):
    page = browser.get("/risk/assessments/new/").content.decode()

    assert "Out-of-school settings are not known to us" in page
    assert "A student society is used to recruit" not in page


@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_an_assessment_opens_for_those_who_may_read_and_shows_its_marking(
    client_for, acting_for, approved, page
):
    response = client_for(acting_for(Role.INSPECTOR)).get(f"/risk/assessments/{approved.reference}/{page}")

    content = response.content.decode()
    assert response.status_code == 200
    assert "OFFICIAL-SENSITIVE" in content
    assert "Add a risk" not in content


def test_the_overview_shows_the_approved_register_and_what_needs_attention(browser, approved):
    page = browser.get("/risk/").content.decode()

    assert "approved on 23 November 2026 by Approver" in page
    assert "Drawn in online" in page
    assert "Nobody owns this risk" in page
    assert "no control says why" in page


def test_a_risk_closed_after_the_approval_stays_in_what_was_approved_and_says_since_when(
    browser, lead, approved, entry
):
    register = approved.get_absolute_url()
    before = [browser.get("/risk/").context["figures"], browser.get(f"{register}matrix/").context["cells"]]

    with acting_as(lead):
        actions.close_risk(risk_id=entry.risk_id, version=1, reason="No longer there", by=lead, now=LATER)

    overview, matrix = browser.get("/risk/"), browser.get(f"{register}matrix/")
    assert [overview.context["figures"], matrix.context["cells"]] == before
    assert "Closed since the approval" in overview.content.decode()
    assert "Closed since 24 November 2026" in browser.get(of(entry)).content.decode()
    assert "Closed since 24 November 2026" in browser.get(register).content.decode()
    assert "Drawn in online (closed since 24 November 2026)" in matrix.content.decode()
    assert "Nobody owns this risk" not in overview.content.decode()


def test_a_risk_closed_while_the_assessment_was_written_does_not_count_in_it(browser, lead, approver, draft, entry):
    gone = factories.risk(lead, draft, "Gone")
    with acting_as(lead):
        actions.close_risk(risk_id=gone.risk_id, version=1, reason="No longer there", by=lead, now=NOW)
    written = browser.get(f"/risk/assessments/{draft.reference}/matrix/").content.decode()
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)

    overview = browser.get("/risk/").content.decode()

    assert "Gone" not in written
    assert "Gone" not in overview
    assert "Closed since the approval" not in overview


def test_an_empty_room_says_what_to_do(browser, client_for, acting_for):
    assert "/risk/assessments/new/" in browser.get("/risk/").content.decode()
    reader = client_for(acting_for(Role.BOARD_MEMBER)).get("/risk/").content.decode()

    assert "A Prevent or safeguarding lead begins it here." in reader
    assert "/risk/assessments/new/" not in reader


def test_a_finding_links_to_the_page_that_puts_it_right(browser, entry):
    page = browser.get(of(entry)).content.decode()

    assert f'href="{of(entry, "controls/add/")}"' in page
    assert f'href="{of(entry, "response/")}"' in page


def scores(**changes):
    names = [f"{kind}_{side}" for kind in ("inherent", "residual", "target") for side in ("likelihood", "impact")]
    return dict.fromkeys(names, "") | empty_day("target_on") | {"version": 2, "reason": ""} | changes


def test_a_score_is_saved_and_its_movement_shown(browser, entry):
    typed = scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=2, residual_impact=2, reason="Tested")

    page = browser.post(of(entry, "score/"), typed, follow=True).content.decode()

    assert "4: Unlikely, Moderate" in page
    assert "The current score over time" in page
    assert "Tested" in page


def test_half_a_score_is_an_error_on_the_half_that_is_missing(browser, lead, entry):
    response = browser.post(
        of(entry, "score/"), scores(inherent_likelihood=4, residual_likelihood="", residual_impact=3)
    )

    assert response.status_code == 200
    assert response.content.decode().count("Select both likelihood and impact, or neither") == 4
    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().version == 2


def test_a_score_that_falls_without_a_reason_says_so_and_keeps_what_was_typed(browser, entry):
    typed = scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=1, residual_impact=1)

    page = browser.post(of(entry, "score/"), typed).content.decode()

    assert "Say why the score falls." in page


def test_two_who_score_get_the_page_that_shows_both(browser, lead, entry):
    factories.score(lead, entry, residual=(4, 3))

    response = browser.post(
        of(entry, "score/"), scores(inherent_likelihood=4, inherent_impact=4, residual_likelihood=3, residual_impact=4)
    )

    assert response.status_code == 409
    assert "Somebody saved first" in response.content.decode()


def test_a_risk_is_described_answered_to_and_controlled_on_its_pages(browser, lead, approver, entry):
    browser.post(
        of(entry, "describe/"),
        {
            "version": 2,
            "title": "Drawn in on gaming sites",
            "theme": "online",
            "ideologies": ["islamist"],
            "source": "incident",
            "marking": "official",
        },
    )
    browser.post(
        of(entry, "response/"),
        {
            "version": 3,
            "response": "tolerate",
            "tolerated_by_id": approver.membership_id,
            "tolerated_until_0": 1,
            "tolerated_until_1": 2,
            "tolerated_until_2": 2027,
            "owner_id": lead.membership_id,
            "review_every_months": 6,
        }
        | empty_day("next_review_on"),
    )
    browser.post(of(entry, "controls/add/"), {"version": 4, "text": "Filter", "strength": "strong"})
    browser.post(of(entry, "reviewed/"), {"version": 5})

    with acting_as(lead):
        row = Entry.objects.visible_to(lead).get()
        assert (row.title, row.source, row.response, row.owner_id) == (
            "Drawn in on gaming sites",
            "incident",
            "tolerate",
            lead.membership_id,
        )
        assert (row.tolerated_until, row.version) == (date(2027, 2, 1), 6)
        assert Control.objects.visible_to(lead).get().text == "Filter"
    history = browser.get(of(entry, "history/")).content.decode()
    assert "<del>Drawn in online</del>" in history.replace("\n", "")
    assert "Filter (Effective)" in history


def test_a_form_without_scores_has_no_scores_anywhere(browser, lead):
    row = factories.assessment(lead, template="prompts")
    entry = factories.risk(lead, row)

    register, page = browser.get(row.get_absolute_url()).content.decode(), browser.get(of(entry)).content.decode()

    assert "Inherent" not in register + page
    assert "/matrix/" not in register
    response = browser.post(
        of(entry, "prompts/"),
        {"version": 1, "management": "Lessons"} | empty_day("target_on") | empty_day("next_review_on"),
        follow=True,
    )
    assert "Lessons" in response.content.decode()


def test_the_way_to_approval_on_its_pages(browser, client_for, lead, approver, draft, entry):
    browser.post(f"/risk/assessments/{draft.reference}/send/", {"version": 1, "approver_id": approver.membership_id})
    senior = client_for(approver)
    assert "waits for your approval" in senior.get("/risk/").content.decode()
    senior.post(f"/risk/assessments/{draft.reference}/comment/", {"text": "Well argued"})

    with acting_as(lead):
        version = Assessment.objects.visible_to(lead).get().version
        assert Comment.objects.visible_to(lead).get().text == "Well argued"
    senior.post(f"/risk/assessments/{draft.reference}/approve/", {"version": version, "note": "Agreed"})

    with acting_as(lead):
        row = Assessment.objects.visible_to(lead).get()
        assert (row.status, row.approval_note) == (Status.APPROVED, "Agreed")
    page = browser.get(of(entry, "score/"), follow=True)
    assert page.redirect_chain == [(of(entry), 302)]
    assert "This assessment is kept as it is" in page.content.decode()


def test_an_approved_assessment_is_copied_forward_and_compared(browser, lead, approved, entry):
    response = browser.post(
        f"/risk/assessments/{approved.reference}/copy/", {"title": "Risk 2027"} | period(), follow=True
    )
    assert "Copied into a new draft" in response.content.decode()
    with acting_as(lead):
        copy = Assessment.objects.visible_to(lead).get(status=Status.DRAFT)
        moved = Entry.objects.visible_to(lead).get(assessment=copy)
    factories.score(lead, moved, residual=(4, 4))
    factories.risk(lead, copy, "Brand new")

    page = browser.get(f"/risk/assessments/{copy.reference}/compare/").content.decode()

    assert "Score raised: 1" in page
    assert "New: 1" in page
    assert "Raised by 7" in page
    matrix = browser.get(f"/risk/assessments/{copy.reference}/matrix/").content.decode()
    assert "<polygon" in matrix
    assert f"/risk/assessments/{copy.reference}/?cell=4x4" in matrix


def test_two_versions_stand_older_first_from_either_side_and_without_a_choice(browser, lead, approved, entry):
    with acting_as(lead):
        copy = actions.copy_forward(
            assessment_id=approved.pk,
            title="The year after",
            period_from=date(2027, 4, 1),
            period_to=date(2028, 3, 31),
            by=lead,
            now=NOW,
        )

    pages = [browser.get(f"/risk/assessments/{each.reference}/compare/").content.decode() for each in (approved, copy)]

    for page in pages:
        head = page.partition("<thead")[2].partition("</thead>")[0]
        assert head.index(approved.title) < head.index("The year after")


def test_closing_and_reopening_a_risk_on_its_page(browser, lead, entry):
    url = f"/risk/risks/{entry.risk.reference}/"

    page = browser.post(f"{url}close/", {"version": 1, "reason": "No longer there"}, follow=True).content.decode()

    assert "No longer there" in page
    browser.post(f"{url}reopen/", {"version": 2, "reason": "Seen again"})
    with acting_as(lead):
        assert Risk.objects.visible_to(lead).get().closed_at is None


def settings_typed(**changes):
    return {
        "version": 0,
        "likelihood": "Rare\nPossible\nLikely",
        "impact": "Minor\nModerate\nMajor",
        "bands": "2 Low\n4 Medium\n9 High",
        "marking": "official",
        "review_every_months": 6,
        "confirmed": "",
    } | changes


def test_a_matrix_that_shrinks_shows_what_it_would_change_and_waits_for_a_yes(browser, lead, entry):
    shown = browser.post("/risk/settings/", settings_typed())

    page = shown.content.decode()
    assert "Scores that would change" in page
    assert "Inherent: 4 × 4 becomes 3 × 3" in page
    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().score("inherent") == 16
        assert Settings.objects.visible_to(lead).count() == 0
    key = page.split('name="confirmed" value="')[1].split('"')[0]

    browser.post("/risk/settings/", settings_typed(confirmed=key))

    with acting_as(lead):
        row = Entry.objects.visible_to(lead).get()
        assert (row.score("inherent"), row.score("residual"), row.version) == (9, 9, 3)
        assert Assessment.objects.visible_to(lead).get().scale.highest == 9


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("bands", "Low", "Write each band as a number and a name"),
        ("bands", "4 Low\n2 High", "The bands must rise, and the last must end at the highest score, 9"),
        ("impact", "One\nTwo", "Enter from 3 to 6 steps of impact"),
        ("likelihood", "Same\nSame\nOther", "Give each step of likelihood a name of its own"),
    ],
)
def test_what_is_no_matrix_is_refused_on_its_field(browser, lead, field, value, says):
    page = browser.post("/risk/settings/", settings_typed(**{field: value})).content.decode()

    assert says in page
    with acting_as(lead):
        assert Settings.objects.visible_to(lead).count() == 0


FILTERS = [
    ("theme=premises", {"Speaker"}),
    ("owner=none", {"Speaker", "Drawn in online"}),
    ("place=library", {"Speaker"}),
    ("source=incident", {"Speaker"}),
    ("ideology=islamist", {"Speaker"}),
    ("band=1", {"Drawn in online"}),
    ("cell=3x3", {"Drawn in online"}),
    ("sort=title", {"Speaker", "Drawn in online"}),
]


@pytest.mark.parametrize(("asked", "found"), FILTERS)
def test_the_register_is_narrowed_and_the_file_holds_the_same(browser, lead, draft, entry, asked, found):
    factories.risk(
        lead, draft, "Speaker", theme="premises", places="Central library", source="incident", ideologies=["islamist"]
    )

    page = browser.get(f"/risk/assessments/{draft.reference}/?{asked}").content.decode()
    file = b"".join(browser.get(f"/risk/assessments/{draft.reference}/?{asked}&export=csv")).decode()

    assert {title for title in ("Speaker", "Drawn in online") if f">{title}</a>" in page} == found
    assert {title for title in ("Speaker", "Drawn in online") if title in file} == found


def test_the_register_is_searched(browser, lead, draft, entry):
    factories.risk(lead, draft, "Speaker")

    page = browser.post(f"/risk/assessments/{draft.reference}/", {"search": "speak"}, follow=True).content.decode()

    assert ">Speaker</a>" in page
    assert ">Drawn in online</a>" not in page


def queries_of(browser, address):
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", [*PAGES, "?export=csv"])
def test_no_page_of_an_assessment_asks_more_when_there_are_more_risks(browser, lead, draft, entry, page):
    address = f"/risk/assessments/{draft.reference}/{page}"
    before = queries_of(browser, address)
    for number in range(5):
        more = factories.score(lead, factories.risk(lead, draft, f"Risk {number}"))
        with acting_as(lead):
            actions.add_control(entry_id=more.pk, version=2, text="Filter", strength="weak", by=lead, now=NOW)
            actions.comment(assessment_id=draft.pk, entry_id=more.pk, text="Seen", by=lead, now=NOW)

    assert queries_of(browser, address) == before


@pytest.mark.parametrize("address", ["/risk/", "/risk/assessments/"])
def test_the_first_pages_ask_no_more_when_there_is_more(browser, lead, draft, entry, address):
    before = queries_of(browser, address)
    for number in range(3):
        row = factories.assessment(lead, f"Another {number}", period_from=date(2025, 1, 1))
        factories.risk(lead, row)
        factories.risk(lead, draft, f"Risk {number}")

    assert queries_of(browser, address) == before


def test_the_page_of_a_risk_asks_no_more_when_its_history_grows(browser, lead, draft, entry):
    before = queries_of(browser, of(entry)), queries_of(browser, entry.risk.get_absolute_url())
    for step in range(4):
        factories.score(lead, entry, residual=(1 + step % 3, 2), reason="Moved")
        with acting_as(lead):
            actions.comment(assessment_id=draft.pk, entry_id=entry.pk, text="Seen", by=lead, now=NOW)

    assert (queries_of(browser, of(entry)), queries_of(browser, entry.risk.get_absolute_url())) == before
