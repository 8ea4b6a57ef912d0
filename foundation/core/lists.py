"""Every list page: search, filter, sort, pages and an export of exactly what is filtered.

Pages are found by the last row seen, not by counting rows, so that page 2,000 costs what page 1 costs. What people
search for may be a name, so it is posted and kept in the session; the address carries only a key to it.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.prepared import Question, answers

PER_PAGE = 50
COUNT_UP_TO = 2_000
SEARCHES_KEPT = 20
EXPORT_CHUNK = 2_000
SEARCH = _("Search")


class CountOf(Subquery):
    """How many rows a queryset has, as a column of another. It is worked out once, not for each row."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_of(rows: QuerySet) -> CountOf:
    """How many rows there are, counted to one past the most that is said."""
    return CountOf(rows.order_by().values("pk")[: COUNT_UP_TO + 1])


Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its heading, what a row shows in an export, and the (never null) field it sorts by.

    ``raw`` names the fields the export needs, and ``from_raw`` makes the cell of them. Where every column has them, the
    page and the export read those fields alone and make no objects: three times as fast for a long list.
    """

    key: str
    label: str | Promise
    value: Callable[[Any], Cell]
    sort: str = ""
    numeric: bool = False
    raw: tuple[str, ...] = ()
    from_raw: Callable[..., Cell] | None = None


class FilterForm(forms.Form):
    """Base of a list's filters. ``narrow`` gets the rows and the cleaned values of this form."""

    def narrow(self, rows: QuerySet) -> QuerySet:
        raise NotImplementedError


