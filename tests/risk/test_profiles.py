"""Editions and briefings of the local profile, and who may keep the register of them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connections

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from risk import actions
from risk.models import CtlpBriefing, CtlpEdition, CtlpRecommendation, ReviewTask
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles
from tests.factories.profiles import DUE, brief, described, send

LATER = NOW + timedelta(days=1)
ISSUED = date(2026, 5, 4)


def change_edition(by, row, version: int = 1, **changes) -> CtlpEdition:
    with acting_as(by):
        return actions.change_edition(
            edition_id=row.pk, version=version, edition=described(**changes), by=by, now=LATER
        )


# ---- Editions
def test_an_edition_is_recorded_with_an_event_that_holds_none_of_its_words(lead):
    row = profiles.edition(lead, title=" Local profile 2026 ", note=" Ask first. ")

    with acting_as(lead):
        event = Event.objects.get(verb="ctlp_edition.added")
    assert (row.title, row.note, row.version, row.created_by_id) == (
        "Local profile 2026",
        "Ask first.",
        1,
        lead.membership_id,
    )
    assert (event.target_reference, event.facts) == (
        row.reference,
        '{"issued_on":"2026-05-04","marking":"official_sensitive"}',
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "  "}, "Give the title"),
        ({"originator": ""}, "Give the title"),
        ({"held_at": " "}, "where the profile is held"),
        ({"period_to": date(2025, 3, 31)}, "cannot end before it begins"),
        ({"issued_on": date(2026, 11, 24)}, "must be today or earlier"),
    ],
)
def test_an_edition_that_makes_no_sense_is_refused(lead, changes, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        profiles.edition(lead, **changes)

    with acting_as(lead):
        assert CtlpEdition.objects.count() == 0


def test_the_same_edition_is_recorded_once(lead):
    profiles.edition(lead)

    with pytest.raises(RuleBroken, match="already in the register"):
        profiles.edition(lead, title="local PROFILE 2026")


def test_a_change_says_which_fields_changed_and_a_stale_one_is_refused(lead):
    row = profiles.edition(lead)

    change_edition(lead, row, held_at="Another safe", note="Moved")
    with pytest.raises(StaleVersion) as stale:
        change_edition(lead, row, held_at="A third safe")

    with acting_as(lead):
        stands = CtlpEdition.objects.get()
        event = Event.objects.get(verb="ctlp_edition.changed")
    assert (stands.held_at, stands.version, stands.saved_by_id, stands.saved_at) == (
        "Another safe",
        2,
        lead.membership_id,
        LATER,
    )
    assert event.facts == '{"fields":["held_at","note"]}'
    assert stale.value.current.held_at == "Another safe"


def test_saving_an_edition_as_it_stands_makes_no_version(lead):
    row = profiles.edition(lead)

    change_edition(lead, row)

    with acting_as(lead):
        assert CtlpEdition.objects.get().version == 1
        assert not Event.objects.filter(verb="ctlp_edition.changed").exists()


def test_it_cannot_be_issued_after_somebody_was_briefed_or_a_response_was_sent(lead):
    briefed, answered = profiles.edition(lead), profiles.edition(lead, title="Another")
    brief(lead, briefed)
    send(lead, profiles.answered(lead, profiles.recommendation(lead, answered)), date(2026, 6, 1))

    for row, title in ((briefed, "Local profile 2026"), (answered, "Another")):
        with pytest.raises(RuleBroken, match="before that day"):
            change_edition(lead, row, title=title, issued_on=date(2026, 6, 2))


# ---- Which risks an edition asks about
def test_a_new_edition_asks_for_the_risks_that_earlier_recommendations_of_its_originator_bear_on(lead):
    bears_on, other, closed = profiles.risk(lead, "R-1"), profiles.risk(lead, "R-2"), profiles.risk(lead, "R-3")
    of_others = profiles.risk(lead, "R-4")
    earlier = profiles.edition(lead, title="Local profile 2025", issued_on=date(2025, 5, 1))
    profiles.linked(lead, profiles.recommendation(lead, earlier), bears_on, closed)
    elsewhere = profiles.edition(lead, title="Port profile", originator="Port police")
    profiles.linked(lead, profiles.recommendation(lead, elsewhere), of_others)
    with acting_as(lead):
        type(closed).objects.filter(pk=closed.pk).update(closed_at=NOW, closed_by=lead.membership, closed_reason="Gone")

    row = profiles.edition(lead, reassess="linked", originator="severnshire constabulary")

    with acting_as(lead):
        raised = list(ReviewTask.objects.values_list("risk_id", "cause", "edition_id", "due_on"))
        event = Event.objects.get(verb="review_task.raised")
    assert raised == [(bears_on.pk, "ctlp", row.pk, DUE)]
    assert f'"risk":{bears_on.pk}' in event.facts
    assert other.pk not in {risk for risk, *_rest in raised}


def test_a_link_that_was_taken_back_asks_nothing(lead):
    row = profiles.risk(lead)
    earlier = profiles.edition(lead, title="Local profile 2025", issued_on=date(2025, 5, 1))
    linked = profiles.linked(lead, profiles.recommendation(lead, earlier), row)
    profiles.linked(lead, linked)

    profiles.edition(lead, reassess="linked")

    with acting_as(lead):
        assert ReviewTask.objects.count() == 0


@pytest.mark.parametrize(("reassess", "codes"), [("all", ["R-1", "R-2"]), ("chosen", ["R-2"]), ("none", [])])
def test_a_new_edition_asks_for_all_open_risks_or_the_chosen_ones(lead, reassess, codes):
    profiles.risk(lead, "R-1")
    second = profiles.risk(lead, "R-2")
    profiles.risk(lead, "R-3", closed=True)

    profiles.edition(lead, reassess=reassess, risk_ids=(second.pk,))

    with acting_as(lead):
        assert list(ReviewTask.objects.order_by("risk__code").values_list("risk__code", flat=True)) == codes


@pytest.mark.parametrize("wrong", ["none chosen", "closed", "theirs"])
def test_only_open_risks_of_ones_own_can_be_chosen_and_a_refusal_records_no_edition(lead, other_organisation, wrong):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    chosen = {
        "none chosen": lambda: (),
        "closed": lambda: (profiles.risk(lead, closed=True).pk,),
        "theirs": lambda: (profiles.risk(stranger).pk,),
    }[wrong]()

    with pytest.raises(RuleBroken, match="at least one risk"):
        profiles.edition(lead, reassess="chosen", risk_ids=chosen)

    with acting_as(lead):
        assert (CtlpEdition.objects.count(), ReviewTask.objects.count()) == (0, 0)


# ---- Briefings
def test_a_briefing_of_a_colleague_or_of_a_partners_role_is_recorded(lead, acting_for):
    row, colleague = profiles.edition(lead), acting_for("board_member")

    brief(lead, row)
    brief(lead, row, membership_id=colleague.membership_id, other="")

    with acting_as(lead):
        facts = list(CtlpBriefing.objects.order_by("pk").values_list("other", "membership_id"))
        told = list(Event.objects.filter(verb="ctlp_briefing.added").order_by("pk").values_list("facts", flat=True))
    assert facts == [("Chair of the partnership", None), ("", colleague.membership_id)]
    assert told == ['{"briefed_on":"2026-06-01","own":false}', '{"briefed_on":"2026-06-01","own":true}']


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"other": " "}, "Choose somebody"),
        ({"membership_id": 1}, "Choose somebody"),  # both
        ({"membership_id": 999_999, "other": ""}, "somebody of your organisation"),
        ({"briefed_by": " "}, "who gave the briefing"),
        ({"briefed_on": ISSUED - timedelta(days=1)}, "on or after the day of issue"),
        ({"briefed_on": date(2026, 11, 24)}, "not in the future"),
    ],
)
def test_a_briefing_that_makes_no_sense_is_refused(lead, changes, sentence):
    row = profiles.edition(lead)

    with pytest.raises(RuleBroken, match=sentence):
        brief(lead, row, **changes)

    with acting_as(lead):
        assert CtlpBriefing.objects.count() == 0


def test_briefings_cannot_be_rewritten(lead):
    brief(lead, profiles.edition(lead))

    with acting_as(lead), pytest.raises(ProgrammingError, match="permission denied"):
        CtlpBriefing.objects.update(other="Somebody else")


# ---- Who may, and what the database says
def attempts(row, edition, by):
    """Every action, as somebody would try it."""
    return [
        lambda: actions.add_edition(edition=described(title="X"), reassess="none", due_on=DUE, by=by, now=NOW),
        lambda: actions.change_edition(edition_id=edition.pk, version=1, edition=described(), by=by, now=NOW),
        lambda: actions.add_briefing(
            edition_id=edition.pk, membership_id=None, other="X", briefed_on=NOW, briefed_by="X", by=by, now=NOW
        ),
        lambda: actions.add_recommendation(
            edition_id=edition.pk, code="X", text="X", may_be_recorded=True, recommended_to="X", by=by, now=NOW
        ),
        lambda: actions.change_recommendation(
            recommendation_id=row.pk, version=1, code="X", text="X", may_be_recorded=True, recommended_to="X", by=by,
            now=NOW,
        ),
        lambda: actions.answer_recommendation(
            recommendation_id=row.pk, version=1, response="accepted", reason="", by=by, now=NOW
        ),
        lambda: actions.record_sent(recommendation_id=row.pk, version=1, sent_on=ISSUED, by=by, now=NOW),
        lambda: actions.finish_recommendation(recommendation_id=row.pk, version=1, by=by, now=NOW),
        lambda: actions.link_risks(recommendation_id=row.pk, version=1, risk_ids=[], by=by, now=NOW),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "role",
    ["staff", "board_member", "senior_approver", "assurer", "records_manager", "inspector", "organisation_admin"],
)
def test_only_a_lead_keeps_the_register(lead, acting_for, role):
    row = profiles.recommendation(lead)
    other = acting_for(role)

    for attempt in attempts(row, row.edition, other):
        with pytest.raises(PermissionDenied, match="Only a Prevent or safeguarding lead"), acting_as(other):
            attempt()

    with acting_as(lead):
        assert (CtlpEdition.objects.get().version, CtlpRecommendation.objects.get().version) == (1, 1)


def test_another_organisation_sees_and_changes_nothing_of_it(lead, other_organisation):
    row = profiles.recommendation(lead)
    brief(lead, row.edition)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    missing = (CtlpEdition.DoesNotExist, CtlpRecommendation.DoesNotExist)
    for attempt in attempts(row, row.edition, stranger)[1:]:
        with pytest.raises(missing), acting_as(stranger):
            attempt()
    with acting_as(stranger):
        seen = [model.objects.count() for model in (CtlpEdition, CtlpBriefing, CtlpRecommendation)]

    assert seen == [0, 0, 0]


@pytest.mark.parametrize("model", [CtlpEdition, CtlpBriefing, CtlpRecommendation])
def test_whoever_may_not_read_risks_finds_nothing(lead, acting_for, model):
    brief(lead, profiles.recommendation(lead).edition)
    staff = acting_for("staff")

    with acting_as(staff):
        assert list(model.objects.visible_to(staff)) == []


def test_without_its_event_no_edition_stands(committed, lead, backup):
    profiles.risk(lead)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    try:
        with pytest.raises(IntegrityError, match="nothing_more"):
            profiles.edition(lead, reassess="all")
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DROP CONSTRAINT nothing_more")

    assert (backup(CtlpEdition).count(), backup(ReviewTask).count()) == (0, 0)
