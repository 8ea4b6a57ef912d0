"""Severnshire as the command makes it: seeded once for all tests here, through the actions and committed."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from actionplans import gathering
from actionplans.models import ReportedAction
from compliance import contributions, queries
from compliance.models import AnswerRevision, ComplianceReport, Contribution, Requirement
from compliance.models.library import CountsAs
from compliance.readiness import Flag
from compliance.workflow import ReportStatus
from foundation.core.acting import Acting, acting_as, person_context
from foundation.evidence.models import EvidenceItem
from foundation.files.examination.types import FileType
from foundation.files.models import StoredFile
from foundation.ledger.models import Event
from foundation.organisations.models import Invitation, Membership, Organisation, PartnershipMember, RoleGrant
from foundation.organisations.roles import Role
from risk import sharing
from risk.models import SharedRisk
from tests.conftest import acting_of, empty_all_tables, sign_in

DISTRICTS = ["Ashmere", "Brindle Valley", "Cullerton", "Hartsmoor", "Larkminster", "Thornwick"]
UNFINISHED = re.compile(r"[{}]|\bTODO\b|\bnull\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("severnshire")
    return {
        "FILES_DIR": folder / "files",
        "CHECKPOINT_DIR": folder / "checkpoints",
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker, places) -> Iterator[str]:
    """What the command said. Its work is committed, and gone after the last test of this module."""
    with django_db_blocker.unblock():
        spoken = io.StringIO()
        try:
            with override_settings(**places):
                call_command("seed_demo", size="small", stdout=spoken)
            yield spoken.getvalue()
        finally:
            empty_all_tables()


@pytest.fixture(autouse=True)
def _same_places(_files_of_this_test: None, settings, places) -> None:
    for name, value in places.items():
        setattr(settings, name, value)


def rows(model):
    """What is committed, past every policy."""
    return model._base_manager.using("backup")


@pytest.fixture
def as_person() -> Callable[..., Acting]:
    """``as_person("Severnshire County Council", Role.PREVENT_LEAD)``: one who has the role there today."""

    def find(organisation: str, role: Role) -> Acting:
        grants = RoleGrant._base_manager.using("backup").filter(organisation__name=organisation, role=role)
        grant = next(grant for grant in grants.order_by("pk") if grant.ends_on is None or grant.ends_on >= today())
        return acting_now(grant.membership)

    return find


def acting_now(seen: Membership) -> Acting:
    """The acting value of somebody seen through the backup role, whose rows cannot be changed."""
    with person_context(user_id=seen.user_id, organisation_id=seen.organisation_id):
        membership = Membership.objects.select_related("organisation", "user").get(pk=seen.pk)
    return acting_of(membership, at=timezone.now())


def today():
    return timezone.localdate()


def test_the_command_says_how_far_it_is_and_what_it_made(said):
    assert said.splitlines()[0] == "People of Severnshire County Council."
    assert re.search(r"^Severnshire stands: 16 organisations, 131 people, [\d,]+ deeds, 5 reports", said, re.MULTILINE)


def test_every_organisation_of_the_demonstration_area_stands():
    found = {organisation.name: organisation.sectors for organisation in rows(Organisation)}

    assert sorted(name for name in found if name.endswith(("District Council", "Borough Council", "City Council"))) == [
        "Ashmere District Council",
        "Brindle Valley District Council",
        "Cullerton Borough Council",
        "Hartsmoor District Council",
        "Larkminster City Council",
        "Thornwick Borough Council",
    ]
    assert {name: sectors for name, sectors in found.items() if not name.startswith(tuple(DISTRICTS))} == {
        "Severnshire County Council": ["LA"],
        "Severnshire Constabulary": ["POL"],
        "Severnshire Healthcare NHS Trust": ["HLT"],
        "University of Larkminster": ["HE"],
        "Severnshire Probation Service": ["PRO"],
        "Severnshire Prevent Partnership": ["LA"],
    }
    assert found["Hartsmoor College"] == ["FE", "HE"]
    assert found["Cullerton Academy"] == found["Thornwick Vale Primary School"] == ["SCH"]


def test_every_organisation_but_the_new_one_belongs_to_the_partnership():
    members = rows(PartnershipMember).filter(organisation__kind="partnership").values_list("member__name", flat=True)

    assert len(members) == 14
    assert "Brindle Valley Primary Academy" not in members


def test_every_role_is_held_by_somebody_today_and_inspectors_only_for_a_time():
    held = rows(RoleGrant).filter(starts_on__lte=today()).exclude(ends_on__lt=today())

    assert set(held.values_list("role", flat=True)) == set(Role.values) - {Role.STAFF}
    assert sorted(
        held.filter(role=Role.INSPECTOR, ends_on__gt=today()).values_list("organisation__name", flat=True)
    ) == ["Cullerton Academy", "Severnshire County Council"]


def test_each_organisation_has_two_administrators_a_lead_an_approver_and_staff():
    for organisation in rows(Organisation).exclude(name="Brindle Valley Primary Academy"):
        held = rows(RoleGrant).filter(organisation=organisation).exclude(ends_on__lt=today())
        roles = list(held.values_list("role", flat=True))
        staff = rows(Membership).filter(organisation=organisation, user__isnull=False, role_grants=None)

        assert roles.count(Role.ORGANISATION_ADMIN) >= 2, organisation
        assert Role.PREVENT_LEAD in roles, organisation
        assert Role.SENIOR_APPROVER in roles, organisation
        assert staff.exists(), organisation


def test_somebody_acts_for_three_organisations_and_somebody_has_left():
    of_the_lead = rows(Membership).filter(name="Priya Ravindran").values_list("organisation__name", flat=True)
    of_the_one_before = rows(Membership).get(name="Colin Bramwell", organisation__slug="severnshire-county-council")

    assert sorted(of_the_lead) == [
        "Ashmere District Council",
        "Severnshire County Council",
        "Severnshire Prevent Partnership",
    ]
    assert of_the_one_before.ends_on < today()


def test_one_invitation_is_open_and_one_has_expired():
    waiting = rows(Invitation).filter(accepted_at=None, withdrawn_at=None)

    assert [one.membership.name for one in waiting.filter(expires_at__gt=timezone.now())] == ["Hamza Siddiqui"]
    assert [one.membership.name for one in waiting.filter(expires_at__lt=timezone.now())] == ["Clare Pettigrew"]


def test_the_county_lead_finds_a_flag_of_every_kind(as_person):
    lead = as_person("Severnshire County Council", Role.PREVENT_LEAD)

    with acting_as(lead):
        register = queries.register(lead, today())

    assert {flag for line in register.lines for flag in line.flags} == set(Flag)
    assert {line.counts_as for line in register.counted} >= {CountsAs.NOTHING, CountsAs.PARTLY_MET, CountsAs.MET}
    assert sum(line.counts_as != CountsAs.NOTHING for line in register.counted) / register.whole.total >= 0.9
    assert [line.code for line in register.lines if not line.applies] == ["GEN-23", "LA-31"]


def test_the_county_gets_better_over_two_years_and_something_got_worse(as_person):
    lead = as_person("Severnshire County Council", Role.PREVENT_LEAD)

    with acting_as(lead):
        ready = [found.whole.ready for found in queries.registers(lead, queries.quarter_ends(today(), 8))]
        before, now = queries.registers(lead, [today() - timedelta(days=300), today()])

    assert ready[-1] > ready[4] > ready[0]
    assert before.line("GEN-15").counts_as == CountsAs.MET
    assert now.line("GEN-15").counts_as == CountsAs.PARTLY_MET


def test_the_districts_differ_visibly(as_person):
    shares = {}
    for organisation in rows(Organisation).filter(name__regex=r"(District|Borough|City) Council$"):
        lead = as_person(organisation.name, Role.PREVENT_LEAD)
        with acting_as(lead):
            whole = queries.register(lead, today()).whole
        shares[organisation.name] = (whole.counts[CountsAs.MET], whole.stale, whole.counts[CountsAs.NOTHING])

    assert len(set(shares.values())) == 6
    assert max(shares, key=lambda name: shares[name][0]) == "Ashmere District Council"
    assert max(shares, key=lambda name: shares[name][1]) == "Hartsmoor District Council"
    assert max(shares, key=lambda name: shares[name][2]) == "Brindle Valley District Council"


def test_the_partnership_answers_the_eight_benchmarks_for_the_area(as_person):
    lead = as_person("Severnshire Prevent Partnership", Role.PREVENT_LEAD)

    with acting_as(lead):
        register = queries.register(lead, today())

    assert [line.code for line in register.lines] == ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"]
    assert register.whole.counts[CountsAs.NOTHING] == 0


def test_districts_share_some_contributions_one_shares_none_and_one_took_one_back(as_person):
    shared = rows(Contribution).filter(ended_at=None)
    ended = rows(Contribution).exclude(ended_at=None)
    lead = as_person("Severnshire Prevent Partnership", Role.PREVENT_LEAD)

    with acting_as(lead):
        found = contributions.gathered(lead, today())

    assert [member.name for member in found.silent] == ["Brindle Valley District Council"]
    assert found.shared_total == shared.count() > 20
    assert [(each.organisation.name, each.requirement.code, each.ended_how) for each in ended] == [
        ("Hartsmoor District Council", "B4", "taken_back")
    ]
    assert max(shared.values_list("shared_at", flat=True)) < timezone.now()


def test_some_members_share_risks_and_report_actions_and_two_took_one_back(as_person):
    lead = as_person("Severnshire Prevent Partnership", Role.PREVENT_LEAD)

    with acting_as(lead):
        risks = sharing.rolled_up(lead, today())
        waiting, placed = gathering.waiting(lead), gathering.lines(lead, today())

    ended = [*rows(SharedRisk).exclude(ended_at=None), *rows(ReportedAction).exclude(ended_at=None)]
    assert {heap.label: heap.total for heap in risks.by_member} == {
        "Severnshire County Council": 5,
        "Ashmere District Council": 3,
        "Larkminster City Council": 3,
        "Cullerton Academy": 1,
    }
    assert (waiting, len(placed)) == (1, 5)
    assert [(each.organisation.name, each.title, each.ended_how) for each in ended] == [
        ("Larkminster City Council", "A speaker or event spreads extremist views", "taken_back"),
        ("Hartsmoor District Council", "Find a deputy for the Prevent lead", "taken_back"),
    ]


def test_the_adviser_rated_seven_benchmarks_in_each_of_two_letters():
    ratings = rows(AnswerRevision).filter(kind="assured", organisation__slug="severnshire-county-council")

    assert sorted(ratings.values_list("requirement__code", flat=True)) == sorted(
        ["B1", "B2", "B3", "B4", "B6", "B7", "B8"] * 2
    )
    assert set(ratings.values_list("assured_by__name", flat=True)) == {"Iwan Treharne"}


def test_the_county_asks_two_things_of_itself_of_which_one_is_withdrawn():
    own = rows(Requirement).filter(organisation__slug="severnshire-county-council").order_by("code")

    assert [(row.code, row.in_force_to is not None) for row in own] == [("SCC-01", False), ("SCC-02", True)]


def test_one_district_uses_scores():
    scored = rows(AnswerRevision).filter(score__isnull=False).values_list("organisation__name", flat=True)

    assert set(scored) == {"Larkminster City Council"}


def test_evidence_is_of_every_kind_reused_and_once_withdrawn():
    county = rows(EvidenceItem).filter(organisation__slug="severnshire-county-council")
    types = set(rows(StoredFile).filter(purpose="evidence.item").values_list("file_type", flat=True))

    assert set(county.values_list("kind", flat=True)) == {"file", "link", "note"}
    assert county.filter(withdrawn_at__isnull=False).count() == 1
    assert types == {FileType.PDF, FileType.DOCX, FileType.XLSX, FileType.CSV}
    assert max(item.answerevidence_uses.count() for item in county.prefetch_related("answerevidence_uses")) >= 4


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
