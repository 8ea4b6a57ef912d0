import hashlib
import io
import threading
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction

from foundation.core.acting import acting_as
from foundation.core.encryption import CannotDecrypt
from foundation.core.exceptions import RuleBroken
from foundation.files import actions, owners
from foundation.files.examination import EVERYTHING, FileRefused, FileType, examine
from foundation.files.models import StoredBytes, StoredFile
from foundation.files.storage import DirectoryStore
from foundation.files.workflow import Status
from foundation.ledger.models import Event
from foundation.organisations.models import Organisation
from tests.conftest import NOW, acting_of, make_membership
from tests.foundation.files.conftest import PURPOSE, put

WORDS = b"CANARY-IN-A-FILE and more words.\n"


def on_disk(settings) -> list[Path]:
    return sorted(path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())


def test_a_received_file_says_what_it_is_and_is_in_the_ledger(lead):
    received = put(lead, WORDS, "minutes of May.txt")

    with acting_as(lead):
        stands = StoredFile.objects.get()
        event = Event.objects.get(verb="file.received")
    assert (stands.original_name, stands.file_type, stands.size) == ("minutes of May.txt", FileType.TXT, len(WORDS))
    assert stands.sha256 == hashlib.sha256(WORDS).hexdigest()
    assert (stands.status, stands.uploaded_by_id, stands.uploaded_at) == (Status.NOT_SCANNED, lead.membership_id, NOW)
    assert (event.target_reference, event.actor_membership_id) == (received.reference, lead.membership_id)
    assert "minutes" not in event.facts


def test_what_was_stored_comes_back(lead):
    received = put(lead, WORDS)

    with acting_as(lead), received.bytes.open() as content:
        assert content.read() == WORDS


def test_neither_words_nor_name_nor_hash_are_on_disk(lead, settings):
    put(lead, WORDS, "CANARY-NAME.txt")

    (path,) = on_disk(settings)
    assert b"CANARY" not in path.read_bytes()
    assert "CANARY" not in str(path)
    assert hashlib.sha256(WORDS).hexdigest() not in str(path)
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_content_is_kept_once_in_an_organisation(lead, settings):
    first, second = put(lead, WORDS, "a.txt"), put(lead, WORDS, "b.txt")

    assert first.pk != second.pk
    assert first.bytes_id == second.bytes_id
    assert len(on_disk(settings)) == 1


def test_two_organisations_with_the_same_content_share_nothing(lead, other_organisation, settings):
    stranger = acting_of(make_membership(other_organisation))

    ours, theirs = put(lead, WORDS), put(stranger, WORDS)

    assert ours.bytes.address != theirs.bytes.address
    assert len(on_disk(settings)) == 2
    assert on_disk(settings)[0].read_bytes() != on_disk(settings)[1].read_bytes()


def test_bytes_moved_to_another_organisation_do_not_open(lead, other_organisation):
    stranger = acting_of(make_membership(other_organisation))
    ours, theirs = put(lead, WORDS), put(stranger, WORDS)

    theirs.bytes.wrapped_key = ours.bytes.wrapped_key

    with pytest.raises(CannotDecrypt):
        theirs.bytes.open()


def test_another_organisation_sees_no_row(lead, other_organisation):
    put(lead, WORDS)
    stranger = acting_of(make_membership(other_organisation))

    with acting_as(stranger):
        assert list(StoredFile.objects.all()) == []
        assert list(StoredBytes.objects.all()) == []


def test_a_file_of_another_organisations_bytes_is_refused_by_the_database(lead, other_organisation):
    ours = put(lead, WORDS)
    stranger = acting_of(make_membership(other_organisation))

    def claim() -> None:
        StoredFile.objects.create(
            organisation=other_organisation,
            purpose=PURPOSE,
            bytes_id=ours.bytes_id,
            original_name="x.txt",
            file_type="txt",
            sha256="0" * 64,
            size=1,
            uploaded_at=NOW,
            uploaded_by=stranger.membership,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="same_org"), acting_as(stranger):
        claim()


def test_without_its_event_nothing_stands(committed, lead, backup):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    try:
        with pytest.raises(IntegrityError, match="nothing_more"):
            put(lead, WORDS)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DROP CONSTRAINT nothing_more")

    assert backup(StoredFile).count() == 0


def test_a_full_disk_gives_a_sentence_and_leaves_no_half_file(lead, settings, tmp_path):
    blocked = tmp_path / "not a folder"
    blocked.write_text("x")
    settings.FILES_DIR = blocked / "files"

    with pytest.raises(FileRefused, match="no room"):
        put(lead, WORDS)

    with acting_as(lead):
        assert StoredFile.objects.count() == 0


