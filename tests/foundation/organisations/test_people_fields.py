"""Naming people on forms of organisations with more people than fit a list."""

from datetime import timedelta

import pytest
from django import forms

from actionplans.models import Action
from foundation.core.acting import acting_as
from foundation.organisations import queries
from foundation.organisations.models import Membership
from foundation.organisations.people_fields import People, in_full, offer_people, offer_person
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.actionplans import action, plan

TODAY = NOW.date()


@pytest.fixture
def many(monkeypatch):
    """Lists hold two people."""
    monkeypatch.setattr(queries, "MOST_CHOICES", 2)


@pytest.fixture
def ann(lead, organisation):
    return make_membership(organisation, name="Ann Bowen")


@pytest.fixture
def others(lead, organisation):
    return [make_membership(organisation, name=name) for name in ("Ann Bowen-Price", "Bob Stone", "Cerys Rees")]


class WhoForm(forms.Form):
    who = forms.TypedChoiceField(label="Who?", required=False, coerce=int, error_messages={"required": "Name somebody"})
    all = forms.TypedMultipleChoiceField(label="Who else?", required=False, coerce=int)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        offer_person(self, "who", people, nobody="Nobody")
        offer_people(self, "all", people)


def typed(lead, who="", all="", **kwargs):
    form = WhoForm({"who": who, "all": all}, people=People(lead, on=TODAY, **kwargs))
    form.is_valid()
    return form


def cleaned(lead, who="", all="", **kwargs):
    form = typed(lead, who, all, **kwargs)
    assert form.errors == {}
    return form.cleaned_data["who"], form.cleaned_data["all"]


def test_few_people_are_a_list(lead, ann):
    with acting_as(lead):
        form = WhoForm(people=People(lead, on=TODAY))

    assert isinstance(form.fields["who"], forms.TypedChoiceField)
    assert (ann.pk, "Ann Bowen") in form.fields["who"].choices


@pytest.mark.parametrize("text", ["Ann Bowen", "ann bowen", "  Ann   Bowen ", "bob"])
def test_what_fits_one_person_names_them(lead, ann, others, many, text):
    wanted = others[1] if "bob" in text else ann
    with acting_as(lead):
        if "   " in text:  # two fit, and neither is written so exactly
            assert "fits 2 people" in str(typed(lead, text).errors["who"])
        else:
            assert cleaned(lead, text) == (wanted.pk, [])


def test_an_address_and_a_reference_name_one_person(lead, ann, others, many):
    with acting_as(lead):
        assert cleaned(lead, ann.email)[0] == ann.pk
        assert cleaned(lead, f"whatever ({others[0].reference})")[0] == others[0].pk
        assert cleaned(lead, in_full(ann))[0] == ann.pk
        assert cleaned(lead, "") == (None, [])


def test_what_fits_several_is_answered_with_them_and_offered(lead, ann, others, many):
    with acting_as(lead):
        form = typed(lead, "ann", "bob\nann\nnobody at all")
        page = str(form["who"])

        assert f"“ann” fits 2 people. Type one of them as they stand here: {in_full(ann)}" in form.errors["who"][0]
        assert f'<option value="{in_full(others[0])}">' in page
        assert 'value="ann"' in page
        assert len(form.errors["all"]) == 2
        assert "Nobody here today is found by “nobody at all”" in form.errors["all"][1]


def test_several_are_named_line_by_line_and_each_once(lead, ann, others, many):
    with acting_as(lead):
        found = cleaned(lead, all=f"bob\n\n{in_full(ann)}\nBob Stone\n")

    assert found == (None, [others[1].pk, ann.pk])


def test_who_left_is_found_only_where_they_were_named_before(lead, ann, others, many):
    with acting_as(lead):
        Membership.objects.filter(pk=ann.pk).update(ends_on=TODAY - timedelta(days=1))

        assert "who" in typed(lead, in_full(ann)).errors
        assert cleaned(lead, in_full(ann), including=[ann.pk])[0] == ann.pk


def test_nobody_of_another_organisation_is_found(lead, others, many, other_organisation):
    stranger = make_membership(other_organisation, name="Zoe Stranger")
    with acting_as(lead):
        for text in ("Zoe", stranger.email, in_full(stranger)):
            assert "Nobody here today" in typed(lead, text).errors["who"][0]


def test_markup_in_what_was_typed_stays_text(lead, others, many):
    with acting_as(lead):
        form = typed(lead, "<script>x</script>")

    assert "<script>" not in str(form["who"]) + str(form.errors)


def test_a_large_organisation_names_people_on_an_action(lead, ann, others, many, client_for):
    row = action(lead, plan(lead), supporters=[others[1].pk])
    browser, address = client_for(lead), f"/action-plans/actions/{row.reference}/change/"

    page = browser.get(address).content.decode()
    sent = {
        "version": 1, "title": "Brief hirers", "plan_id": row.plan_id, "success_measure": "All signed", "priority": 1,
        "owner_id": "ann", "accountable_id": in_full(ann), "supporter_ids": in_full(others[2]), "repeats": "never",
        "starts_on_0": 1, "starts_on_1": 10, "starts_on_2": 2026,
    }  # fmt: skip
    refused = browser.post(address, sent).content.decode()
    saved = browser.post(address, sent | {"owner_id": in_full(ann)})

    lead_in_full = in_full(lead.membership)
    assert f'value="{lead_in_full}"' in page
    assert in_full(others[1]) in page
    assert "Type part of the name, the e-mail address or the staff number." in page
    assert "“ann” fits 2 people." in refused
    assert "Name a person, a team or a partner organisation" not in refused
    assert 'list="owner_id-found"' in refused
    assert f'<option value="{in_full(ann)}">' in refused
    assert saved.status_code == 302
    with acting_as(lead):
        row = Action.objects.get()
        assert (row.owner_id, row.accountable_id) == (ann.pk, ann.pk)
        assert [each.membership_id for each in row.supporters.all()] == [others[2].pk]


def test_what_somebody_else_saved_meanwhile_is_shown_by_name(lead, ann, others, many, client_for, organisation):
    row = action(lead, plan(lead))
    browser, address = client_for(lead), f"/action-plans/actions/{row.reference}/change/"
    sent = {
        "version": 1, "title": "Brief hirers", "plan_id": row.plan_id, "success_measure": "All signed", "priority": 1,
        "owner_id": in_full(ann), "accountable_id": in_full(ann), "supporter_ids": "", "repeats": "never",
        "starts_on_0": 1, "starts_on_1": 10, "starts_on_2": 2026,
    }  # fmt: skip
    browser.post(address, sent | {"owner_id": in_full(others[2])})

    conflict = browser.post(address, sent)

    assert conflict.status_code == 409
    page = conflict.content.decode()
    assert in_full(others[2]) in page
    assert in_full(ann) in page


def test_staff_tell_somebody_by_name(lead, ann, others, many, client_for, organisation):
    worker = acting_of(make_membership(organisation, Role.STAFF, name="Wanda Worker"))
    row = action(lead, plan(lead), owner_id=worker.membership_id)
    browser = client_for(worker)

    said = browser.post(
        f"/action-plans/actions/{row.reference}/comment/", {"text": "Look", "mention_ids": in_full(lead.membership)}
    )

    assert said.status_code == 302
