"""Files with registers that nobody imported go by the clock, whole; what somebody works on stays."""

import io
from datetime import timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.files.examination import SPREADSHEETS, examine
from foundation.files.models import StoredFile
from foundation.files.workflow import Status as FileStatus
from foundation.ledger.models import Event
from risk import actions, upkeep
from risk.actions import imports
from risk.models import RegisterImport, RegisterImportRow
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import risk as factories

REGISTER = b"Ref,Risk,Likelihood,Impact\nN1,Drawn in online,3,4\n"
LATER = NOW + timedelta(days=31)


def uploaded(by, into) -> RegisterImport:
    examined = examine(io.BytesIO(REGISTER), "register.csv", SPREADSHEETS)
    with acting_as(by):
        return actions.upload_register(examined=examined, assessment_id=into.pk, by=by, now=NOW)


def standing(by, row) -> tuple[str, str, int]:
    with acting_as(by):
        found = RegisterImport.objects.visible_to(by).get(pk=row.pk)
        rows = RegisterImportRow.objects.visible_to(by).filter(register_import=row).count()
        return found.status, StoredFile.objects.get(pk=found.stored_file_id).status, rows


def test_a_file_goes_after_thirty_days_and_not_before(committed, lead, draft, backup):
    row = uploaded(lead, draft)

    counts = [upkeep.forget_files(now=NOW + timedelta(days=days)) for days in (29, 31, 32)]

    assert counts == [0, 1, 0]
    assert standing(lead, row) == ("abandoned", FileStatus.WITHDRAWN, 0)
    with acting_as(lead):
        gone = RegisterImport.objects.visible_to(lead).get(pk=row.pk)
        assert (gone.layouts, gone.headings, gone.columns) == ([], [], {})
    events = backup(Event).filter(verb__in=["register_import.put_aside", "file.withdrawn"])
    assert sorted(events.values_list("verb", "system_purpose", "actor_membership_id")) == [
        ("file.withdrawn", "risk-imports", None),
        ("register_import.put_aside", "risk-imports", None),
    ]


def test_files_of_every_organisation_go(committed, lead, draft, other_organisation):
    theirs = acting_of(make_membership(other_organisation, "prevent_lead"))
    rows = {lead: uploaded(lead, draft), theirs: uploaded(theirs, factories.assessment(theirs))}

    assert upkeep.forget_files(now=LATER) == 2
    assert {standing(by, row)[0] for by, row in rows.items()} == {"abandoned"}


@pytest.mark.parametrize("status", ["applying", "abandoned"])
def test_what_is_being_imported_or_over_is_left(committed, lead, draft, status):
    row = uploaded(lead, draft)
    with acting_as(lead):
        RegisterImport.objects.visible_to(lead).filter(pk=row.pk).update(status=status)

    assert upkeep.forget_files(now=LATER) == 0
    assert standing(lead, row)[:2] == (status, FileStatus.NOT_SCANNED)


def test_what_somebody_did_first_stands(committed, lead, draft):
    row = uploaded(lead, draft)
    with acting_as(lead):
        actions.put_aside(import_id=row.pk, by=lead, now=NOW)

        assert not imports.put_aside_by_the_clock(import_id=row.pk, system_purpose=upkeep.FORGETTING, now=LATER)
