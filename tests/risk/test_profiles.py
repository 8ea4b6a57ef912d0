"""Editions, briefings and recommendations of the local profile."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, connections

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from risk import actions
from risk.models import CtlpBriefing, CtlpEdition, CtlpRecommendation, RecommendationRisk, ReviewTask
from risk.profile_workflow import TRANSITIONS, State, check_transition
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles
from tests.factories.profiles import DUE, described

LATER = NOW + timedelta(days=1)
ISSUED = date(2026, 5, 4)


def change_edition(by, row, version: int = 1, **changes) -> CtlpEdition:
    with acting_as(by):
        return actions.change_edition(
            edition_id=row.pk, version=version, edition=described(**changes), by=by, now=LATER
        )


def brief(by, row, **changes) -> CtlpBriefing:
    wanted = {
        "membership_id": None,
        "other": "Chair of the partnership",
        "briefed_on": date(2026, 6, 1),
        "briefed_by": "Force Prevent lead",
    } | changes
    with acting_as(by):
        return actions.add_briefing(edition_id=row.pk, by=by, now=NOW, **wanted)


def respond(by, row, response: str = "accepted", reason: str = "", *, version: int | None = None):
    with acting_as(by):
        return actions.answer_recommendation(
            recommendation_id=row.pk, version=version or row.version, response=response, reason=reason, by=by, now=LATER
        )


def send(by, row, on: date = date(2026, 11, 20), *, version: int | None = None):
    with acting_as(by):
        return actions.record_sent(
            recommendation_id=row.pk, version=version or row.version, sent_on=on, by=by, now=LATER
        )


def finish(by, row):
    with acting_as(by):
        return actions.finish_recommendation(recommendation_id=row.pk, version=row.version, by=by, now=LATER)


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


# ---- Recommendations
def test_a_recommendation_is_recorded_only_with_the_originators_agreement(lead):
    row = profiles.edition(lead)

    with pytest.raises(RuleBroken, match="originator agrees"):
        profiles.recommendation(lead, row, may_be_recorded=False)
    added = profiles.recommendation(lead, row)

    with acting_as(lead):
        events = list(Event.objects.filter(verb="ctlp_recommendation.added").values_list("target_reference", "facts"))
    assert (added.state, added.response, added.may_be_recorded) == (State.OPEN, "", True)
    assert events == [(added.reference, f'{{"edition":"{row.reference}"}}')]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": " "}, "Give the number"),
        ({"text": " "}, "the wording"),
        ({"recommended_to": ""}, "to whom"),
        ({"code": "r1"}, "already has a recommendation with this number"),
    ],
)
def test_a_recommendation_that_makes_no_sense_is_refused(lead, changes, sentence):
    row = profiles.edition(lead)
    profiles.recommendation(lead, row, code="R1")

    with pytest.raises(RuleBroken, match=sentence):
        profiles.recommendation(lead, row, **({"code": "R2"} | changes))


def test_new_words_need_the_agreement_again(lead):
    row = profiles.recommendation(lead)
    words = {"code": "R1", "text": "New words", "recommended_to": "All"}

    with acting_as(lead):
        with pytest.raises(RuleBroken, match="originator agrees"):
            actions.change_recommendation(
                recommendation_id=row.pk, version=1, may_be_recorded=False, by=lead, now=LATER, **words
            )
        changed = actions.change_recommendation(
            recommendation_id=row.pk, version=1, may_be_recorded=True, by=lead, now=LATER, **words
        )
        event = Event.objects.get(verb="ctlp_recommendation.changed")

    assert (changed.text, changed.version, event.facts) == ("New words", 2, "{}")


@pytest.mark.parametrize(
    ("response", "reason", "state"),
    [
        ("accepted", "", State.IN_HAND),
        ("partly", "No staff for the rest", State.IN_HAND),
        ("not_accepted", "Done by others", State.CLOSED),
    ],
)
def test_a_response_is_recorded_with_who_gave_it(lead, response, reason, state):
    row = respond(lead, profiles.recommendation(lead), response, reason)

    with acting_as(lead):
        event = Event.objects.get(verb="ctlp_recommendation.answered")
    assert (row.state, row.response, row.reason, row.responded_by_id, row.responded_at) == (
        state,
        response,
        reason,
        lead.membership_id,
        LATER,
    )
    assert event.facts == f'{{"after":"{response}","before":""}}'


@pytest.mark.parametrize("response", ["partly", "not_accepted"])
def test_what_is_not_wholly_accepted_needs_a_reason(lead, response):
    row = profiles.recommendation(lead)

    with pytest.raises(RuleBroken, match="Say why"):
        respond(lead, row, response, "  ")

    with acting_as(lead):
        assert CtlpRecommendation.objects.get().state == State.OPEN


def test_the_day_of_sending_is_recorded_once_there_is_a_response(lead):
    row = profiles.recommendation(lead)

    with pytest.raises(RuleBroken, match="Respond to the recommendation first"):
        send(lead, row)
    sent = send(lead, respond(lead, row))

    with acting_as(lead):
        event = Event.objects.get(verb="ctlp_recommendation.sent")
    assert (sent.sent_on, sent.version) == (date(2026, 11, 20), 3)
    assert event.facts == '{"sent_on":"2026-11-20"}'


@pytest.mark.parametrize("on", [ISSUED - timedelta(days=1), date(2026, 11, 25)])
def test_a_response_is_sent_neither_before_the_issue_nor_in_the_future(lead, on):
    row = respond(lead, profiles.recommendation(lead))

    with pytest.raises(RuleBroken, match="on or after the day of issue"):
        send(lead, row, on)


def test_a_new_answer_no_longer_counts_as_sent(lead):
    sent = send(lead, respond(lead, profiles.recommendation(lead)))

    row = respond(lead, sent, "not_accepted", "The money went")

    assert (row.sent_on, row.state, row.response) == (None, State.CLOSED, "not_accepted")


def test_what_was_accepted_is_done_and_can_be_taken_up_again(lead):
    row = finish(lead, respond(lead, profiles.recommendation(lead)))

    again = respond(lead, row, "partly", "Only half of it held")

    with acting_as(lead):
        assert Event.objects.filter(verb="ctlp_recommendation.done").count() == 1
    assert (row.state, again.state) == (State.DONE, State.IN_HAND)


@pytest.mark.parametrize("current", list(State))
@pytest.mark.parametrize("to", list(State))
def test_every_pair_of_states_is_allowed_or_refused(current, to):
    allowed = {
        (State.OPEN, State.IN_HAND),
        (State.OPEN, State.CLOSED),
        (State.IN_HAND, State.IN_HAND),
        (State.IN_HAND, State.CLOSED),
        (State.IN_HAND, State.DONE),
        (State.DONE, State.IN_HAND),
        (State.DONE, State.CLOSED),
        (State.CLOSED, State.IN_HAND),
        (State.CLOSED, State.CLOSED),
    }

    try:
        check_transition(current, to)
    except RuleBroken:
        refused = True
    else:
        refused = False

    assert refused is ((current, to) not in allowed)
    assert set(TRANSITIONS) == set(State)


def test_only_what_was_accepted_can_be_done(lead):
    waiting = profiles.recommendation(lead)
    edition = waiting.edition
    refused = respond(lead, profiles.recommendation(lead, edition, code="R2"), "not_accepted", "No")

    for row in (waiting, refused):
        with pytest.raises(RuleBroken, match="cannot become"):
            finish(lead, row)


def test_of_two_who_respond_at_once_one_wins_and_the_other_sees_it(committed, lead, backup):
    row = profiles.recommendation(lead)
    ready, outcomes = threading.Barrier(4), []

    def answer(number: int) -> None:
        try:
            ready.wait()
            respond(lead, row, "partly", f"Reason {number}", version=1)
            outcomes.append(f"Reason {number}")
        except StaleVersion:
            outcomes.append("stale")
        finally:
            connection.close()

    people = [threading.Thread(target=answer, args=[number]) for number in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    winner = next(each for each in outcomes if each != "stale")
    stands = backup(CtlpRecommendation).get()
    assert sorted(outcomes) == sorted([winner, "stale", "stale", "stale"])
    assert (stands.reason, stands.version) == (winner, 2)
    assert backup(Event).filter(verb="ctlp_recommendation.answered").count() == 1


# ---- Links to risks
def test_links_are_exactly_the_chosen_ones_and_their_history_stays(lead):
    row, first, second = profiles.recommendation(lead), profiles.risk(lead, "R-1"), profiles.risk(lead, "R-2")

    after_one = profiles.linked(lead, row, first)
    after_two = profiles.linked(lead, after_one, second)
    profiles.linked(lead, after_two, second)  # nothing changes

    with acting_as(lead):
        links = list(RecommendationRisk.objects.order_by("pk").values_list("risk_id", "unlinked_at", "unlinked_by_id"))
        told = list(
            Event.objects.filter(verb="ctlp_recommendation.linked").order_by("pk").values_list("facts", flat=True)
        )
        version = CtlpRecommendation.objects.get().version
    assert links == [(first.pk, NOW, lead.membership_id), (second.pk, None, None)]
    assert told == ['{"linked":1,"unlinked":0}', '{"linked":1,"unlinked":1}']
    assert version == 3


def test_a_closed_risk_and_anothers_risk_cannot_be_linked(lead, other_organisation):
    row = profiles.recommendation(lead)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    for wrong in (profiles.risk(lead, closed=True), profiles.risk(stranger)):
        with pytest.raises(RuleBroken, match="not closed"):
            profiles.linked(lead, row, wrong)

    with acting_as(lead):
        assert RecommendationRisk.objects.count() == 0


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


@pytest.mark.parametrize(
    "wrong",
    [
        {"may_be_recorded": False},
        {"response": "not_accepted"},
        {"state": "done"},
        {"sent_on": ISSUED},
        {"state": "closed", "response": "accepted", "responded_at": NOW},
    ],
)
def test_the_database_refuses_a_recommendation_that_makes_no_sense(lead, wrong):
    profiles.recommendation(lead)

    with acting_as(lead), pytest.raises(IntegrityError):
        CtlpRecommendation.objects.update(**wrong)


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
