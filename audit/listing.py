"""The log as a list: its columns, its filters and the search for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from audit import queries
from audit.forms import LogFilter
from audit.sentences import sentence_of, type_label
from foundation.core.acting import Acting
from foundation.core.lists import COUNT_UP_TO, Column, Listing, ListPage
from foundation.organisations.models import Membership

COLUMNS = (
    Column("at", _("When"), lambda event: event.at, sort="at"),
    Column("person", _("Who"), queries.actor_of),
    Column("what", _("What"), lambda event: sentence_of(event.verb)),
    Column("kind", _("Kind of thing"), lambda event: type_label(event.target_type)),
    Column("thing", _("Reference"), lambda event: event.target_reference),
    Column("facts", _("Facts"), lambda event: "; ".join(f"{name}: {text}" for name, text in queries.facts_of(event))),
    Column("number", _("Number"), lambda event: event.pk),
    Column("request", _("Request"), lambda event: event.request_id),
)


class LogPage(ListPage):
    """A page of the log. The search box looks for people by name and gives what they did."""

    @cached_property
    def person(self) -> Membership | None:
        """Whose deeds are asked for, if anybody's of the organisation."""
        reference = self.filter_form.cleaned_data["person"] if self.filter_form and self.filter_form.is_valid() else ""
        return Membership.objects.visible_to(self._acting).filter(reference=reference).first() if reference else None

    @cached_property
    def rows(self) -> QuerySet:
        return queries.with_names(self._acting, self._nameless)

    @cached_property
    def _nameless(self) -> QuerySet:
        rows = self.whole if isinstance(self.whole, QuerySet) else self.whole()
        if self.filter_form and self.filter_form.is_valid():
            rows = self.filter_form.narrow(rows)
            if self.filter_form.cleaned_data["person"]:
                rows = rows.filter(actor_membership_id=self.person.pk if self.person else None)
        words = self.search_text.split()[:5]
        if words:
            ids = list(queries.of_people_called(self._acting, words).values_list("pk", flat=True)[:500])
            rows = rows.filter(actor_membership_id__in=ids)
        return rows

    @property
    def _acting(self) -> Acting:
        return self.request.acting  # type: ignore[attr-defined]

    @cached_property
    def total(self) -> int:
        """As every list counts, without looking up a name for each row counted."""
        if self.previous_parameters is None and self.next_parameters is None:
            return len(self.items)
        return self._nameless.order_by()[: COUNT_UP_TO + 1].count()


@dataclass(frozen=True)
class LogListing(Listing):
    def read(self, request: HttpRequest, rows: QuerySet | Callable[[], QuerySet]) -> LogPage | HttpResponse:
        if request.method == "POST":
            return self._remember_search(request)
        return LogPage(self, request, rows)


LOG = LogListing(
    name="audit-log",
    columns=COLUMNS,
    default_sort="-at",
    search=("actor",),  # looked up by LogPage: see there
    search_label=_("Search for a person by name"),
    filters=LogFilter,
)