def test_half_a_file_is_removed_when_the_disk_fills_while_writing(settings):
    store = DirectoryStore(Path(settings.FILES_DIR))

    class Filling(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        store.put(f"1/{'a' * 64}", Filling())

    assert on_disk(settings) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "1/../../x", f"1/{'a' * 63}/", "/etc/passwd", f"x/{'a' * 64}", f"1/{'A' * 64}", ""]
)
def test_the_store_takes_no_name_that_was_not_made_here(settings, name):
    store = DirectoryStore(Path(settings.FILES_DIR))

    for attempt in (lambda: store.open(name), lambda: store.delete(name), lambda: store.put(name, io.BytesIO())):
        with pytest.raises(ValueError, match="looks otherwise"):
            attempt()


def test_what_the_portal_makes_needs_no_scan(lead):
    with acting_as(lead):
        made = actions.keep_made(
            content=b"%PDF-", file_type=FileType.PDF, name="report.pdf", purpose=PURPOSE, by=lead, now=NOW
        )

    assert made.status == Status.MADE_HERE


def test_nobody_may_open_a_file_of_a_room_that_registered_nothing(lead):
    made = put(lead, WORDS, purpose="nobody.knows")

    with pytest.raises(PermissionDenied, match="You may not open this file"), acting_as(lead):
        actions.open_file(stored_file_id=made.pk, by=lead, now=NOW)


def test_a_room_that_answers_anything_but_true_lets_nobody_in(lead):
    made = put(lead, WORDS, purpose="test.vague")
    owners.register("test.vague", vague := lambda acting, stored_file: "yes")
    try:
        assert owners.may_see(lead, made) is False
    finally:
        assert owners._owners.pop("test.vague") is vague


@pytest.mark.parametrize("status", sorted(set(Status.values) - {"clean", "made_here"}))
def test_only_clean_files_open(lead, open_to_all, status):
    made = put(lead, WORDS)
    with acting_as(lead):
        fields = {"status": status}
        if status in {"infected", "refused"}:
            fields |= {"scanned_at": NOW, "scanner": "ClamAV"}
        if status == "withdrawn":
            fields |= {"withdrawn_at": NOW, "withdrawn_by": lead.membership}
        StoredFile.objects.filter(pk=made.pk).update(**fields)

        with pytest.raises(PermissionDenied):
            actions.open_file(stored_file_id=made.pk, by=lead, now=NOW)
        assert not Event.objects.filter(verb="file.opened").exists()


def test_an_unscanned_file_opens_where_the_organisation_says_so(lead, open_to_all, organisation):
    made = put(lead, WORDS)
    with acting_as(lead):
        Organisation.objects.filter(pk=organisation.pk).update(open_unscanned_files=True)
    lead.organisation.open_unscanned_files = True

    with acting_as(lead):
        opened = actions.open_file(stored_file_id=made.pk, by=lead, now=NOW)
        event = Event.objects.get(verb="file.opened")

    assert opened.pk == made.pk
    assert event.target_reference == made.reference


def test_a_withdrawn_file_says_who_and_when_and_is_withdrawn_once(lead):
    made = put(lead, WORDS)

    with acting_as(lead):
        withdrawn = actions.withdraw(stored_file_id=made.pk, by=lead, now=NOW)
        with pytest.raises(RuleBroken):
            actions.withdraw(stored_file_id=made.pk, by=lead, now=NOW)

    assert (withdrawn.status, withdrawn.withdrawn_at, withdrawn.withdrawn_by_id) == (
        "withdrawn",
        NOW,
        lead.membership_id,
    )


def test_eight_uploads_of_the_same_content_at_once_keep_one_copy_that_opens(committed, lead, backup, settings):
    ready, failures = threading.Barrier(8), []
    examined = examine(io.BytesIO(WORDS), "note.txt", EVERYTHING)

    def upload() -> None:
        try:
            ready.wait()
            with acting_as(lead):
                actions.receive(examined=examined, purpose=PURPOSE, by=lead, now=NOW)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (backup(StoredFile).count(), backup(StoredBytes).count(), len(on_disk(settings))) == (8, 1, 1)
    with backup(StoredBytes).get().open() as content:
        assert content.read() == WORDS


def test_the_bytes_of_a_rolled_back_upload_do_not_stop_the_next_one(lead, settings):
    with transaction.atomic():
        put(lead, WORDS)
        transaction.set_rollback(True)
    left_behind = len(on_disk(settings))

    again = put(lead, WORDS)

    assert left_behind == 1
    with acting_as(lead), again.bytes.open() as content:
        assert content.read() == WORDS
