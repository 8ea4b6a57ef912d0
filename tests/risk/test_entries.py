"""Risks come in, change, leave and come back; each change is a revision."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.roles import Role
from risk import actions
from risk.models import Assessment, Control, Entry, EntryRevision, Risk, ScoreChange
from tests.conftest import NOW
from tests.factories import risk as factories

MAY_NOT_WRITE = [role for role in Role if role != Role.PREVENT_LEAD]


def verbs(by):
    with acting_as(by):
        return list(
            Event.objects.filter(organisation_id=by.organisation_id).order_by("pk").values_list("verb", flat=True)
        )


def test_an_assessment_begins_with_the_starter_risks_that_were_chosen(lead):
    row = factories.assessment(lead, starters=["online", "key_person"])

    with acting_as(lead):
        entries = list(Entry.objects.visible_to(lead).filter(assessment=row).select_related("risk"))
        assert [(e.risk.code, e.theme, e.source) for e in entries] == [
            ("R1", "online", "professional"),
            ("R2", "leadership", "professional"),
        ]
        assert EntryRevision.objects.visible_to(lead).count() == 2
        assert row.scale.highest == 25
    assert verbs(lead)[-1] == "assessment.created"


def test_a_starter_risk_that_does_not_exist_begins_nothing(lead):
    with pytest.raises(RuleBroken, match="no starter risk nonsense"):
        factories.assessment(lead, starters=["nonsense"])

    with acting_as(lead):
        assert Assessment.objects.visible_to(lead).count() == 0


def test_a_period_that_ends_before_it_begins_is_refused(lead):
    with pytest.raises(RuleBroken, match="must end on or after"):
        factories.assessment(lead, period_from=date(2026, 2, 1), period_to=date(2026, 1, 31))


@pytest.mark.parametrize("role", MAY_NOT_WRITE)
def test_nobody_but_a_lead_begins_an_assessment(acting_for, role):
    with pytest.raises(PermissionDenied, match="Only a Prevent or safeguarding lead"):
        factories.assessment(acting_for(role))


def test_each_change_of_a_risk_is_kept_with_what_it_was(lead, draft):
    entry = factories.risk(lead, draft, places="Town centre")
    described = actions.Description(
        title="Drawn in online", places="Libraries", ideologies=["islamist"], **factories.WORDS
    )

    with acting_as(lead):
        actions.describe_entry(entry_id=entry.pk, version=1, description=described, by=lead, now=NOW)

        kept = EntryRevision.objects.visible_to(lead).filter(entry=entry).order_by("number")
        assert [(each.number, each.places, each.ideologies) for each in kept] == [
            (1, "Town centre", []),
            (2, "Libraries", ["islamist"]),
        ]
        event = Event.objects.filter(verb="risk.described").get()
        assert json.loads(event.facts)["fields"] == ["places", "ideologies"]


@pytest.mark.parametrize(("field", "value"), [("theme", "nonsense"), ("ideologies", ["nonsense"])])
def test_a_code_that_is_not_offered_is_refused(lead, draft, field, value):
    with pytest.raises(RuleBroken, match="from the list"):
        factories.risk(lead, draft, **{field: value})


def test_a_save_on_top_of_somebody_elses_is_refused(lead, entry):
    described = actions.Description(title="Mine", **factories.WORDS)

    with acting_as(lead), pytest.raises(StaleVersion):
        actions.describe_entry(entry_id=entry.pk, version=1, description=described, by=lead, now=NOW)

    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().title == "Drawn in online"


def test_another_organisations_risk_cannot_be_found_let_alone_changed(lead, entry, acting_for, other_organisation):
    outsider = acting_for(Role.PREVENT_LEAD, organisation=other_organisation)

    with acting_as(outsider), pytest.raises(Entry.DoesNotExist):
        actions.mark_reviewed(entry_id=entry.pk, version=2, by=outsider, now=NOW)


def respond(by, entry, **changes):
    fields = {
        "response": "treat",
        "tolerated_by_id": None,
        "tolerated_until": None,
        "owner_id": None,
        "review_every_months": 6,
        "next_review_on": None,
    } | changes
    with acting_as(by):
        version = Entry.objects.visible_to(by).get(pk=entry.pk).version
        return actions.respond(entry_id=entry.pk, version=version, by=by, now=NOW, **fields)


def test_a_new_owner_is_told_once(lead, approver, entry):
    respond(lead, entry, owner_id=approver.membership_id)
    respond(lead, entry, owner_id=approver.membership_id)

    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().owner_id == approver.membership_id
    with acting_as(approver):
        assert Notice.objects.visible_to(approver).filter(kind="risk.owns_risk").count() == 1


def test_an_owner_of_another_organisation_is_refused(lead, entry, acting_for, other_organisation):
    stranger = acting_for(Role.PREVENT_LEAD, organisation=other_organisation)

    with pytest.raises(RuleBroken, match="somebody who is in the organisation today"):
        respond(lead, entry, owner_id=stranger.membership_id)


def test_a_risk_that_is_treated_has_nobody_who_tolerates_it(lead, approver, entry):
    respond(lead, entry, response="tolerate", tolerated_by_id=approver.membership_id, tolerated_until=date(2027, 1, 1))
    respond(lead, entry, tolerated_by_id=approver.membership_id, tolerated_until=date(2027, 1, 1))

    with acting_as(lead):
        row = Entry.objects.visible_to(lead).get()
        assert (row.response, row.tolerated_by, row.tolerated_until) == ("treat", None, None)


def test_a_review_today_sets_the_next_by_the_interval(lead, entry):
    respond(lead, entry, review_every_months=3)

    with acting_as(lead):
        row = actions.mark_reviewed(entry_id=entry.pk, version=3, by=lead, now=NOW)

    assert (row.last_reviewed_on, row.next_review_on) == (date(2026, 11, 23), date(2027, 2, 23))


def test_controls_come_change_and_go_and_each_is_in_the_revision(lead, entry):
    with acting_as(lead):
        control = actions.add_control(
            entry_id=entry.pk, version=2, text="Filter", strength="untested", by=lead, now=NOW
        )
        actions.change_control(control_id=control.pk, version=3, text="Filter", strength="strong", by=lead, now=NOW)
        actions.remove_control(control_id=control.pk, version=4, by=lead, now=NOW)

        kept = EntryRevision.objects.visible_to(lead).filter(entry=entry, number__gte=2).order_by("number")
        assert [each.controls for each in kept] == [
            [],
            [{"text": "Filter", "strength": "untested"}],
            [{"text": "Filter", "strength": "strong"}],
            [],
        ]
        assert Control.objects.visible_to(lead).count() == 0
    assert verbs(lead)[-3:] == ["risk.control_added", "risk.control_changed", "risk.control_removed"]


def test_a_risk_taken_out_is_gone_from_the_register_and_closed_where_it_stands_nowhere_else(lead, entry):
    with acting_as(lead):
        actions.remove_entry(entry_id=entry.pk, version=2, reason="Entered twice", by=lead, now=NOW)

        assert Entry.objects.visible_to(lead).count() == 0
        assert EntryRevision.objects.visible_to(lead).filter(entry=entry).count() == 3
        assert Risk.objects.visible_to(lead).get().closed_reason == "Entered twice"
    assert verbs(lead)[-2:] == ["risk.taken_out", "risk.closed"]


@pytest.mark.parametrize("deed", [actions.close_risk, actions.reopen_risk])
def test_closing_and_reopening_need_a_reason(lead, entry, deed):
    with acting_as(lead), pytest.raises(RuleBroken, match="Say why"):
        deed(risk_id=entry.risk_id, version=1, reason="  ", by=lead, now=NOW)


def test_a_risk_is_closed_once_and_comes_back_into_the_open_assessment(lead, entry):
    with acting_as(lead):
        actions.remove_entry(entry_id=entry.pk, version=2, reason="Gone", by=lead, now=NOW)
        with pytest.raises(RuleBroken, match="closed already"):
            actions.close_risk(risk_id=entry.risk_id, version=2, reason="Gone", by=lead, now=NOW)

        actions.reopen_risk(risk_id=entry.risk_id, version=2, reason="Seen again", by=lead, now=NOW)

        assert Entry.objects.visible_to(lead).get().pk == entry.pk
        assert Risk.objects.visible_to(lead).get().closed_at is None
    assert verbs(lead)[-1] == "risk.reopened"


def test_a_form_without_scores_is_answered_in_words_and_takes_no_score(lead):
    row = factories.assessment(lead, template="prompts")
    entry = factories.risk(lead, row)

    with acting_as(lead):
        actions.answer_prompts(
            entry_id=entry.pk,
            version=1,
            description="Pupils are online alone",
            management="Filter and lessons",
            further_action="Evening for parents",
            owner_id=None,
            target_on=date(2027, 1, 31),
            next_review_on=None,
            by=lead,
            now=NOW,
        )
        with pytest.raises(RuleBroken, match="written without scores"):
            actions.score_entry(
                entry_id=entry.pk, version=2, inherent=(1, 1), residual=None, target=None, by=lead, now=NOW
            )

        written = Entry.objects.visible_to(lead).get()
        assert (written.management, written.further_action) == ("Filter and lessons", "Evening for parents")
        assert ScoreChange.objects.visible_to(lead).count() == 0
