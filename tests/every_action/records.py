"""Training done elsewhere: said, decided, recorded, brought in from files, and partners' numbers."""

from typing import Any

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, EVERYBODY, Action, Ground, of_nobody
from tests.factories import records
from training import actions as training
from training.actions.recording import Done
from training.models import Came

MANAGERS = frozenset({"prevent_lead", "training_manager"})
NAME = "Course in question"


def done(**more: Any) -> Done:
    return Done(course_id=records.outside_course(NAME).pk, completed_on=records.ON, **more)


def said(ground: Ground) -> dict[str, Any]:
    return {"completion_id": records.declared(ground.person("staff"), records.outside_course(NAME)).pk}


def said_by_me(ground: Ground) -> dict[str, Any]:
    return {"completion_id": records.declared(ground.me, records.outside_course(NAME)).pk}


def recorded(ground: Ground) -> dict[str, Any]:
    member = ground.person("staff").membership
    return {"completion_id": records.recorded(ground.me, member, records.outside_course(NAME)).pk, "reason": "Not Ann."}


def file_for(ground: Ground, *names: str) -> Any:
    """A file about somebody of the organisation."""
    rows = [["", ground.colleague.membership.email, name, "27/03/2026", "", ""] for name in names]
    return records.file_of(rows)


def uploaded(ground: Ground) -> dict[str, Any]:
    row = records.uploaded(ground.me, file_for(ground, NAME))
    return {"import_id": row.pk, "chosen": row.columns, "course_id": None}


def waiting(ground: Ground) -> dict[str, Any]:
    records.outside_course(NAME)
    given = uploaded(ground)
    with acting_as(ground.me):
        training.explain_columns(**given, by=ground.me, now=NOW)
    return {"import_id": given["import_id"]}


def unknown(ground: Ground) -> dict[str, Any]:
    row = records.checked(ground.me, file_for(ground, "Something else"))
    return {"import_id": row.pk, "chosen": {"something else": "other"}}


def checked(ground: Ground) -> dict[str, Any]:
    records.outside_course(NAME)
    return {"import_id": records.checked(ground.me, file_for(ground, NAME)).pk}


def confirmed(ground: Ground) -> dict[str, Any]:
    records.outside_course(NAME)
    return {"import_id": records.confirmed(ground.me, file_for(ground, NAME)).pk}


def brought_in(ground: Ground) -> dict[str, Any]:
    records.outside_course(NAME)
    return {"import_id": records.brought_in(ground.me, file_for(ground, NAME)).pk}


def withdrawing(ground: Ground) -> dict[str, Any]:
    given = brought_in(ground)
    with acting_as(ground.me):
        training.withdraw_import(**given, reason="The wrong file.", by=ground.me, now=NOW)
    return given


ACTIONS: dict[str, Action] = {
    "training.record": Action(
        training.record, "training.recorded", MANAGERS,
        lambda ground: {"membership_id": ground.lead.membership_id, "done": done(), "came": Came.MANUAL},
    ),
    "training.record_for": Action(
        training.record_for, "training.recorded", MANAGERS,
        lambda ground: {"membership_ids": [ground.lead.membership_id], "done": done()},
    ),
    "training.declare": of_nobody(
        training.declare, "training.recorded", EVERYBODY,
        lambda ground: {"done": done(number="K-17"), "certificate": None}, own=True,
    ),
    "training.take_back": Action(
        training.take_back, "training.record_taken_back", EVERYBODY, said_by_me, own=True, hidden=True
    ),
    "training.accept": Action(training.accept, "training.record_accepted", MANAGERS, said, hidden=True),
    "training.refuse": Action(
        training.refuse, "training.record_refused", MANAGERS,
        lambda ground: said(ground) | {"reason": "No."}, hidden=True,
    ),
    "training.withdraw": Action(training.withdraw, "training.record_withdrawn", MANAGERS, recorded, hidden=True),
    "training.upload_completions": of_nobody(
        training.upload_completions, "training.import_uploaded", MANAGERS,
        lambda ground: {"examined": file_for(ground, NAME)}, **BOTH,
    ),
    "training.explain_columns": Action(
        training.explain_columns, "training.import_columns_chosen", MANAGERS, uploaded
    ),
    "training.check_completions": Action(
        training.check_completions, "training.import_checked", MANAGERS, waiting, **BOTH
    ),
    "training.explain_names": Action(training.explain_names, "training.import_names_explained", MANAGERS, unknown),
    "training.confirm_completions": Action(
        training.confirm_completions, "training.import_confirmed", MANAGERS,
        lambda ground: checked(ground) | {"leave_out_refused": False},
    ),
    "training.record_completions": Action(
        training.record_completions, "training.import_applied", MANAGERS, confirmed, **BOTH_ONCE
    ),
    "training.take_confirmation_back": Action(
        training.take_confirmation_back, "training.import_confirmation_taken_back", MANAGERS, confirmed, **BOTH_ONCE
    ),
    "training.put_completions_aside": Action(
        training.put_completions_aside, "training.import_put_aside", MANAGERS, checked
    ),
    "training.withdraw_import": Action(
        training.withdraw_import, "training.import_withdrawn", MANAGERS,
        lambda ground: brought_in(ground) | {"reason": "The wrong file."},
    ),
    "training.withdraw_completions": Action(
        training.withdraw_completions, "training.import_records_withdrawn", MANAGERS, withdrawing, **BOTH_ONCE
    ),
    "training.record_return": of_nobody(
        training.record_return, "training.return_recorded", MANAGERS,
        lambda _ground: {"given": records.given()}, **BOTH,
    ),
    "training.correct_return": Action(
        training.correct_return, "training.return_corrected", MANAGERS,
        lambda ground: {"return_id": records.partner_return(ground.me).pk, "given": records.given(in_date=30)},
    ),
}  # fmt: skip
