"""Each page: for whom, and what it does."""

import re
from html import unescape

import pytest
from django.urls import reverse

from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import Membership, RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories

VIEWERS = {Role.PREVENT_LEAD, Role.SENIOR_APPROVER, Role.TRAINING_MANAGER, Role.ORGANISATION_ADMIN}
ADMINISTRATORS = {Role.ORGANISATION_ADMIN}
EVERYBODY = set(Role)


@pytest.fixture
def admin(committed, acting_for):
    return acting_for(Role.ORGANISATION_ADMIN, name="Administrator")


@pytest.fixture
def colleague(admin):
    return factories.person(admin, name="Rhian Pugh", email="rhian@example.org")


def pages(person, team):
    reference = person.reference
    return {
        "overview": (EVERYBODY, reverse("organisations:overview")),
        "roles": (EVERYBODY, reverse("organisations:roles")),
        "switch": (EVERYBODY, reverse("organisations:switch")),
        "people": (VIEWERS, reverse("organisations:people")),
        "person": (VIEWERS, reverse("organisations:person", args=[reference])),
        "teams": (VIEWERS, reverse("organisations:teams")),
        "export_people": (VIEWERS, reverse("organisations:export_people")),
        "add_person": (ADMINISTRATORS, reverse("organisations:add_person")),
        "change_person": (ADMINISTRATORS, reverse("organisations:change_person", args=[reference])),
        "end_person": (ADMINISTRATORS, reverse("organisations:end_person", args=[reference])),
        "grant_role": (ADMINISTRATORS, reverse("organisations:grant_role", args=[reference])),
        "settings": (ADMINISTRATORS, reverse("organisations:settings")),
        "add_team": (ADMINISTRATORS, reverse("organisations:add_team")),
        "change_team": (ADMINISTRATORS, reverse("organisations:change_team", args=[team.pk])),
        "identity_provider": (ADMINISTRATORS, reverse("organisations:identity_provider")),
        "imports": (ADMINISTRATORS, reverse("organisations:imports")),
    }


@pytest.mark.parametrize("role", Role.values)
def test_each_page_opens_for_the_roles_that_may_and_for_no_other(admin, colleague, acting_for, client_for, role):
    team = factories.team(admin, "Libraries")
    client = client_for(acting_for(role))

    answers = {name: client.get(address).status_code for name, (_roles, address) in pages(colleague, team).items()}

    assert answers == {
        name: 200 if role in roles else 403 for name, (roles, _address) in pages(colleague, team).items()
    }


def test_people_and_teams_of_another_organisation_are_not_found(
    admin, colleague, acting_for, client_for, other_organisation
):
    team = factories.team(admin, "Libraries")
    client = client_for(acting_for(Role.ORGANISATION_ADMIN, organisation=other_organisation))
    theirs = [address for _roles, address in pages(colleague, team).values() if colleague.reference in address]

    answers = {
        client.get(address).status_code for address in [*theirs, reverse("organisations:change_team", args=[team.pk])]
    }

    assert len(theirs) == 4
    assert answers == {404}


def test_signed_out_nobody_sees_anything_but_the_way_to_sign_in(admin, colleague, client):
    team = factories.team(admin, "Libraries")

    answers = [client.get(address) for _roles, address in pages(colleague, team).values()]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith("/accounts/sign-in/?next=") for answer in answers)


def test_a_person_is_added_and_shown(admin, client_for, backup):
    client = client_for(admin)

    answer = client.post(
        reverse("organisations:add_person"),
        {
            "name": "Ann Bowen",
            "email": "ann@example.org",
            "starts_on_0": "5",
            "starts_on_1": "1",
            "starts_on_2": "2026",
        },
    )

    person = backup(Membership).get(name="Ann Bowen")
    assert answer["Location"] == reverse("organisations:person", args=[person.reference])
    assert b"Ann Bowen" in client.get(answer["Location"]).content


def test_an_empty_form_says_what_to_enter(admin, client_for):
    page = client_for(admin).post(reverse("organisations:add_person"), {})

    text = page.content.decode()
    assert page.status_code == 200
    assert "<title>Error: Add a person" in text
    assert "Enter the person&#x27;s name" in text


def test_a_stale_save_answers_409_with_both_texts_and_can_be_saved_over(admin, colleague, client_for, backup):
    client, address = client_for(admin), reverse("organisations:change_person", args=[colleague.reference])
    day = {"starts_on_0": "1", "starts_on_1": "9", "starts_on_2": "2026"}
    client.post(address, {"name": "Their words", "version": "1", **day})

    page = client.post(address, {"name": "My words", "version": "1", **day})
    again = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    saved = client.post(address, {"name": "My words", "version": again, **day})

    text = page.content.decode()
    assert page.status_code == 409
    assert "Their words" in text
    assert 'value="My words"' in text
    assert saved.status_code == 302
    assert backup(Membership).get(pk=colleague.pk).name == "My words"


