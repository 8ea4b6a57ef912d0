"""Queries that every request asks in the same words: the ORM writes each once a process, and only the values change.

Writing the SQL costs the ORM several times what the database needs to answer such a short question. The rule itself
stays where it was, in the queryset; nothing here is written by hand.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

_PLACES: dict[type, Callable[[int], Any]] = {
    int: lambda number: -7_000_000_000_000 - number,
    date: lambda number: date(1, 1, 1 + number),
    datetime: lambda number: datetime(1, 1, 1 + number, tzinfo=UTC),
    str: lambda number: f"place {number} of a prepared query",
}


class Prepared:
    """A query with places for values. ``build`` makes it, a ``values_list``, from one value for each of ``types``.

    ``types`` are int, str, date or datetime. A value is only ever put in a place that ``build`` used for it: a queryset
    whose shape depends on a value (``None``, an empty list) does not belong here.
    """

    def __init__(self, build: Callable[..., QuerySet], *types: type) -> None:
        self._build, self._types = build, types

    def rows(self, *values: Any, setting: Mapping[str, int | str] | None = None) -> list[tuple[Any, ...]]:
        """The answer to these values, as the database gives it. Runs inside the context that stands.

        ``setting`` changes settings of the transaction first, in the same message to the database.
        """
        sql, places = self._text
        found = [values[place] if isinstance(place, int) else place.value for place in places]
        with connection.cursor() as cursor:
            if not setting:
                cursor.execute(sql, found)
                return cursor.fetchall()
            set_all = ", ".join("set_config(%s, %s, true)" for _name in setting)
            pairs = [part for name, value in setting.items() for part in (name, str(value))]
            cursor.execute(f"SELECT {set_all}; {sql}", [*pairs, *found])
            cursor.nextset()
            return cursor.fetchall()

    @cached_property
    def _text(self) -> "tuple[str, list[int | _Fixed]]":
        stand_ins = [_PLACES[kind](number) for number, kind in enumerate(self._types)]
        queryset = self._build(*stand_ins)
        sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
        places = [
            stand_ins.index(each) if type(each) in _PLACES and each in stand_ins else _Fixed(each)
            for each in parameters
        ]
        assert {place for place in places if isinstance(place, int)} == set(range(len(stand_ins))), "a place is unused"
        return sql, places


class _Fixed:
    """A value that belongs to the query itself."""

    def __init__(self, value: Any) -> None:
        self.value = value


def stand_in(*, organisation_id: int, membership_id: int = 0) -> Any:
    """In ``build``: what a ``visible_to`` that asks no permission reads of an Acting."""
    return SimpleNamespace(organisation_id=organisation_id, membership_id=membership_id)


def columns(model: type[models.Model], through: str = "") -> list[str]:
    """The names of all columns of a model for a ``values_list``, seen through a relation where one is named."""
    return [f"{through}{field.attname}" for field in model._meta.concrete_fields]


def instances(model: type[models.Model], rows: list[tuple[Any, ...]], *, begin: int = 0) -> Iterator[Any]:
    """Objects from rows that hold ``columns(model)`` from the position ``begin`` on."""
    names = columns(model)
    for row in rows:
        yield model.from_db(connection.alias, names, row[begin : begin + len(names)])
