import io
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.evidence import actions
from foundation.evidence.actions import Description
from foundation.evidence.models import EvidenceItem, EvidenceRevision
from foundation.files import owners
from foundation.files.examination import EVERYTHING, examine
from foundation.files.models import StoredFile
from foundation.ledger.models import Event
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import evidence

LATER = NOW + timedelta(days=1)
START = date(2026, 1, 1)


def described(**changes) -> Description:
    return Description(**({"title": "Minutes of May", "note": "Three present.", "effective_from": START} | changes))


def uploaded(content: bytes = b"Present: three.\n"):
    return examine(io.BytesIO(content), "minutes.txt", EVERYTHING)


def add(lead, kind: str, upload=None, **changes) -> EvidenceItem:
    with acting_as(lead):
        return actions.add(kind=kind, description=described(**changes), upload=upload, by=lead, now=NOW)


def revise(lead, item, version: int, upload=None, **changes) -> EvidenceItem:
    with acting_as(lead):
        return actions.revise(
            evidence_id=item.pk, version=version, description=described(**changes), upload=upload, by=lead, now=LATER
        )


def test_each_kind_is_added_with_its_first_version_and_an_event(lead):
    note = add(lead, "note")
    link = add(lead, "link", link="https://www.gov.uk/prevent")
    file = add(lead, "file", upload=uploaded())

    with acting_as(lead):
        first = {revision.item_id: revision.number for revision in EvidenceRevision.objects.all()}
        told = set(Event.objects.filter(verb="evidence.added").values_list("target_reference", flat=True))
        text = "".join(Event.objects.values_list("facts", flat=True))
    assert first == {note.pk: 1, link.pk: 1, file.pk: 1}
    assert told == {note.reference, link.reference, file.reference}
    assert "Minutes" not in text
    assert "Three present" not in text
    assert file.file.purpose == actions.PURPOSE


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        ("file", {}, "Select a file."),
        ("link", {"link": "http://www.gov.uk/"}, "https://"),
        ("link", {"link": "javascript:alert(1)"}, "https://"),
        ("link", {"link": ""}, "https://"),
        ("note", {"note": "  "}, "Write the note."),
        ("note", {"link": "https://www.gov.uk/"}, "Only evidence of the kind link"),
        ("note", {"effective_to": date(2025, 12, 31)}, "cannot end before it begins"),
        ("note", {"expires_on": date(2025, 12, 31)}, "cannot be before it begins"),
        ("note", {"owner_id": 999_999}, "owner must be somebody"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(lead, kind, changes, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        add(lead, kind, **changes)

    with acting_as(lead):
        assert (EvidenceItem.objects.count(), EvidenceRevision.objects.count(), StoredFile.objects.count()) == (0, 0, 0)


def test_an_owner_of_another_organisation_is_refused(lead, other_organisation):
    stranger = make_membership(other_organisation)

    with pytest.raises(RuleBroken, match="owner must be somebody"):
        add(lead, "note", owner_id=stranger.pk)


@pytest.mark.parametrize("role", ["staff", "board_member", "inspector", "records_manager", "organisation_admin"])
def test_only_who_keeps_evidence_may_add_revise_or_withdraw(lead, acting_for, role):
    item = evidence.note(lead)
    other = acting_for(role)

    attempts = [
        lambda: actions.add(kind="note", description=described(), by=other, now=NOW),
        lambda: actions.revise(evidence_id=item.pk, version=1, description=described(), by=other, now=NOW),
        lambda: actions.withdraw(evidence_id=item.pk, version=1, reason="old", by=other, now=NOW),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied), acting_as(other):
            attempt()
    with acting_as(lead):
        assert EvidenceItem.objects.get().version == 1


def test_a_revision_keeps_how_it_stood_before_who_changed_it_and_when(lead, acting_for):
    item = add(lead, "note")
    colleague = acting_for("prevent_lead", name="Another lead")

    with acting_as(colleague):
        actions.revise(
            evidence_id=item.pk,
            version=1,
            description=described(title="Minutes of June", expires_on=date(2027, 5, 1)),
            by=colleague,
            now=LATER,
        )
        stands = EvidenceItem.objects.get()
        before, after = EvidenceRevision.objects.order_by("number")
        event = Event.objects.get(verb="evidence.revised")

    assert (stands.version, stands.title, stands.expires_on) == (2, "Minutes of June", date(2027, 5, 1))
    assert (before.title, before.expires_on, before.changed_by_id) == ("Minutes of May", None, lead.membership_id)
    assert (after.title, after.changed_by_id, after.changed_at) == ("Minutes of June", colleague.membership_id, LATER)
    assert '"fields":["expires_on","title"]' in event.facts


def test_saving_it_as_it_stands_makes_no_version(lead):
    item = add(lead, "note")

    revise(lead, item, 1)

    with acting_as(lead):
        assert (EvidenceItem.objects.get().version, EvidenceRevision.objects.count()) == (1, 1)
        assert not Event.objects.filter(verb="evidence.revised").exists()


def test_a_replaced_file_leaves_the_old_one_in_the_history(lead):
    item = add(lead, "file", upload=uploaded(b"first\n"))
    old = item.file_id

    revised = revise(lead, item, 1, upload=uploaded(b"second\n"))

    with acting_as(lead):
        before, after = EvidenceRevision.objects.order_by("number")
        may_see_old = owners.may_see(lead, StoredFile.objects.get(pk=old))
    assert (before.file_id, after.file_id) == (old, revised.file_id)
    assert revised.file_id != old
    assert may_see_old


def test_a_stale_save_changes_nothing_and_carries_what_stands(lead):
    item = add(lead, "note")
    revise(lead, item, 1, title="Theirs")

    with pytest.raises(StaleVersion) as stale:
        revise(lead, item, 1, title="Mine")

    assert stale.value.current.title == "Theirs"
    with acting_as(lead):
        assert (EvidenceItem.objects.get().title, EvidenceRevision.objects.count()) == ("Theirs", 2)


def test_of_many_who_save_at_once_one_wins_and_nothing_is_lost(committed, lead, backup):
    item = add(lead, "note")
    ready, outcomes = threading.Barrier(6), []

    def save(number: int) -> None:
        try:
            ready.wait()
            revise(lead, item, 1, title=f"Writer {number}")
            outcomes.append(f"Writer {number}")
        except StaleVersion:
            outcomes.append("stale")
        finally:
            connection.close()

    writers = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    winner = next(each for each in outcomes if each != "stale")
    assert sorted(outcomes) == sorted([winner, *["stale"] * 5])
    assert (backup(EvidenceItem).get().title, backup(EvidenceItem).get().version) == (winner, 2)
    assert backup(EvidenceRevision).count() == 2


def test_withdrawn_evidence_says_why_stays_and_cannot_be_changed(lead):
    item = add(lead, "note")

    with acting_as(lead):
        actions.withdraw(evidence_id=item.pk, version=1, reason=" It was the wrong meeting. ", by=lead, now=LATER)
        stands = EvidenceItem.objects.get()
        last = EvidenceRevision.objects.order_by("-number").first()

    assert (stands.withdrawn_at, stands.withdrawn_reason) == (LATER, "It was the wrong meeting.")
    assert (last.number, last.withdrawn_reason) == (2, "It was the wrong meeting.")
    with pytest.raises(RuleBroken, match="cannot be changed"):
        revise(lead, item, 2, title="Again")
    with pytest.raises(RuleBroken, match="already withdrawn"), acting_as(lead):
        actions.withdraw(evidence_id=item.pk, version=2, reason="again", by=lead, now=LATER)


def test_withdrawal_without_a_reason_is_refused(lead):
    item = add(lead, "note")

    with pytest.raises(RuleBroken, match="Say why"), acting_as(lead):
        actions.withdraw(evidence_id=item.pk, version=1, reason="  ", by=lead, now=LATER)


@pytest.mark.parametrize(
    "wrong", ["file without file", "link without link", "note without note", "withdrawn in silence"]
)
def test_the_database_refuses_a_row_that_makes_no_sense(lead, wrong):
    item = evidence.note(lead)
    change = {
        "file without file": {"kind": "file"},
        "link without link": {"kind": "link"},
        "note without note": {"note": ""},
        "withdrawn in silence": {"withdrawn_at": NOW},
    }[wrong]

    with pytest.raises(IntegrityError), acting_as(lead):
        EvidenceItem.objects.filter(pk=item.pk).update(**change)


def test_history_cannot_be_rewritten(lead):
    item = evidence.note(lead)

    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead):
        EvidenceRevision.objects.filter(item=item).update(title="Never said")


def test_without_its_event_nothing_stands(committed, lead, backup):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    try:
        with pytest.raises(IntegrityError, match="nothing_more"):
            add(lead, "file", upload=uploaded())
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DROP CONSTRAINT nothing_more")

    assert (backup(EvidenceItem).count(), backup(EvidenceRevision).count(), backup(StoredFile).count()) == (0, 0, 0)


def test_evidence_and_its_file_stand_or_fall_together(lead):
    with transaction.atomic():
        add(lead, "file", upload=uploaded())
        transaction.set_rollback(True)

    with acting_as(lead):
        assert (EvidenceItem.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_another_organisation_sees_nothing_of_it(lead, other_organisation):
    evidence.note(lead)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    with acting_as(stranger):
        assert list(EvidenceItem.objects.all()) == []
        assert list(EvidenceRevision.objects.all()) == []


# ---- What counts, and when
@pytest.mark.parametrize(
    ("expires_on", "expired"),
    [(None, False), (date(2026, 11, 22), True), (date(2026, 11, 23), False), (date(2026, 11, 24), False)],
)
def test_the_last_day_still_counts(lead, expires_on, expired):
    item = evidence.note(lead, expires_on=expires_on)

    with acting_as(lead):
        current = EvidenceItem.objects.current(date(2026, 11, 23)).exists()
    assert item.is_expired(date(2026, 11, 23)) is expired
    assert current is not expired


@pytest.mark.parametrize(
    ("expires_on", "soon"),
    [
        (None, False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), True),
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),
    ],
)
def test_what_expires_within_thirty_days(lead, expires_on, soon):
    evidence.note(lead, expires_on=expires_on)

    with acting_as(lead):
        assert EvidenceItem.objects.expiring_within(30, date(2026, 11, 23)).exists() is soon


def test_nobody_sees_evidence_without_the_right_to_read_it(lead, acting_for):
    evidence.note(lead)
    staff = acting_for("staff")

    with acting_as(staff):
        assert list(EvidenceItem.objects.visible_to(staff)) == []
