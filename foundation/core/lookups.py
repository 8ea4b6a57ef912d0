"""What the portal asks the database that Django has no lookup for."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import AutoField, BigAutoField, BooleanField, F, ForeignKey, Func, Lookup, QuerySet


@AutoField.register_lookup
@BigAutoField.register_lookup
@ForeignKey.register_lookup
class AnyOf(Lookup):
    """``filter(pk__any_of=numbers)``: as ``in``, with all numbers in one array.

    ``in`` writes a place into the statement for each number: with thousands of them, writing it takes longer than
    the answer. Takes a collection of numbers only, no objects and no queryset; none of them finds nothing. In a
    prepared query, which keeps a place for them, takes what ``as_one_value`` made of them.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The numbers as one value."""
        return "%s", (value if isinstance(value, str) else as_one_value(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """``column = ANY(numbers)``."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right}::bigint[])", (*left_values, *right_values)


class Among(Func):
    """Whether a column holds one of the values that ``rows``, a ``values_list`` of one column, has.

    Those are read once, before the rows: joined to them, a list of thousands would be put together and sorted to show
    fifty.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()

    def __init__(self, column: str, rows: QuerySet) -> None:
        super().__init__(F(column), ArraySubquery(rows.order_by()))


def as_one_value(numbers: Iterable[int]) -> str:
    """Numbers as one value of a statement, whose shape then does not depend on how many there are."""
    return f"{{{','.join(map(str, numbers))}}}"
