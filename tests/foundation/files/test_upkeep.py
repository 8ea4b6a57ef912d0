import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from foundation.core import encryption
from foundation.core.acting import acting_as
from foundation.core.faults import EXIT_CODE
from foundation.files import upkeep
from foundation.files.models import StoredBytes, StoredFile
from foundation.files.storage import DirectoryStore
from foundation.ledger.models import Event
from tests.conftest import NOW
from tests.foundation.files.conftest import put

# What another process does until it is ended at a crash point: a whole upload, as a web worker would.
UPLOAD = """
import io, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
from pathlib import Path
connections["default"].settings_dict["NAME"] = sys.argv[1]
settings.FILES_DIR = Path(sys.argv[2])
from foundation.core.acting import acting_as, person_context
from foundation.files import actions
from foundation.files.examination import EVERYTHING, examine
from foundation.organisations.acting import for_membership
from foundation.organisations.models import Membership
from django.utils import timezone
with person_context(user_id=int(sys.argv[3]), organisation_id=int(sys.argv[4])):
    acting = for_membership(None, Membership.objects.get(), at=timezone.now())
    examined = examine(io.BytesIO(b"CANARY, crashed\\n"), "note.txt", EVERYTHING)
    actions.receive(examined=examined, purpose="test.record", by=acting, now=timezone.now())
"""


def on_disk(settings) -> list[Path]:
    return sorted(path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())


def crash(lead, settings, point: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", UPLOAD, settings.DATABASES["default"]["NAME"], str(settings.FILES_DIR),
         str(lead.user_id), str(lead.organisation_id)],
        env=os.environ | {"FAULT": point, "DJANGO_SETTINGS_MODULE": "prevent_portal.settings"},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode in {0, EXIT_CODE}, done.stderr.decode()
    return done.returncode


@pytest.mark.faults
@pytest.mark.parametrize("point", ["files.before_rename", "files.before_commit"])
def test_a_power_loss_leaves_no_row_and_what_lies_on_disk_is_swept(committed, lead, backup, settings, point):
    assert crash(lead, settings, point) == EXIT_CODE

    assert backup(StoredFile).count() == backup(StoredBytes).count() == 0
    (left_behind,) = on_disk(settings)
    assert b"CANARY" not in left_behind.read_bytes()
    assert upkeep.sweep(now=timezone.now()) == 0  # it may belong to an upload that is under way
    assert upkeep.sweep(now=timezone.now() + timedelta(hours=2)) == 1
    assert on_disk(settings) == []


@pytest.mark.faults
def test_after_a_power_loss_the_same_file_can_be_uploaded_and_opens(committed, lead, backup, settings):
    assert crash(lead, settings, "files.before_commit") == EXIT_CODE

    assert crash(lead, settings, "") == 0

    with backup(StoredBytes).get().open() as content:
        assert content.read() == b"CANARY, crashed\n"


def test_the_sweep_leaves_what_a_row_names(committed, lead, settings):
    put(lead)

    assert upkeep.sweep(now=timezone.now() + timedelta(days=2)) == 0
    assert len(on_disk(settings)) == 1


def test_the_sweep_does_not_reach_outside_what_the_portal_stores(committed, lead, settings, tmp_path):
    put(lead)
    stranger = Path(settings.FILES_DIR) / "README"
    stranger.write_text("kept")

    upkeep.sweep(now=timezone.now() + timedelta(days=2))

    assert stranger.exists()


@pytest.mark.parametrize("harm", ["flip", "remove", "cut"])
def test_the_nightly_check_names_what_is_not_as_it_was_stored(committed, lead, backup, settings, harm):
    put(lead, b"whole\n")
    harmed = put(lead, b"to be harmed\n").bytes
    path = DirectoryStore(Path(settings.FILES_DIR))._place(harmed.name)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flip" else content[:-1])

    damaged = upkeep.check(now=NOW)
    again = upkeep.check(now=NOW + timedelta(days=1))

    assert damaged == again == [harmed.name]
    assert {row.damaged_at for row in backup(StoredBytes)} == {None, NOW}
    assert backup(Event).filter(verb="file.damaged", organisation_id=lead.organisation_id).count() == 1


def test_the_same_content_uploaded_again_mends_what_was_damaged(committed, lead, backup, settings):
    harmed = put(lead, b"to be harmed\n").bytes
    DirectoryStore(Path(settings.FILES_DIR)).delete(harmed.name)
    upkeep.check(now=NOW)

    put(lead, b"to be harmed\n")

    assert upkeep.check(now=NOW + timedelta(days=1)) == []
    assert backup(StoredBytes).get().damaged_at is None


def test_the_check_begins_with_what_was_never_checked(committed, lead, backup, settings):
    old = put(lead, b"old\n").bytes
    upkeep.check(now=NOW)
    new = put(lead, b"new\n").bytes

    upkeep.check(now=NOW + timedelta(days=1), seconds=0)
    assert {row.pk: row.checked_at for row in backup(StoredBytes)} == {old.pk: NOW, new.pk: None}
    upkeep.check(now=NOW + timedelta(days=1))

    assert {row.checked_at for row in backup(StoredBytes)} == {NOW + timedelta(days=1)}


def test_keys_are_wrapped_again_under_a_new_key_and_the_old_one_can_go(committed, lead, settings):
    stored = put(lead, b"before the new key\n")
    old = settings.ENCRYPTION_KEYS
    new = "2:" + "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="
    settings.ENCRYPTION_KEYS = f"{new},{old}"
    (path,) = on_disk(settings)
    before = path.read_bytes()

    assert upkeep.rewrap_keys(now=NOW) == 1
    assert upkeep.rewrap_keys(now=NOW) == 0
    settings.ENCRYPTION_KEYS = new

    assert path.read_bytes() == before
    with acting_as(lead), StoredFile.objects.get(pk=stored.pk).bytes.open() as content:
        assert content.read() == b"before the new key\n"


def test_a_lost_key_raises_and_gives_no_bytes(lead, settings):
    stored = put(lead)
    settings.ENCRYPTION_KEYS = "1:" + "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="

    with pytest.raises(encryption.CannotDecrypt):
        stored.bytes.open()