def test_more_fields_than_the_form_has_change_nothing(admin, colleague, client_for, backup):
    client = client_for(admin)

    client.post(
        reverse("organisations:change_person", args=[colleague.reference]),
        {
            "name": "Rhian Jones", "version": "1", "starts_on_0": "1", "starts_on_1": "9", "starts_on_2": "2026",
            "user": admin.user_id, "user_id": admin.user_id, "organisation": "999", "organisation_id": "999",
            "reference": "AAAA-AAAA", "ends_on": "2026-01-01", "id": "1",
        },
    )  # fmt: skip

    saved = backup(Membership).get(pk=colleague.pk)
    assert (saved.name, saved.user_id, saved.ends_on, saved.reference, saved.organisation_id) == (
        "Rhian Jones",
        None,
        None,
        colleague.reference,
        colleague.organisation_id,
    )


def test_a_role_is_given_after_proving_who_one_is(admin, colleague, client_for, backup):
    client, address = client_for(admin), reverse("organisations:grant_role", args=[colleague.reference])
    from django.utils import timezone

    today = timezone.localdate()
    typed = {
        "role": "assurer", "reason": "New auditor", "starts_on_0": str(today.day), "starts_on_1": str(today.month),
        "starts_on_2": str(today.year),
    }  # fmt: skip
    session = client.session
    session["strong_at"] = session["strong_at"] - 601
    session.save()

    weak = client.post(address, typed)
    session["strong_at"] = session["strong_at"] + 601
    session.save()
    strong = client.post(address, typed)

    assert weak["Location"].startswith("/accounts/confirm/?next=")
    assert strong["Location"] == reverse("organisations:person", args=[colleague.reference])
    assert list(backup(RoleGrant).filter(membership=colleague).values_list("role", "reason")) == [
        ("assurer", "New auditor")
    ]


STEPPED_UP = {
    "grant_role", "end_role", "end_person", "reinstate_person", "invite", "reset_password", "reset_factors",
    "decide_factor_reset", "identity_provider", "test_identity_provider", "enable_identity_provider",
    "disable_identity_provider", "export_people", "export", "download_export", "imports", "import", "import_columns",
    "abandon_import", "import_errors", "join",
}  # fmt: skip


def test_roles_sign_ins_exports_and_imports_ask_for_fresh_proof():
    from foundation.core.access import declared_on
    from foundation.organisations.urls import urlpatterns

    assert {each.name for each in urlpatterns if declared_on(each.callback).step_up} == STEPPED_UP


def test_ones_own_page_offers_no_role_and_says_why(admin, client_for):
    text = client_for(admin).get(reverse("organisations:person", args=[admin.membership.reference])).content.decode()

    assert "You cannot give yourself a role. Ask another administrator." in text
    assert reverse("organisations:grant_role", args=[admin.membership.reference]) not in text


def test_the_last_administrator_is_told_why_they_cannot_leave(admin, client_for, backup):
    page = client_for(admin).post(
        reverse("organisations:end_person", args=[admin.membership.reference]),
        {"last_day_0": "30", "last_day_1": "6", "last_day_2": "2027"},
    )

    assert "Your organisation needs at least one administrator" in page.content.decode()
    assert backup(Membership).get(pk=admin.membership_id).ends_on is None


def test_the_roles_page_says_what_each_role_allows(admin, client_for):
    from foundation.organisations.roles import PERMISSIONS, ROLES

    text = unescape(client_for(admin).get(reverse("organisations:roles")).content.decode())

    sections = re.findall(r'<section class="portal-role".*?</section>', text, re.S)
    assert [section.count("<li>") for section in sections] == [len(entry.permissions) for entry in ROLES.values()]
    assert all(str(sentence) in text for sentence in PERMISSIONS.values())


def test_a_person_of_two_organisations_chooses_and_always_sees_which_one_it_is(
    admin, client_for, other_organisation, backup
):
    from foundation.ledger import acting_system

    with acting_system("provision"):
        Membership.objects.create(
            organisation=other_organisation, user=admin.user, name="Me", starts_on=admin.membership.starts_on
        )
    client = client_for(admin)

    before = client.get("/organisations/").content.decode()
    client.post("/organisations/switch/", {"organisation": str(other_organisation.pk), "next": "https://evil.example/"})
    after = client.get("/organisations/").content.decode()

    header = r'portal-header__organisation">([^<]+)<'
    assert (re.search(header, before)[1], re.search(header, after)[1]) == (
        "Severnshire County Council",
        "Elsewhere District Council",
    )
    assert backup(Event).filter(verb="organisation.switched").count() == 1


