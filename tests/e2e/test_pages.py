"""Every page, as its people see it and with something on it: accessible, and narrow enough for a small phone."""

from datetime import UTC, date, datetime

import pytest

from compliance.models import Requirement
from foundation.core.access import all_routes, declared_on
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from risk import actions as risk
from tests.conftest import NOW
from tests.e2e.axe import assert_accessible
from tests.factories import asked as due
from tests.factories import certificates, compliance, evidence, organisations, own_courses, profiles
from tests.factories import risk as risks
from tests.factories.training import question
from training.content import Check, Video
from training.content import Page as CoursePage

# Not pages: files, probes, what a script asks for, and steps that need one before them.
NOT_PAGES = {"/livez", "/readyz", "/stay/", "/accounts/second-factor/app/"}
OPEN_TO_ALL = [
    "/accounts/sign-in/",
    "/accounts/password/forgotten/",
    "/accounts/signed-out/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/training/verify/",
    "/nothing-here/",
]


def pages() -> list[str]:
    """The addresses without a variable part that show a page to somebody who is signed in."""
    routes = [route for route, pattern in all_routes() if declared_on(pattern.callback)]
    fixed = [route for route in routes if not {"<", "("} & set(route) and route not in NOT_PAGES]
    return [route for route in fixed if not route.endswith(("options/", "export/", ".svg", "read/", "start/"))]


def risk_pages(lead):
    """The pages of a scored assessment and of one in words, with a risk, a control, a comment and a movement."""
    row = risks.assessment(lead)
    entry = risks.score(lead, risks.score(lead, risks.risk(lead, row)), residual=(2, 3), reason="Tested")
    with acting_as(lead):
        control = risk.add_control(entry_id=entry.pk, version=3, text="Filter", strength="weak", by=lead, now=NOW)
        risk.comment(assessment_id=row.pk, entry_id=entry.pk, text="Seen", by=lead, now=NOW)
    written = risks.assessment(lead, "In words", template="prompts", period_from=date(2025, 1, 1))
    other = risks.risk(lead, written)
    whole, one = row.get_absolute_url(), f"{row.get_absolute_url()}risks/{entry.risk.reference}/"
    return [
        *(f"{whole}{page}" for page in ("", "matrix/", "compare/", "review/", "change/", "add/", "send/")),
        f"{whole}compare/?with={written.reference}",
        *(f"{one}{page}" for page in ("", "describe/", "score/", "response/", "history/", "take-out/")),
        *(f"{one}controls/{page}" for page in ("add/", f"{control.pk}/")),
        *(f"{entry.risk.get_absolute_url()}{page}" for page in ("", "close/")),
        *(f"{written.get_absolute_url()}risks/{other.risk.reference}/{page}" for page in ("", "prompts/")),
    ]


def course_pages(lead):
    """The pages on which somebody writes a course of their organisation, and those of its published version."""
    film = CoursePage("film", "A film", video=Video("https://video.example/1", "They talk.", "Two minutes"))
    check = CoursePage("check", "Check", check=Check(1))
    told = CoursePage("told", "A story", "Once.", question("told"))
    row = own_courses.with_picture(lead, own_courses.written(lead, film, told, check))
    own_courses.published(lead, row)
    whole, part = row.get_absolute_url(), own_courses.part_of(row)
    return [
        *(f"{whole}{page}" for page in ("", "about/", "publish/", "parts/add/", "questions/q-1/change/")),
        *(f"{whole}parts/{part}/{page}" for page in ("change/", "remove/", "questions/add/")),
        *(f"{whole}parts/{part}/pages/{kind}/" for kind in ("text", "video", "scenario", "check", "final")),
        *(f"{whole}pages/{page}/change/" for page in ("welcome", "film", "told", "final-check")),
        *(f"{whole}pages/welcome/{page}" for page in ("remove/", "pictures/add/", "pictures/1/change/")),
        *(f"{whole}preview/{page}/" for page in ("welcome", "film", "told", "final-check")),
        f"{whole}versions/1/welcome/",
        f"{whole}versions/1/final-check/",
    ]


