"""Recommendations of the local profile: responses, the day they were sent, and the risks they bear on."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from risk import actions
from risk.models import CtlpRecommendation, RecommendationRisk
from risk.profile_workflow import TRANSITIONS, State, check_transition
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles
from tests.factories.profiles import send

LATER = NOW + timedelta(days=1)
ISSUED = date(2026, 5, 4)


def respond(by, row, response: str = "accepted", reason: str = "", *, version: int | None = None):
    with acting_as(by):
        return actions.answer_recommendation(
            recommendation_id=row.pk, version=version or row.version, response=response, reason=reason, by=by, now=LATER
        )


def finish(by, row):
    with acting_as(by):
        return actions.finish_recommendation(recommendation_id=row.pk, version=row.version, by=by, now=LATER)


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