def test_nobody_switches_to_an_organisation_they_do_not_belong_to(admin, client_for, other_organisation):
    client = client_for(admin)

    answer = client.post("/organisations/switch/", {"organisation": str(other_organisation.pk)})

    assert answer.status_code == 404
    assert client.session["organisation"] == admin.organisation_id


@pytest.mark.parametrize("path", ["/organisations/people/{}/invite/", "/organisations/people/{}/reinstate/"])
def test_what_changes_something_is_posted(admin, colleague, client_for, path):
    assert client_for(admin).get(path.format(colleague.reference)).status_code == 405


def test_a_factor_reset_takes_two_administrators(admin, client_for, organisation, backup):
    person = make_membership(organisation, name="Locked out")
    second = acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name="Second"))
    page = reverse("organisations:person", args=[person.reference])
    ask = reverse("organisations:reset_factors", args=[person.reference])
    client_for(admin).post(ask)
    from foundation.accounts.models import FactorReset

    reset = backup(FactorReset).get()
    decide = reverse("organisations:decide_factor_reset", args=[person.reference, reset.pk])

    alone = client_for(admin).post(decide, {"decision": "approve"}, follow=True).content.decode()
    between = backup(FactorReset).get().approved_at
    client_for(second).post(decide, {"decision": "approve"})

    assert "A second administrator has to approve this" in alone
    assert between is None
    assert backup(FactorReset).get().approved_by_id == second.user_id
    assert "Approve" not in client_for(admin).get(page).content.decode()


@pytest.mark.parametrize("name", ["reset_password", "reset_factors"])
def test_nobody_resets_their_own_sign_in(admin, client_for, name):
    address = reverse(f"organisations:{name}", args=[admin.membership.reference])

    assert client_for(admin).post(address).status_code == 403


def test_the_search_is_posted_and_no_name_stands_in_the_address(admin, colleague, client_for):
    client = client_for(admin)

    answer = client.post(reverse("organisations:people"), {"search": "rhian pugh"})
    found = client.get(answer["Location"]).content.decode()

    assert "rhian" not in answer["Location"].lower()
    assert re.findall(r"/organisations/people/([A-Z0-9-]{9})/", found) == [colleague.reference]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", {"Administrator", "Here", "Part"}),
        ("state=left", {"Left"}),
        ("state=future", {"Future"}),
        ("state=all", {"Administrator", "Here", "Part", "Left", "Future"}),
        ("role=organisation_admin", {"Administrator"}),
        ("sign_in=yes", {"Administrator"}),
        ("sign_in=no&state=all", {"Here", "Part", "Left", "Future"}),
        ("team={top}", {"Here", "Part"}),
        ("team={part}", {"Part"}),
        ("staff_group=FRONT", {"Part"}),
        ("employment=agency", {"Part"}),
        ("employment=permanent", set()),
        ("manager=left", {"Part"}),
        ("manager=none&sign_in=no", {"Here"}),
        ("role=ending", set()),
        ("sign_in=invited", set()),
    ],
)
def test_the_list_is_filtered_by_state_role_team_sign_in_and_post(admin, client_for, filters, expected):
    from datetime import date

    top = factories.team(admin, "Top")
    part = factories.team(admin, "Part of top", part_of=top)
    factories.person(admin, name="Here", team_id=top.pk)
    gone = factories.person(admin, name="Left")
    post = {"staff_group": "Front line", "employment": "agency", "line_manager_id": gone.pk}
    factories.person(admin, name="Part", team_id=part.pk, **post)
    factories.person(admin, name="Future", starts_on=date(2090, 1, 1))
    from foundation.core.acting import acting_as

    with acting_as(admin):
        actions.end_person(membership_id=gone.pk, last_day=date(2026, 9, 2), by=admin, now=NOW)

    page = client_for(admin).get("/organisations/people/?" + filters.format(top=top.pk, part=part.pk))

    names = re.findall(r'/organisations/people/[A-Z0-9-]{9}/">([^<]+)</a>', page.content.decode())
    assert set(names) == expected
    assert len(names) == len(expected)


# Two of them begin and end the transaction, one counts unread notices.
@pytest.mark.parametrize("count", [2, 60, 130])
def test_the_list_costs_the_same_queries_however_many_people_there_are(
    admin, client_for, count, django_assert_num_queries
):
    for _each in range(count):
        person = factories.person(admin, line_manager_id=admin.membership_id)
        factories.role_grant(admin, person, Role.ASSURER)
    client = client_for(admin)
    client.get("/organisations/people/")

    with django_assert_num_queries(9):
        client.get("/organisations/people/")
