"""Actions on a register out of a spreadsheet, from the upload to the import."""

import io
from typing import Any

from foundation.core.acting import acting_as
from foundation.files.examination import SPREADSHEETS, examine
from risk import actions as risk
from risk.models import RegisterImport
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, LEAD, Action, Ground, of_nobody
from tests.factories import risk as made


def register() -> Any:
    return examine(io.BytesIO(b"Ref,Risk,Owner\nC7,Drawn in online,\n"), "register.csv", SPREADSHEETS)


def meant(row: RegisterImport) -> dict[str, Any]:
    fields = {int(at): name for at, name in row.columns.items()}
    return {"chosen": fields, "theme": "online", "source": "national", "when_there": "stop"}


def uploaded(ground: Ground, *steps: str) -> RegisterImport:
    """A file for a draft, taken as many steps as are named."""
    draft = made.assessment(ground.lead)
    with acting_as(ground.lead) as by:
        row = risk.upload_register(examined=register(), assessment_id=draft.pk, by=by, now=NOW)
        same: dict[str, Any] = {"import_id": row.pk, "by": by, "now": NOW}
        if "chosen" in steps:
            risk.choose_columns(**meant(row), **same)
        if "checked" in steps:
            risk.check_register(**same)
        if "confirmed" in steps:
            risk.confirm_register(**same)
    return row


def headings(ground: Ground) -> dict[str, Any]:
    row = uploaded(ground)
    return {"import_id": row.pk, "sheet": row.sheet, "heading_row": row.heading_row}


def columns(ground: Ground) -> dict[str, Any]:
    row = uploaded(ground)
    return {"import_id": row.pk, **meant(row)}


def after(*steps: str) -> Any:
    return lambda ground: {"import_id": uploaded(ground, *steps).pk}


ACTIONS: dict[str, Action] = {
    "risk.upload_register": of_nobody(
        risk.upload_register, "register_import.uploaded", LEAD,
        lambda ground: {"examined": register(), "assessment_id": made.assessment(ground.lead).pk}, hidden=True, **BOTH,
    ),
    "risk.choose_headings": Action(
        risk.choose_headings, "register_import.headings_chosen", LEAD, headings, **BOTH
    ),
    "risk.choose_columns": Action(risk.choose_columns, "register_import.columns_chosen", LEAD, columns),
    "risk.check_register": Action(
        risk.check_register, "register_import.checked", LEAD, after("chosen"), **BOTH
    ),
    "risk.confirm_register": Action(
        risk.confirm_register, "register_import.confirmed", LEAD, after("chosen", "checked")
    ),
    "risk.import_register": Action(
        risk.import_register, "register_import.applied", LEAD, after("chosen", "checked", "confirmed"), **BOTH_ONCE
    ),
    "risk.take_back_import": Action(
        risk.take_back_import, "register_import.taken_back", LEAD, after("chosen", "checked", "confirmed"), **BOTH_ONCE
    ),
    "risk.put_aside": Action(risk.put_aside, "register_import.put_aside", LEAD, after()),
}  # fmt: skip