@dataclass(frozen=True)
class Listing:
    """What a list offers. ``search`` names the fields that the search box looks in; ``filters`` makes its form.

    ``first_page`` finds the beginning of its rows while nobody searches, filters or sorts, which is what most people
    open: a prepared query of ``first_of`` them, where every other page is put together anew. The list has ``fields``.
    """

    name: str
    columns: tuple[Column, ...]
    default_sort: str
    search: tuple[str, ...] = ()
    search_label: str | Promise = SEARCH
    filters: Callable[..., FilterForm] | None = None
    per_page: int = PER_PAGE
    first_page: Question | None = None

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that all columns are made of; none where a column needs the object itself."""
        if not all(column.raw for column in self.columns):
            return ()
        return tuple(dict.fromkeys(name for column in self.columns for name in column.raw))

    def read(self, request: HttpRequest, rows: "QuerySet | Callable[[], QuerySet]") -> "ListPage | HttpResponse":
        """The page asked for; or, after a posted search, the redirect to it.

        ``rows`` come from ``visible_to``: or what puts them together, where a ``first_page`` does without them.
        """
        if request.method == "POST":
            return self._remember_search(request)
        return ListPage(self, request, rows)

    def first_of(self, rows: QuerySet) -> QuerySet:
        """One row more than a page shows, by the default sort: ``pk``, the fields, and how many there are in all."""
        key, sign = self.default_sort.lstrip("-"), "-" if self.default_sort.startswith("-") else ""
        [by] = [column.sort for column in self.columns if column.key == key]
        shown = rows.annotate(in_all=count_of(rows)).order_by(f"{sign}{by}", f"{sign}pk")
        return shown.values_list("pk", *self.fields, "in_all")[: self.per_page + 1]

    def _remember_search(self, request: HttpRequest) -> HttpResponse:
        text = request.POST.get("search", "").strip()[:200]
        parameters = request.GET.copy()
        for name in ("s", "after", "before", "from"):
            parameters.pop(name, None)
        if text:
            key = secrets.token_urlsafe(6)
            kept = dict(list(request.session.get("searches", {}).items())[-SEARCHES_KEPT + 1 :])
            request.session["searches"] = kept | {key: text}
            parameters["s"] = key
        return HttpResponseRedirect(f"{request.path}?{parameters.urlencode()}")


def _is_filled(field: BoundField) -> bool:
    """Whether anything was given for a field; a date has three boxes."""
    return any(field.data) if isinstance(field.data, list) else bool(field.data)


@dataclass
class ListPage:
    """One page of a list, and the means to export all of it."""

    listing: Listing
    request: HttpRequest
    whole: QuerySet | Callable[[], QuerySet]

    # ---- What was asked for
    @cached_property
    def filter_form(self) -> FilterForm | None:
        return self.listing.filters(self.request.GET) if self.listing.filters else None

    @cached_property
    def rows(self) -> QuerySet:
        """The rows as filtered and searched."""
        rows = self.whole if isinstance(self.whole, QuerySet) else self.whole()
        if self.filter_form is not None and self.filter_form.is_valid():
            rows = self.filter_form.narrow(rows)
        for word in self.search_text.split()[:5]:
            wanted = Q()
            for name in self.listing.search:
                wanted |= Q(**{f"{name}__icontains": word})  # names come from the Listing, never from the request
            rows = rows.filter(wanted)
        return rows

    @cached_property
    def search_text(self) -> str:
        return self.request.session.get("searches", {}).get(self.request.GET.get("s", ""), "")

    @cached_property
    def sort(self) -> tuple[Column, bool]:
        """The column sorted by and whether it runs from last to first."""
        asked = self.request.GET.get("sort", self.listing.default_sort)
        columns = {column.key: column for column in self.listing.columns if column.sort}
        descending = asked.startswith("-")
        if asked.lstrip("-") not in columns:
            asked, descending = self.listing.default_sort, self.listing.default_sort.startswith("-")
        return columns[asked.lstrip("-")], descending

    @cached_property
    def is_filtered(self) -> bool:
        return bool(self.search_text) or (self.filter_form is not None and any(map(_is_filled, self.filter_form)))

    @property
    def _is_as_opened(self) -> bool:
        return not self.is_filtered and "sort" not in self.request.GET

    # ---- The rows of this page
    @cached_property
    def _ordered(self) -> QuerySet:
        column, descending = self.sort
        sign = "-" if descending else ""
        return self.rows.order_by(f"{sign}{column.sort}", f"{sign}pk")

    @cached_property
    def _window(self) -> tuple[list[Any], bool, bool]:
        """The rows, whether there are rows before them and whether there are rows after them."""
        size = self.listing.per_page
        if (last_seen := self._anchor("after")) is not None:
            found = list(self._shown(self._beyond(last_seen, forward=True))[: size + 1])
            return found[:size], True, len(found) > size
        if (first_seen := self._anchor("before")) is not None:
            found = list(self._shown(self._beyond(first_seen, forward=False)).reverse()[: size + 1])
            return found[:size][::-1], len(found) > size, True
        if self.listing.first_page is not None and self._is_as_opened:
            names = ("pk", *self.listing.fields, "in_all")
            found = [dict(zip(names, row, strict=True)) for row in answers(self.listing.first_page)[0]]
        else:
            found = list(self._shown(self._ordered)[: size + 1])
        return found[:size], False, len(found) > size

    def _shown(self, rows: QuerySet) -> QuerySet:
        """The rows with their fields, and beside each how many there are in all: one question instead of two."""
        if self.listing.fields:
            rows = rows.values("pk", *self.listing.fields)
        return rows.annotate(in_all=count_of(self.rows))

    def _anchor(self, name: str) -> tuple[Any, int] | None:
        number = self.request.GET.get(name, "")
        if not number.isdigit() or len(number) > 18:
            return None
        return self.rows.order_by().filter(pk=int(number)).values_list(self.sort[0].sort, "pk").first()

    def _beyond(self, anchor: tuple[Any, int], *, forward: bool) -> QuerySet:
        column, descending = self.sort
        way = "lt" if forward == descending else "gt"
        value, pk = anchor
        return self._ordered.filter(
            Q(**{f"{column.sort}__{way}e": value}) & (Q(**{f"{column.sort}__{way}": value}) | Q(**{f"pk__{way}": pk}))
        )

    @property
    def items(self) -> list[Any]:
        """The rows of this page: objects, or dictionaries of ``pk`` and the listing's fields where it has those."""
        return self._window[0]

    def _number(self, item: Any) -> int:
        return item["pk"] if self.listing.fields else item.pk

    @property
    def first_number(self) -> int:
        """Where this page begins, as carried along by the links; for people to read, nothing depends on it."""
        number = self.request.GET.get("from", "1")
        return int(number) if number.isdigit() and len(number) < 9 else 1

    @property
    def last_number(self) -> int:
        return self.first_number + len(self.items) - 1

    @cached_property
    def total(self) -> int:
        """How many rows there are, counted to one past the most that is said."""
        if not self.items:
            return 0
        first = self.items[0]
        return first["in_all"] if self.listing.fields else first.in_all

    @property
    def total_is_capped(self) -> bool:
        return self.total > COUNT_UP_TO

    @property
    def most_counted(self) -> int:
        """How far rows are counted: counting a hundred thousand would cost more than showing fifty."""
        return COUNT_UP_TO

    @property
    def previous_parameters(self) -> dict[str, Any] | None:
        if not self._window[1] or not self.items:
            return None
        return {
            "before": self._number(self.items[0]),
            "after": None,
            "from": max(1, self.first_number - self.listing.per_page),
        }

    @property
    def next_parameters(self) -> dict[str, Any] | None:
        if not self._window[2] or not self.items:
            return None
        return {"after": self._number(self.items[-1]), "before": None, "from": self.last_number + 1}

    # ---- The page's frame
    @property
    def headings(self) -> list[dict[str, Any]]:
        """Column headings with the address parameters that sort by them."""
        column, descending = self.sort
        return [
            {
                "label": each.label,
                "numeric": each.numeric,
                "sort": "" if not each.sort else f"-{each.key}" if each is column and not descending else each.key,
                "direction": ("descending" if descending else "ascending") if each is column else "none",
            }
            for each in self.listing.columns
        ]

    def header_row(self) -> list[str]:
        return [str(column.label) for column in self.listing.columns]

    def export_rows(self) -> Iterator[list[Cell]]:
        """All rows as filtered and sorted, in constant memory, for CSV and XLSX."""
        columns = self.listing.columns
        if not self.listing.fields:
            for row in self._ordered.iterator(chunk_size=EXPORT_CHUNK):
                yield [column.value(row) for column in columns]
            return
        names = self.listing.fields
        makers = [(column.from_raw, [names.index(name) for name in column.raw]) for column in columns]
        for values in self._ordered.values_list(*names).iterator(chunk_size=EXPORT_CHUNK):
            yield [make(*(values[at] for at in places)) if make else values[places[0]] for make, places in makers]
