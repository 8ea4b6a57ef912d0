from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from foundation.core.acting import person_context
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations import actions, queries
from foundation.organisations.acting import for_job, memberships_of
from foundation.organisations.models import Membership, Organisation, PartnershipMember, RoleGrant, Succession
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership

TODAY = NOW.date()


@pytest.fixture
def create(committed):
    def make(name="Severn College", **fields):
        details = {
            "name": name,
            "slug": name.lower().replace(" ", "-"),
            "sectors": ["FE", "HE"],
            "nation": "england",
            "is_specified_authority": True,
            "active_from": date(2026, 1, 1),
            "administrator": actions.Administrator(name="Adaeze Eze", email="adaeze@example.org"),
            "now": NOW,
        }
        return actions.create_organisation(**(details | fields))

    return make


def test_an_organisation_begins_with_an_administrator_and_an_invitation(create, backup):
    invitation = create()

    organisation = backup(Organisation).get()
    person = backup(Membership).get()
    assert (organisation.name, organisation.sectors, organisation.kind) == ("Severn College", ["FE", "HE"], "authority")
    assert (person.name, person.email, person.user_id) == ("Adaeze Eze", "adaeze@example.org", None)
    assert list(backup(RoleGrant).values_list("role", "ends_on")) == [("organisation_admin", None)]
    assert (invitation.membership_id, invitation.expires_at - NOW) == (person.pk, timedelta(hours=72))
    assert set(backup(Event).filter(organisation_id=organisation.pk).values_list("verb", flat=True)) == {
        "organisation.created",
        "role.granted",
    }


def test_in_a_small_school_the_first_administrator_is_also_the_lead(create, backup):
    create(administrator=actions.Administrator(name="Head", email="h@example.org", also=("prevent_lead",)))

    assert set(backup(RoleGrant).values_list("role", flat=True)) == {"organisation_admin", "prevent_lead"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sectors": []}, "Name at least one sector"),
        (
            {"administrator": actions.Administrator(name="A", email="a@example.org", also=("inspector",))},
            "for a limited time",
        ),
    ],
)
def test_an_organisation_that_makes_no_sense_is_refused(create, backup, fields, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        create(**fields)

    assert backup(Organisation).count() == 0


def test_two_organisations_cannot_share_a_name_in_addresses(create, backup):
    create()

    with pytest.raises(RuleBroken, match="Another organisation uses this name in addresses"):
        create(name="Other", slug="severn-college")

    assert backup(Organisation).count() == 1


def test_councils_merge_and_one_is_split(create, backup):
    old = [create(name=name, sectors=["LA"]).organisation_id for name in ("North", "South")]
    for pk in old:
        actions.close_organisation(organisation_id=pk, last_day=date(2027, 3, 31), now=NOW)
    new = [
        create(name=name, sectors=["LA"], predecessors=old, active_from=date(2027, 4, 1)).organisation_id
        for name in ("Unitary", "Port Authority")
    ]

    pairs = set(backup(Succession).values_list("organisation_id", "predecessor_id", "on"))
    assert pairs == {(after, before, date(2027, 4, 1)) for after in new for before in old}


def test_a_successor_may_read_the_names_of_what_it_took_over(create, backup):
    old = create(name="North").organisation_id
    create(name="Stranger")
    new = create(name="Unitary", predecessors=[old])
    administrator = acting_of(backup(Membership).select_related("organisation").get(pk=new.membership_id))

    with person_context(user_id=None, organisation_id=new.organisation_id):
        names = [each.name for each in queries.predecessors(administrator)]
        readable = set(Organisation.objects.values_list("name", flat=True))

    assert names == ["North"]
    assert readable == {"North", "Unitary"}


def test_after_its_last_day_nobody_acts_for_an_organisation(create, organisation):
    person = make_membership(organisation, Role.PREVENT_LEAD)
    actions.close_organisation(organisation_id=organisation.pk, last_day=TODAY, now=NOW)

    def where(on):
        with person_context(user_id=person.user_id, organisation_id=None):
            return [each.organisation.name for each in memberships_of(person.user, on)]

    assert where(NOW) == [organisation.name]
    assert where(NOW + timedelta(days=1)) == []


def test_after_an_organisations_last_day_no_job_runs_for_it(create, organisation):
    person = make_membership(organisation, Role.PREVENT_LEAD)
    actions.close_organisation(organisation_id=organisation.pk, last_day=TODAY, now=NOW)

    def rebuilt(at):
        return for_job(user_id=person.user_id, membership_id=person.pk, organisation_id=organisation.pk, at=at)

    assert rebuilt(NOW).membership == person
    assert rebuilt(NOW + timedelta(days=1)) is None


def test_an_organisation_does_not_end_before_it_begins_nor_later_than_it_ended(create):
    pk = create().organisation_id
    with pytest.raises(RuleBroken, match="before the organisation's first day"):
        actions.close_organisation(organisation_id=pk, last_day=date(2025, 12, 31), now=NOW)
    actions.close_organisation(organisation_id=pk, last_day=date(2027, 3, 31), now=NOW)

    with pytest.raises(RuleBroken, match="ends on or before that day already"):
        actions.close_organisation(organisation_id=pk, last_day=date(2028, 3, 31), now=NOW)


def test_a_partnership_has_members_from_a_day_to_a_day(create, backup):
    board = create(name="Board", kind="partnership", sectors=[], is_specified_authority=False).organisation_id
    council = create(name="Council", sectors=["LA"]).organisation_id
    member = actions.add_partnership_member(
        partnership_id=board, member_id=council, starts_on=date(2026, 2, 1), now=NOW
    )

    with pytest.raises(RuleBroken, match="is a member in that time already"):
        actions.add_partnership_member(partnership_id=board, member_id=council, starts_on=date(2026, 5, 1), now=NOW)
    actions.end_partnership_member(member_id=member.pk, last_day=date(2026, 6, 30), now=NOW)
    actions.add_partnership_member(partnership_id=board, member_id=council, starts_on=date(2026, 7, 1), now=NOW)

    assert list(backup(PartnershipMember).order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2026, 2, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), None),
    ]


