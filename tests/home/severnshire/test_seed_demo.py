"""What the command says, what it leaves behind it, and that a second run changes nothing."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from compliance.models import AnswerRevision, ComplianceReport
from compliance.workflow import ReportStatus
from foundation.ledger.models import Event
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import sign_in
from tests.home.severnshire.seen import acting_now, rows

UNFINISHED = re.compile(r"[{}]|\bTODO\b|\bnull\b", re.IGNORECASE)


def test_the_command_says_how_far_it_is_and_what_it_made(said):
    assert said.splitlines()[0] == "People of Severnshire County Council."
    assert re.search(r"^Severnshire stands: 16 organisations, 132 people, [\d,]+ deeds, 6 reports", said, re.MULTILINE)


def test_two_reports_are_ready_and_their_files_are_what_they_say():
    reports = list(ComplianceReport.objects.using("backup").with_state().select_related("file__bytes"))

    assert [report.state for report in reports] == [ReportStatus.READY] * 2
    for report in reports:
        with report.file.bytes.open() as content:
            pdf = content.read()
        assert hashlib.sha256(pdf).hexdigest() == report.sha256
        assert pdf.startswith(b"%PDF")


def test_nothing_happened_in_the_future_and_history_is_two_years_long():
    moments = sorted(rows(Event).exclude(verb="system.acted").values_list("at", flat=True))
    answered = sorted(rows(AnswerRevision).values_list("changed_at", flat=True))

    assert moments[-1] <= timezone.now()
    assert answered[-1] - answered[0] > timedelta(days=700)


def test_every_text_is_finished():
    texts = rows(AnswerRevision).values_list("comment", "why_not", "assured_comment")

    assert [text for row in texts for text in row if UNFINISHED.search(text)] == []


def test_nobody_has_a_password():
    from foundation.accounts.models import User

    assert [user.email for user in rows(User) if user.has_usable_password()] == []
    assert [user.email for user in rows(User) if not user.email.endswith(".severnshire.example")] == []


@pytest.mark.parametrize(
    ("role", "sees_the_duty", "manages_people"),
    [
        (Role.PREVENT_LEAD, True, False),
        (Role.SENIOR_APPROVER, True, False),
        (Role.BOARD_MEMBER, True, False),
        (Role.ASSURER, True, False),
        (Role.INSPECTOR, True, False),
        (Role.RECORDS_MANAGER, True, False),
        (Role.ORGANISATION_ADMIN, False, True),
    ],
)
def test_the_start_page_of_each_kind_of_person_shows_their_part(as_person, role, sees_the_duty, manages_people):
    acting = as_person("Severnshire County Council", role)

    page = sign_in(Client(), acting).get("/").content.decode()

    assert f"Good to see you, {acting.user.get_short_name()}" in page
    assert ("The duty at a glance" in page) is sees_the_duty
    assert ("People and settings" in page) is manages_people
    assert "Your first hour" not in page


def test_the_start_page_of_staff_says_what_is_asked_of_them():
    trainer = acting_now(rows(Membership).get(name="Leila Farouk"))

    page = sign_in(Client(), trainer).get("/").content.decode()

    assert "What is asked of me" in page
    assert "The duty at a glance" not in page


def test_a_new_organisation_is_guided_through_its_first_hour(as_person):
    administrator = as_person("Brindle Valley Primary Academy", Role.ORGANISATION_ADMIN)

    page = sign_in(Client(), administrator).get("/").content.decode()

    assert "Your first hour" in page
    assert page.count(">To do<") == 5


@override_settings(ROOT_URLCONF="tests.home.demonstration_urls", DEMONSTRATION=True)
def test_one_can_be_anybody_who_may_sign_in_the_county_first():
    page = Client().get("/demo/").content.decode()

    names = re.findall(r'portal-person__name">([^<]+)<', page)
    assert re.findall(r'<h2 class="govuk-heading-m" id="organisation-1">([^<]+) <', page) == [
        "Severnshire County Council"
    ]
    assert names[0] == "Priya Ravindran"
    assert "Leila Farouk" in names
    assert not {"Colin Bramwell", "Hamza Siddiqui", "Clare Pettigrew"} & set(names)
    assert page.count("Made up") == 16


@override_settings(ROOT_URLCONF="tests.home.demonstration_urls", DEMONSTRATION=True)
def test_one_click_makes_one_that_person_and_no_click_makes_one_somebody_who_left():
    client = Client()
    lead = rows(Membership).get(name="Priya Ravindran", organisation__name="Ashmere District Council")
    gone = rows(Membership).get(name="Colin Bramwell", organisation__slug="severnshire-county-council")

    arrived = client.post(f"/demo/{lead.reference}/", follow=True)
    refused = Client().post(f"/demo/{gone.reference}/")

    assert "Good to see you, Priya" in arrived.content.decode()
    assert client.session["organisation"] == lead.organisation_id
    assert refused.status_code == 404


def test_the_ledger_is_whole():
    spoken = io.StringIO()

    call_command("verify_audit", stdout=spoken)

    assert spoken.getvalue().startswith("The ledger is whole: ")


def test_a_second_run_says_that_it_is_there_and_changes_nothing():
    def counts() -> dict[str, int]:
        return {model._meta.label: rows(model).count() for model in apps.get_models() if model._meta.managed}

    before = counts()
    spoken = io.StringIO()
    call_command("seed_demo", stdout=spoken)

    assert spoken.getvalue() == "Severnshire is there already. Nothing was changed.\n"
    assert counts() == before


def test_real_databases_are_refused(settings):
    settings.EMBEDDED = False

    with pytest.raises(CommandError, match="never into one of your own"):
        call_command("seed_demo")


def test_larger_sizes_add_people_and_organisations_once(monkeypatch):
    """Last of all here, because it adds to what the others look at."""
    from home.severnshire import volume

    monkeypatch.setattr(volume, "PEOPLE", {"national": {"college": 40}})
    monkeypatch.setattr(volume, "ALIKE", {"primary": 1})

    call_command("seed_demo", size="national", stdout=io.StringIO())
    spoken = io.StringIO()
    call_command("seed_demo", size="national", stdout=spoken)

    assert rows(Membership).filter(organisation__name="Hartsmoor College", staff_number__startswith="P").count() == 40
    assert rows(AnswerRevision).filter(organisation__name="Demonstration School Primary 001").exists()
    assert spoken.getvalue().splitlines()[-1].startswith("Added for size national: 0 people, 0 organisations")
