import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from foundation import jobs
from foundation.accounts import limits
from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import Invitation, Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW, make_membership
from tests.factories import organisations as factories

SITE = "https://portal.example.org/"


@pytest.fixture
def newcomer(admin):
    return factories.person(admin, name="Rhian Pugh", email="rhian@example.org")


def invite(admin, person, *, now=NOW):
    """Invite and send; returns the secret that only the letter carries."""
    invitation = actions.invite(membership_id=person.pk, site=SITE, by=admin, now=now)
    actions.send_invitation(invitation_id=invitation.pk, by=admin, now=now)
    return secret_in(mail.outbox[-1])


def secret_in(letter):
    return re.search(r"/organisations/invitation/([^/\s]+)/", letter.body)[1]


def accept(secret, *, now=NOW):
    return actions.accept_with_new_account(secret=secret, name="Rhian Pugh", password="three odd words here", now=now)


def test_an_invitation_makes_a_sign_in_and_joins_it_to_the_membership(admin, newcomer):
    secret = invite(admin, newcomer)

    user = accept(secret)

    assert Membership.objects.get(pk=newcomer.pk).user_id == user.pk
    assert (user.email, user.check_password("three odd words here")) == ("rhian@example.org", True)
    event = Event.objects.get(verb="invitation.accepted")
    assert (event.actor_user_id, event.target_reference) == (user.pk, newcomer.reference)


def test_a_newcomer_cannot_use_the_organisations_name_as_their_password(admin, newcomer, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    where = f"/organisations/invitation/{invite(admin, newcomer)}/"
    password = f"{admin.organisation.name} 26"
    assert len(password) >= 12

    page = client.post(where, {"name": "Rhian", "language": "en-gb", "password1": password, "password2": password})

    assert "Choose a password that is harder to guess" in page.content.decode()
    assert not User.objects.filter(email="rhian@example.org").exists()


def test_the_letter_names_no_person_and_goes_to_the_address_kept(admin, newcomer):
    invite(admin, newcomer)

    (letter,) = mail.outbox
    assert letter.to == ["rhian@example.org"]
    assert letter.subject == "You are invited to Prevent Portal"
    assert "Rhian" not in letter.subject + letter.body
    assert "rhian@" not in letter.body
    assert SITE + "organisations/invitation/" in letter.body


def test_the_secret_is_stored_nowhere(admin, newcomer):
    secret = invite(admin, newcomer)

    stored = Invitation.objects.values_list("secret_hash", flat=True).get()
    assert secret not in stored
    assert Job.objects.get(name="organisations.send_invitation").arguments == {
        "invitation_id": Invitation.objects.get().pk
    }
    assert secret not in "".join(Event.objects.values_list("facts", flat=True))


def test_the_letter_is_sent_by_a_job_and_once(admin, newcomer):
    actions.invite(membership_id=newcomer.pk, site=SITE, by=admin, now=NOW)
    job = Job.objects.get(name="organisations.send_invitation")

    done = jobs.run_here(job, at=NOW)
    actions.send_invitation(invitation_id=Invitation.objects.get().pk, by=admin, now=NOW)

    assert done.status == "done"
    assert len(mail.outbox) == 1


def used(admin, person, secret):
    accept(secret)


def withdrawn(admin, person, secret):
    actions.withdraw_invitation(invitation_id=person.invitations.get().pk, by=admin, now=NOW)


def sent_again(admin, person, secret):
    invite(admin, person)


def person_left(admin, person, secret):
    actions.end_person(membership_id=person.pk, last_day=NOW.date() - timedelta(days=1), by=admin, now=NOW)


@pytest.mark.parametrize("what_happened", [used, withdrawn, sent_again, person_left])
def test_a_spoilt_invitation_is_refused_like_an_unknown_one(admin, newcomer, what_happened):
    secret = invite(admin, newcomer)
    what_happened(admin, newcomer, secret)
    people = User.objects.count()

    with pytest.raises(actions.InvitationUnusable) as refusal:
        accept(secret)
    with pytest.raises(actions.InvitationUnusable) as unknown:
        accept("nothing-like-it")

    assert str(refusal.value) == str(unknown.value)
    assert User.objects.count() == people


def test_an_invitation_works_to_the_end_of_its_72_hours_and_no_longer(admin, newcomer):
    secret = invite(admin, newcomer)

    with pytest.raises(actions.InvitationUnusable):
        accept(secret, now=NOW + timedelta(hours=72))

    assert accept(secret, now=NOW + timedelta(hours=72, seconds=-1)).email == "rhian@example.org"


def test_before_its_letter_is_sent_an_invitation_can_be_opened_by_nobody(admin, newcomer):
    invitation = actions.invite(membership_id=newcomer.pk, site=SITE, by=admin, now=NOW)

    with pytest.raises(actions.InvitationUnusable):
        actions.open_invitation(invitation.secret_hash, NOW)


def test_somebody_with_a_sign_in_is_not_given_a_second_one(admin, newcomer):
    User.objects.create_user("RHIAN@example.org", name="Rhian elsewhere")
    secret = invite(admin, newcomer)

    with pytest.raises(actions.AlreadyHasAccount):
        accept(secret)

    assert Membership.objects.get(pk=newcomer.pk).user_id is None


def test_a_sign_in_of_another_organisation_can_accept(admin, newcomer, other_organisation):
    elsewhere = make_membership(other_organisation, Role.PREVENT_LEAD).user
    secret = invite(admin, newcomer)

    joined = actions.accept(secret=secret, user=elsewhere, now=NOW)

    assert (joined.pk, joined.user_id) == (newcomer.pk, elsewhere.pk)


def test_one_sign_in_is_one_person_of_an_organisation(admin, newcomer):
    secret = invite(admin, newcomer)

    with pytest.raises(RuleBroken, match="You belong to this organisation already"):
        actions.accept(secret=secret, user=admin.user, now=NOW)

    assert Membership.objects.get(pk=newcomer.pk).user_id is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"email": ""}, "Enter an e-mail address"), ({"ends_on": NOW.date() - timedelta(days=1)}, "has left")],
)
def test_some_people_cannot_be_invited(admin, newcomer, change, sentence):
    Membership.objects.filter(pk=newcomer.pk).update(**change)

    with pytest.raises(RuleBroken, match=sentence):
        actions.invite(membership_id=newcomer.pk, site=SITE, by=admin, now=NOW)

    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_only_an_administrator_invites(acting_for, within, organisation, role):
    person = factories.person(acting_for(Role.ORGANISATION_ADMIN), email="rhian@example.org")
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
        actions.invite(membership_id=person.pk, site=SITE, by=by, now=NOW)

    assert Invitation.objects.count() == 0