def test_only_a_partnership_has_members(create):
    council, college = create(name="Council").organisation_id, create().organisation_id

    with pytest.raises(RuleBroken, match="Only a partnership"):
        actions.add_partnership_member(partnership_id=council, member_id=college, starts_on=TODAY, now=NOW)


def test_the_command_prints_an_invitation_that_works(committed, backup, capsys):
    call_command(
        "create_organisation", "Severn College", "--sector=FE", "--sector=HE", "--administrator=Adaeze Eze",
        "--email=adaeze@example.org",
    )  # fmt: skip
    said = capsys.readouterr().out
    secret = said.partition("/organisations/invitation/")[2].partition("/")[0]

    from django.utils import timezone

    user = actions.accept_with_new_account(secret=secret, name="Adaeze", password=None, now=timezone.now())

    assert said.splitlines()[0] == "Created Severn College (severn-college)."
    assert backup(Membership).get().user_id == user.pk


@pytest.mark.parametrize(
    "arguments",
    [
        ["Severn College", "--administrator=A", "--email=a@example.org"],
        ["Severn College", "--sector=FE", "--administrator=A", "--email=nonsense"],
        ["Severn College", "--sector=FE", "--administrator=A", "--email=a@example.org", "--slug=No Spaces"],
        ["Severn College", "--sector=FE", "--administrator=A", "--email=a@example.org", "--takes-over=unknown"],
    ],
)
def test_the_command_says_what_is_wrong_and_changes_nothing(committed, backup, arguments):
    with pytest.raises(CommandError):
        call_command("create_organisation", *arguments)

    assert backup(Organisation).count() == 0


def test_the_commands_end_an_organisation_and_name_its_successor(create, backup):
    create(name="North"), create(name="Unitary")

    call_command("close_organisation", "north", "--last-day=2027-03-31", "--successor=unitary")

    assert backup(Organisation).get(slug="north").active_to == date(2027, 3, 31)
    assert backup(Succession).get().on == date(2027, 4, 1)
