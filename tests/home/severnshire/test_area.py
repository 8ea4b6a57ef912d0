"""Severnshire's organisations and people, and how each of them stands with the duty."""

from datetime import timedelta

from django.utils import timezone

from actionplans import gathering
from actionplans.models import Gathered, ReportedAction
from compliance import contributions, queries
from compliance.models import AnswerRevision, Contribution, Requirement
from compliance.models.library import CountsAs
from compliance.readiness import Flag
from foundation.core.acting import acting_as
from foundation.evidence.models import EvidenceItem
from foundation.files.examination.types import FileType
from foundation.files.models import StoredFile
from foundation.organisations.models import Invitation, Membership, Organisation, PartnershipMember, RoleGrant
from foundation.organisations.roles import Role
from risk import sharing
from risk.models import SharedRisk
from tests.home.severnshire.seen import rows, today

DISTRICTS = ["Ashmere", "Brindle Valley", "Cullerton", "Hartsmoor", "Larkminster", "Thornwick"]


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
        waiting, placed = gathering.waiting(lead), Gathered.objects.visible_to(lead).count()

    ended = [*rows(SharedRisk).exclude(ended_at=None), *rows(ReportedAction).exclude(ended_at=None)]
    assert {heap.label: heap.total for heap in risks.by_member} == {
        "Severnshire County Council": 5,
        "Ashmere District Council": 3,
        "Larkminster City Council": 3,
        "Cullerton Academy": 1,
    }
    assert (waiting, placed) == (1, 5)
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