def test_somebody_else_with_the_secret_gets_the_same_page_for_every_spoilt_invitation(admin, newcomer, client):
    secret = invite(admin, newcomer)
    accept(secret)

    pages = [client.get(f"/organisations/invitation/{each}/") for each in (secret, "unknown", "x" * 300)]

    assert {page.status_code for page in pages} == {404}
    assert len({page.content.split(b"<main")[1].split(b"</main")[0] for page in pages}) == 1


def test_who_tries_many_secrets_gets_the_same_page_even_for_a_good_one(admin, newcomer, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    secret = invite(admin, newcomer)
    pages = [client.get("/organisations/invitation/unknown/") for _ in range(limits.INVITATIONS_FROM_CLIENT.count)]

    blocked = client.get(f"/organisations/invitation/{secret}/")
    from_elsewhere = client.get(f"/organisations/invitation/{secret}/", REMOTE_ADDR="203.0.113.7")
    time_machine.shift(limits.INVITATIONS_FROM_CLIENT.within)
    later = client.get(f"/organisations/invitation/{secret}/")

    assert (blocked.status_code, blocked.context["sentence"]) == (404, pages[0].context["sentence"])
    assert (from_elsewhere.status_code, later.status_code) == (200, 200)


def test_opening_a_good_invitation_again_and_again_is_no_try(admin, newcomer, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    address = f"/organisations/invitation/{invite(admin, newcomer)}/"

    answers = {client.get(address).status_code for _ in range(limits.INVITATIONS_FROM_CLIENT.count + 5)}

    assert answers == {200}
