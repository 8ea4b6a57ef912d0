"""What a job may be told: ids, references, codes, dates and yes/no. Never text a person typed, never personal data."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

Scalar = int | str | bool | date | None
Id = Scalar | Sequence[Scalar]

# A reference, slug, code or dotted name: no spaces, so no sentence and no full name; no @, so no e-mail address.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
LONGEST_LIST = 500


def to_json(ids: Mapping[str, Id]) -> dict[str, Any]:
    """The arguments as they are stored. Raises ValueError for anything that could be free text or a whole object."""
    return {name: _stored(name, value) for name, value in ids.items()}


def from_json(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they were given; a list comes back as a list."""
    return {name: _given(value) for name, value in stored.items()}


def _stored(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        if len(value) > LONGEST_LIST:
            raise ValueError(f"{name} has more than {LONGEST_LIST} entries: store them on a row and pass its id.")
        return [_stored(name, each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        raise ValueError(f"{name} is a moment: store it on a row and pass its id.")
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return str(value)
    raise ValueError(f"{name} is not an id, a reference, a date or a yes/no: a job takes nothing else.")


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(each) for each in value]
    return date.fromisoformat(value["date"]) if isinstance(value, dict) else value
