"""The log as a list: its columns, its filters and the search for a person."""

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

    def __post_init__(self) -> None:
        acting: Acting = self.request.acting  # type: ignore[attr-defined]
        self.person: Membership | None = None
        self.filter_form = LogFilter(self.request.GET)
        if self.filter_form.is_valid():
            self.rows = self.filter_form.narrow(self.rows)
            reference = self.filter_form.cleaned_data["person"]
            if reference:
                self.person = Membership.objects.visible_to(acting).filter(reference=reference).first()
                self.rows = self.rows.filter(actor_membership_id=self.person.pk if self.person else None)
        words = self.search_text.split()[:5]
        if words:
            ids = list(queries.of_people_called(acting, words).values_list("pk", flat=True)[:500])
            self.rows = self.rows.filter(actor_membership_id__in=ids)
        self._nameless = self.rows
        self.rows = queries.with_names(acting, self.rows)

    @cached_property
    def total(self) -> int:
        """As every list counts, without looking up a name for each row counted."""
        if self.previous_parameters is None and self.next_parameters is None:
            return len(self.items)
        return self._nameless.order_by()[: COUNT_UP_TO + 1].count()


@dataclass(frozen=True)
class LogListing(Listing):
    def read(self, request: HttpRequest, rows: QuerySet) -> LogPage | HttpResponse:
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
