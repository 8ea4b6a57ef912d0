from datetime import date

from foundation.organisations import actions, queries
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories

TODAY = NOW.date()


def test_choices_of_people_are_those_here_today_with_their_posts(admin, other_organisation):
    ann = factories.person(admin, name="Ann", job_title="Librarian")
    factories.person(admin, name="Future", starts_on=date(2090, 1, 1))
    make_membership(other_organisation, name="Stranger")

    assert queries.people_choices(admin, on=TODAY) == [
        (admin.membership_id, "Administrator"),
        (ann.pk, "Ann, Librarian"),
    ]


def test_choices_can_be_narrowed_to_those_who_may_do_something_and_keep_who_is_named(admin):
    lead = make_membership(admin.organisation, Role.PREVENT_LEAD, name="Lead")
    gone = factories.person(admin, name="Gone")
    actions.end_person(membership_id=gone.pk, last_day=date(2026, 10, 1), by=admin, now=NOW)

    assert queries.people_choices(admin, on=TODAY, permission="compliance.assess", including=gone.pk) == [
        (lead.pk, "Lead"),
        (gone.pk, "Gone"),
    ]


def test_people_are_found_by_every_word_of_what_was_typed(admin):
    ann = factories.person(admin, name="Ann Bowen", email="ann@example.org", staff_number="A77")
    factories.person(admin, name="Ann Pugh")

    assert [each.pk for each in queries.find_people(admin, "bowen ann", on=TODAY)] == [ann.pk]
    assert [each.pk for each in queries.find_people(admin, "a77", on=TODAY)] == [ann.pk]
    assert queries.find_people(admin, "nobody", on=TODAY) == []


def test_the_first_hour_counts_what_was_really_done(admin):
    def done():
        return [step.key for step in queries.setup_progress(acting_of(admin.membership)) if step.is_done]

    assert done() == []

    lead = make_membership(admin.organisation, name="Lead")
    factories.role_grant(admin, lead, Role.PREVENT_LEAD)
    assert done() == ["people", "lead", "sign_in"]

    factories.role_grant(admin, lead, Role.ORGANISATION_ADMIN)
    assert done() == ["people", "lead", "second_administrator", "sign_in"]


def test_whom_to_ask_are_the_administrators_of_ones_own_organisation(admin, other_organisation):
    make_membership(other_organisation, Role.ORGANISATION_ADMIN)

    assert [person.name for person in queries.administrators(admin)] == ["Administrator"]
