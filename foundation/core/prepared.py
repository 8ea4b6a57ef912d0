"""Queries that every request asks in the same words: the ORM writes each once a process, and only the values change.

Writing the SQL costs the ORM several times what the database needs to answer such a short question, and planning it
costs the database as much again: so each connection prepares it once. The rule itself stays where it was, in the
queryset; nothing here is written by hand.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection, models
from django.db.models import QuerySet

_TYPES: dict[type, str] = {int: "bigint", str: "text", date: "date", datetime: "timestamptz"}
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
        return answers(self.question(*values), setting=setting)[0]

    def question(self, *values: Any) -> "Question":
        """The query with these values, to ask together with others (``answers``)."""
        return Question(self, values)

    def name_on(self, raw: Any) -> str:
        """The name under which a connection has the query prepared; prepares it there the first time."""
        names = _NAMES.setdefault(raw, {})
        if self not in names:
            sql, fixed = self._text
            name = f"portal_{len(names)}"
            raw.execute(f"PREPARE {name}{_listed(_TYPES[kind] for kind in self._types)} AS {sql}", fixed)
            names[self] = name
        return names[self]

    @cached_property
    def _text(self) -> tuple[str, list[Any]]:
        """The statement with ``$1`` for each place, and the values that belong to the query itself."""
        stand_ins = [_PLACES[kind](number) for number, kind in enumerate(self._types)]
        queryset = self._build(*stand_ins)
        sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
        placed = [each in stand_ins for each in parameters]
        assert {each for each, is_place in zip(parameters, placed, strict=True) if is_place} == set(stand_ins), (
            "a place is unused"
        )
        words = iter(
            f"${stand_ins.index(each) + 1}" if is_place else "%s"
            for each, is_place in zip(parameters, placed, strict=True)
        )
        text = _PARAMETER.sub(lambda _found: next(words), sql)
        return text, [each for each, is_place in zip(parameters, placed, strict=True) if not is_place]


class Question(NamedTuple):
    """A prepared query with its values."""

    query: Prepared
    values: tuple[Any, ...]


def answers(*questions: Question, setting: Mapping[str, int | str] | None = None) -> list[list[tuple[Any, ...]]]:
    """The rows of each question, asked in one message to the database. ``setting`` as for ``Prepared.rows``."""
    raw = _raw_connection()
    said, values = [], []
    if setting:
        said.append("SELECT " + ", ".join("set_config(%s, %s, true)" for _name in setting))
        values += [part for name, value in setting.items() for part in (name, str(value))]
    for question in questions:
        said.append(f"EXECUTE {question.query.name_on(raw)}{_listed('%s' for _value in question.values)}")
        values += question.values
    with connection.cursor() as cursor:
        cursor.execute("; ".join(said), values)
        if setting:
            cursor.nextset()
        found = [cursor.fetchall()]
        while len(found) < len(questions):
            cursor.nextset()
            found.append(cursor.fetchall())
        return found


class PreparedObjects:
    """A prepared query for whole objects. ``related`` names foreign keys whose objects come along, also further ones
    (``"recommendation"``, then ``"recommendation__edition"``); what several rows point at is one object. ``annotated``
    names annotations that the objects carry.

    ``build`` makes a queryset without ``select_related``; who may see what it finds is the caller's to ask.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet],
        *types: type,
        related: tuple[str, ...] = (),
        annotated: tuple[str, ...] = (),
    ) -> None:
        self._build, self._related, self._annotated = build, related, annotated
        self._prepared = Prepared(self._columns, *types)

    def all(self, *values: Any) -> list[Any]:
        """The objects, in the queryset's order."""
        return self.made_of(self._prepared.rows(*values))

    def question(self, *values: Any) -> Question:
        """The query with these values, to ask together with others; ``made_of`` reads the answer."""
        return self._prepared.question(*values)

    def made_of(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        """The objects, from the answer to ``question``."""
        if not rows:
            return []
        found = {"": list(instances(self._model, rows))}
        begin = len(columns(self._model))
        for path, model in self._models:
            found[path] = _once_each(model, rows, begin)
            holder, _, name = path.rpartition("__")
            for each, other in zip(found[holder], found[path], strict=True):
                if each is not None:
                    each._state.fields_cache[name] = other
            begin += len(columns(model))
        for each, row in zip(found[""], rows, strict=True):
            vars(each).update(zip(self._annotated, row[begin:], strict=True))
        return found[""]

    def first(self, *values: Any) -> Any:
        """The first object, or None."""
        return next(iter(self.all(*values)), None)

    def _columns(self, *values: Any) -> QuerySet:
        rows = self._build(*values)
        self._model = rows.model
        self._models = [(path, _at_the_end_of(path, self._model)) for path in self._related]
        beside = [column for name, model in self._models for column in columns(model, f"{name}__")]
        return rows.values_list(*columns(self._model), *beside, *self._annotated)


def _once_each(model: type[models.Model], rows: list[tuple[Any, ...]], begin: int) -> list[Any]:
    """The object in each row, or None; where rows name the same one, it is the same object."""
    key = begin + columns(model).index(model._meta.pk.attname)
    first = {row[key]: row for row in rows if row[key] is not None}
    made = dict(zip(first, instances(model, list(first.values()), begin=begin), strict=True))
    return [made.get(row[key]) for row in rows]


def _at_the_end_of(path: str, model: Any) -> Any:
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model
    return model


def _listed(words: Iterable[str]) -> str:
    text = ", ".join(words)
    return f" ({text})" if text else ""


def _raw_connection() -> Any:
    connection.ensure_connection()
    return connection.connection


_NAMES: "WeakKeyDictionary[Any, dict[Prepared, str]]" = WeakKeyDictionary()
_PARAMETER = re.compile(r"(?<!%)%s")


def stand_in(*, organisation_id: int, membership_id: int = 0, permissions: Collection[str] = ()) -> Any:
    """In ``build``: what ``visible_to`` reads of an Acting who has these ``permissions``.

    Whether they have is the caller's to ask: with ``may``, or by asking only for what another ``visible_to`` found.
    """
    return SimpleNamespace(
        organisation_id=organisation_id, membership_id=membership_id, may=frozenset(permissions).__contains__
    )


def columns(model: type[models.Model], through: str = "") -> list[str]:
    """The names of all columns of a model for a ``values_list``, seen through a relation where one is named."""
    return [f"{through}{field.attname}" for field in model._meta.concrete_fields]


def instances(model: type[models.Model], rows: list[tuple[Any, ...]], *, begin: int = 0) -> Iterator[Any]:
    """Objects from rows that hold ``columns(model)`` from the position ``begin`` on."""
    names, made = columns(model), _made_by_the_field(model)
    for row in rows:
        values = list(row[begin : begin + len(names)])
        for place, make in made:
            values[place] = make(values[place], None, connection)
        yield model.from_db(connection.alias, names, values)


@cache
def _made_by_the_field(model: type[models.Model]) -> list[tuple[int, Callable[..., Any]]]:
    """Columns whose value is not what the database gives: JSON, sealed text."""
    fields = enumerate(model._meta.concrete_fields)
    return [(place, field.from_db_value) for place, field in fields if hasattr(field, "from_db_value")]
