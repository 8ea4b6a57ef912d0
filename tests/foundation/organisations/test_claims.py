"""The first sign-in through an organisation's own provider."""

import pytest

from foundation.accounts.models import User
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.organisations import actions, identity
from foundation.organisations.models import IdentityProvider, Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW, make_membership
from tests.factories import organisations as factories

ISSUER = "https://login.example.org/severnshire"
SETTINGS = {
    "version": 0,
    "issuer": ISSUER,
    "client_id": "portal",
    "client_secret": "very secret indeed",
    "claim": "oid",
    "enforces_second_factor": False,
}


@pytest.fixture
def provider(admin):
    actions.save_identity_provider(by=admin, now=NOW, **SETTINGS)
    actions.test_identity_provider(read=lambda issuer: {}, by=admin, now=NOW)
    return actions.enable_identity_provider(by=admin, now=NOW)


@pytest.fixture
def colleague(admin):
    return factories.person(admin, name="Rhian Pugh", email="rhian@example.org", external_id="oid-7")


def claim(admin, claims, *, issuer=ISSUER):
    return actions.claim_membership(slug=admin.organisation.slug, issuer=issuer, subject="s-1", claims=claims, now=NOW)


def test_the_membership_whose_id_equals_the_chosen_claim_becomes_theirs(admin, provider, colleague):
    user = claim(admin, {"sub": "s-1", "oid": "oid-7", "email": "somebody@else.org"})

    assert (user.email, user.name, user.has_usable_password()) == ("rhian@example.org", "Rhian Pugh", False)
    assert Membership.objects.get(pk=colleague.pk).user_id == user.pk
    event = Event.objects.get(verb="membership.claimed")
    assert (event.actor_user_id, event.target_reference, event.facts) == (
        user.pk,
        colleague.reference,
        '{"claim":"oid"}',
    )


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "oid-7", "email": "rhian@example.org", "name": "Rhian Pugh"},
        {"oid": "", "email": "rhian@example.org"},
        {"oid": ["oid-7"]},
        {"oid": {"oid-7": "oid-7"}},
        {"oid": "OID-7"},
        {"oid": True},
        {"oid": "oid-7" + " " * 300 + "x"},
        {},
    ],
)
def test_nothing_but_that_claim_identifies_anybody(admin, provider, colleague, claims):
    with pytest.raises(actions.ClaimRefused) as refusal:
        claim(admin, claims)

    assert refusal.value.code == "unknown"
    assert Membership.objects.get(pk=colleague.pk).user_id is None


def test_a_number_is_as_good_as_its_digits(admin, provider):
    colleague = factories.person(admin, email="n@example.org", external_id="12345")

    claim(admin, {"oid": 12345})

    assert Membership.objects.get(pk=colleague.pk).user_id is not None


def test_a_membership_that_is_somebodys_already_is_not_claimed(admin, provider, colleague):
    first = claim(admin, {"oid": "oid-7"})

    with pytest.raises(actions.ClaimRefused) as refusal:
        claim(admin, {"oid": "oid-7"})

    assert refusal.value.code == "taken"
    assert Membership.objects.get(pk=colleague.pk).user_id == first.pk


def test_an_e_mail_address_with_a_sign_in_is_not_joined_to_it(admin, provider, colleague):
    User.objects.create_user("rhian@example.org", name="Rhian at home")

    with pytest.raises(actions.ClaimRefused) as refusal:
        claim(admin, {"oid": "oid-7"})

    assert refusal.value.code == "needs_invitation"
    assert Membership.objects.get(pk=colleague.pk).user_id is None


def test_somebody_who_left_claims_nothing(admin, provider, colleague):
    actions.end_person(membership_id=colleague.pk, last_day=NOW.date().replace(day=1), by=admin, now=NOW)

    with pytest.raises(actions.ClaimRefused) as refusal:
        claim(admin, {"oid": "oid-7"})

    assert refusal.value.code == "unknown"


def test_another_issuer_than_the_organisations_is_refused(admin, provider, colleague):
    with pytest.raises(actions.ClaimRefused) as refusal:
        claim(admin, {"oid": "oid-7"}, issuer="https://login.example.org/elsewhere")

    assert refusal.value.code == "no_provider"


def test_a_provider_claims_only_within_its_own_organisation(admin, provider, acting_for, other_organisation):
    theirs = factories.person(
        acting_for(Role.ORGANISATION_ADMIN, organisation=other_organisation), external_id="oid-9", email="x@example.org"
    )

    with pytest.raises(actions.ClaimRefused):
        claim(admin, {"oid": "oid-9"})

    assert theirs.user_id is None


def test_a_provider_is_offered_only_while_it_is_switched_on(admin, provider):
    reference = admin.organisation.slug
    found = identity.find_provider(reference)

    actions.disable_identity_provider(by=admin, now=NOW)

    assert (found.issuer, found.client_secret, found.organisation_name) == (
        ISSUER,
        "very secret indeed",
        admin.organisation.name,
    )
    assert (identity.find_provider(reference), identity.list_providers()) == (None, [])


def test_the_client_secret_is_not_in_the_table_nor_in_the_ledger(admin, provider):
    stored = bytes(IdentityProvider.objects.get().client_secret)

    assert b"very secret" not in stored
    assert "very secret" not in "".join(Event.objects.values_list("facts", flat=True))


def test_a_changed_provider_is_off_until_it_was_tested_and_switched_on_again(admin, provider):
    changed = SETTINGS | {"version": provider.version, "client_secret": "", "client_id": "other"}

    saved = actions.save_identity_provider(by=admin, now=NOW, **changed)

    assert (saved.tested_at, saved.enabled_at, saved.open_secret()) == (None, None, "very secret indeed")
    with pytest.raises(RuleBroken, match="Test the connection first"):
        actions.enable_identity_provider(by=admin, now=NOW)


def test_a_connection_that_does_not_answer_is_not_remembered_as_tested(admin):
    def silent(issuer):
        raise RuleBroken("no answer")

    actions.save_identity_provider(by=admin, now=NOW, **SETTINGS)

    with pytest.raises(RuleBroken, match="no answer"):
        actions.test_identity_provider(read=silent, by=admin, now=NOW)

    assert IdentityProvider.objects.get().tested_at is None


def test_two_administrators_cannot_overwrite_each_others_settings(admin, provider):
    with pytest.raises(StaleVersion):
        actions.save_identity_provider(by=admin, now=NOW, **(SETTINGS | {"version": 1}))


def test_membership_is_asked_for_by_provider(admin, provider, other_organisation):
    stranger = make_membership(other_organisation).user

    assert identity.is_member(admin.organisation.slug, admin.user) is True
    assert identity.is_member(admin.organisation.slug, stranger) is False


def test_passwords_must_not_carry_the_names_of_ones_organisations(admin):
    assert identity.password_words(admin.user) == ["Severnshire County Council", "severnshire-county-council"]


def test_the_id_of_an_entry_that_was_joined_makes_the_kept_one_somebodys_own(admin, provider, colleague):
    kept = factories.person(admin, name="Rhian Pugh", email="rhian.pugh@example.org", external_id="oid-8")
    actions.join_people(
        kept=actions.Seen(kept.pk, kept.version), ended=actions.Seen(colleague.pk, colleague.version), by=admin, now=NOW
    )

    user = claim(admin, {"oid": "oid-7"})

    assert Membership.objects.get(pk=kept.pk).user_id == user.pk
    assert Membership.objects.get(pk=colleague.pk).user_id is None
