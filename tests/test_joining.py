"""Every column that names a membership: it goes over when two are joined, or keeps whose deed something was."""

import pytest
from django.apps import apps

from foundation.core.acting import acting_as
from foundation.organisations import actions as organisations
from foundation.organisations import joining
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import actionplans as plans

# What an action hands over by itself, not as work that somebody answers for.
HANDED_OVER = {
    "notifications.notice.membership",
    "notifications.reminder.membership",
    "notifications.preference.membership",
    "organisations.membership.joined_into",
    "organisations.rolegrant.membership",  # ended, and given anew
    "organisations.invitation.membership",  # withdrawn
    "training.attempt.membership",
    "training.certificate.membership",
    "training.completion.membership",
    "training.place.membership",
    "training.waiver.membership",  # ended, and written anew
    "training.extension.membership",
    "training.absence.membership",
}
# What was so: it stays with the entry under which it was. Beside these, whoever did something: ``…_by``.
STAYS = {
    "actionplans.mention.membership": "who was named in a comment",
    "organisations.keptapart.lower": "what was said of two entries; joined ones are left out when it is read",
    "organisations.keptapart.higher": "the same",
    "notifications.outgoingmail.membership": "a letter that was sent; one that waits goes to nobody who has left",
    "risk.entryrevision.owner": "a state of a risk that was kept",
    "risk.ctlpbriefing.membership": "who was briefed",
    "compliance.answerrevision.owner": "a state of an answer that was kept",
    "evidence.evidencerevision.owner": "a state of a piece of evidence that was kept",
    "training.assignment.membership": "what was asked as it was known; the kept one is worked out anew",
    "training.personchange.membership": "a note that is taken off within a minute",
}


def held() -> set[str]:
    """Columns that rooms registered as work that goes over."""
    found = set()
    for part in joining._parts:
        for cell in part.go_over.__closure__ or ():
            if isinstance(cell.cell_contents, tuple):
                found |= {f"{each.model.lower()}.{each.column}" for each in cell.cell_contents}
    return found | {"training.taughtsession.trainer"}


def columns() -> set[str]:
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Membership
    }


def test_every_column_that_names_a_membership_goes_over_or_stays():
    done_by = {each for each in columns() if each.endswith("_by")}

    assert columns() - done_by == HANDED_OVER | STAYS.keys() | held()


@pytest.fixture
def people(committed, organisation):
    admin = acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name="Administrator"))
    kept, ended = (
        acting_of(make_membership(organisation, Role.PREVENT_LEAD, name=name)) for name in ("Rhys Morgan", "R Morgan")
    )
    return admin, kept, ended


def join(admin, kept, ended):
    with acting_as(admin):
        rows = [Membership.objects.get(pk=each.membership_id) for each in (kept, ended)]
        organisations.join_people(
            kept=organisations.Seen(rows[0].pk, rows[0].version),
            ended=organisations.Seen(rows[1].pk, rows[1].version),
            by=admin,
            now=NOW,
        )


def test_open_work_goes_over_and_whoever_has_it_open_learns_that_it_changed(people, backup):
    admin, kept, ended = people
    plan = plans.plan(ended)
    action = plans.action(ended, plan)
    before = {"actionplans.plan": plan.version, "actionplans.action": action.version}

    join(admin, kept, ended)

    for model, pk in (("actionplans.plan", plan.pk), ("actionplans.action", action.pk)):
        row = backup(apps.get_model(model)).get(pk=pk)
        assert (row.owner_id, row.saved_by_id) == (kept.membership_id, admin.membership_id)
        assert row.version > before[model]
        assert row.created_by_id == ended.membership_id
    assert backup(apps.get_model("actionplans.action")).get().accountable_id == kept.membership_id


def test_what_each_has_is_counted_for_whoever_compares(people):
    admin, kept, ended = people
    plans.action(ended, plans.plan(ended))

    with acting_as(admin):
        figures = joining.figures(admin, [kept.membership_id, ended.membership_id])

    numbers = {str(figure.label): dict(figure.numbers) for figure in figures if figure.numbers}
    assert numbers == {
        "Plans to own": {ended.membership_id: 1},
        "Actions to do": {ended.membership_id: 1},
        "Actions to answer for": {ended.membership_id: 1},
    }
