import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, models
from django.utils import timezone

from foundation.core import acting as context
from foundation.core import request_id
from foundation.core.acting import Acting

# Uses of the system role that leave a trace of their own (a seal, a verification, a job row) are not recorded a second
# time. Verifying must not write an event first: its transaction would hold back the sealer for as long as it reads.
SELF_EVIDENT = frozenset({"seal", "verify", "dispatch", "sign-in"})

INSERT = (
    "INSERT INTO ledger_event (organisation_id, actor_user_id, actor_membership_id, system_purpose, verb, target_type,"
    " target_id, target_reference, facts, at, request_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

INSERT_MANY = (
    "INSERT INTO ledger_event (organisation_id, actor_user_id, actor_membership_id, system_purpose, verb, target_type,"
    " target_id, target_reference, facts, at, request_id)"
    " SELECT %s, %s, %s, '', %s, %s, target_id, target_reference, facts, %s, %s"
    " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given(target_id, target_reference, facts)"
)
AT_A_TIME = 5_000


def record(
    verb: str,
    *,
    actor: Acting | None,
    at: datetime,
    target: models.Model | None = None,
    organisation_id: int | None = None,
    system_purpose: str = "",
    user_id: int | None = None,
    **facts: Any,
) -> None:
    """Write one event in the caller's transaction; if it cannot be written, the caller's work must not stand either.

    ``facts`` take references, field names and coded values, dates and numbers. Free text, names and e-mail addresses
    do not belong here. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{verb} was recorded outside a transaction: the event could stand without the deed.")
    owner = actor.organisation_id if actor else organisation_id
    if owner is None and target is not None:
        owner = getattr(target, "organisation_id", None)
    row = {
        "organisation_id": owner,
        "actor_user_id": actor.user_id if actor else user_id,
        "actor_membership_id": actor.membership_id if actor else None,
        "system_purpose": system_purpose,
        "verb": verb,
        "target_type": target._meta.label_lower if target is not None else "",
        "target_id": target.pk if target is not None else None,
        "target_reference": str(getattr(target, "reference", "") or "") if target is not None else "",
        "facts": _json(facts),
        "at": at,
        "request_id": request_id.current.get(),
    }
    with connection.cursor() as cursor:  # not the ORM: its RETURNING would need the right to read the row back
        cursor.execute(INSERT, list(row.values()))


def record_many(
    verb: str,
    *,
    actor: Acting | None,
    at: datetime,
    model: type[models.Model],
    targets: Iterable[tuple[int, str, Mapping[str, Any]]],
    organisation_id: int | None = None,
) -> None:
    """As ``record``, for one deed done to many rows of ``model`` at once: an event for each id, reference and facts.

    ``organisation_id``: whose rows they are, where nobody acts.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{verb} was recorded outside a transaction: the events could stand without the deed.")
    same = [
        actor.organisation_id if actor else organisation_id,
        actor.user_id if actor else None,
        actor.membership_id if actor else None,
        verb,
        model._meta.label_lower,
        at,
        request_id.current.get(),
    ]
    remaining = iter(targets)
    with connection.cursor() as cursor:
        while batch := list(islice(remaining, AT_A_TIME)):
            ids, references, facts = zip(*batch, strict=True)
            cursor.execute(INSERT_MANY, [*same, list(ids), list(references), [_json(each) for each in facts]])


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, default=_plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return str(value)


@contextmanager
def acting_system(purpose: str, *, organisation_id: int | None = None) -> Iterator[None]:
    """The one door for work that belongs to no person: sealer, dispatcher, scheduler, retention, provisioning.

    Opens a transaction under the system role with the policies named for ``purpose``; every use is in the ledger.
    """
    with context.system_role(purpose):
        if purpose not in SELF_EVIDENT:
            record(
                "system.acted",
                actor=None,
                at=timezone.now(),
                system_purpose=purpose,
                organisation_id=organisation_id,
            )
        yield