@pytest.fixture
def busy(committed, acting_for, organisation):
    """A lead and an administrator of a council with answers, evidence, teams and people."""
    lead = acting_for(Role.PREVENT_LEAD)
    admin = acting_for(Role.ORGANISATION_ADMIN)
    with acting_as(lead):
        asked = list(Requirement.objects.filter(organisation=None, code__startswith="LA").order_by("code")[:6])
    for requirement, status in zip(asked, ["met", "partly_met", "not_met", "exceeded", "met", "met"], strict=True):
        compliance.give_answer(
            lead,
            requirement,
            status=status,
            comment="The board sees figures twice a year.\nThe next review is in March.",
            owner_id=lead.membership_id,
            next_review_on=date(2026, 10, 1),  # past today
            now=datetime(2026, 3, 4, 14, 5, tzinfo=UTC),
        )
    item = evidence.note(lead)
    organisations.team(admin, "Adult services")
    person = organisations.person(admin, name="Morwenna Llewellyn-Featherstonehaugh-Smythe", email="m@example.org")
    risk = profiles.risk(lead, owner_id=lead.membership_id)
    advice = profiles.linked(lead, profiles.recommendation(lead), risk)
    edition = profiles.edition(lead, title="Local profile 2027", reassess="all")
    [task] = profiles.tasks(lead, risk)
    details = [
        edition.get_absolute_url(),
        f"{edition.get_absolute_url()}change/",
        f"{edition.get_absolute_url()}briefings/add/",
        f"{edition.get_absolute_url()}recommendations/add/",
        advice.get_absolute_url(),
        f"{advice.get_absolute_url()}respond/",
        f"{advice.get_absolute_url()}risks/",
        task.get_absolute_url(),
        "/compliance/requirements/?group=theme",
        "/compliance/requirements/?group=framework",
        f"/compliance/requirements/{asked[0].code}/",
        f"/compliance/requirements/{asked[0].code}/answer/",
        f"/compliance/requirements/{asked[0].code}/history/",
        f"/compliance/requirements/{asked[0].code}/evidence/",
        f"/evidence/{item.reference}/",
        f"/evidence/{item.reference}/change/",
        f"/evidence/{item.reference}/history/",
        f"/organisations/people/{person.reference}/",
        f"/organisations/people/{person.reference}/change/",
        f"/organisations/people/{person.reference}/roles/give/",
    ]
    details += risk_pages(lead) + course_pages(lead)
    details += [certificates.made(lead).get_absolute_url(), certificates.issued(lead).get_absolute_url()]
    return {Role.PREVENT_LEAD: lead, Role.ORGANISATION_ADMIN: admin, "details": details}


@pytest.mark.parametrize("role", [Role.PREVENT_LEAD, Role.ORGANISATION_ADMIN])
def test_every_page_is_accessible_on_a_desk_and_on_a_small_phone(busy, page_for, role):
    page = page_for(busy[role])
    wrong, seen = [], 0

    for address in pages() + busy["details"]:
        answer = page.request.get(address)
        if answer.status in (403, 404, 405) or "html" not in answer.headers.get("content-type", ""):
            continue
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        seen += 1
        try:
            assert answer.status == 200, f"{address} answered {answer.status}"
            assert page.locator("h1").count() == 1, f"{address} has {page.locator('h1').count()} main headings"
            assert_accessible(page)
            page.set_viewport_size({"width": 320, "height": 640})
            assert_accessible(page)
        except AssertionError as error:
            wrong.append(str(error))

    assert seen > 15
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.PREVENT_LEAD, Role.ORGANISATION_ADMIN}])
def test_the_start_page_of_every_other_role_is_accessible_too(acting_for, page_for, role):
    somebody = acting_for(role)
    manager = somebody if role == Role.TRAINING_MANAGER else acting_for(Role.TRAINING_MANAGER)
    due.require(manager)
    due.work_out(manager)
    page = page_for(somebody)

    page.goto("/")

    assert_accessible(page)


def test_every_page_for_somebody_signed_out_is_accessible(committed, page):
    wrong = []

    for address in OPEN_TO_ALL:
        page.goto(address)
        try:
            assert_accessible(page)
        except AssertionError as error:
            wrong.append(str(error))

    assert not wrong, "\n".join(wrong)
