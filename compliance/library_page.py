"""The library's lists: documents with their editions, and every row, to search, filter and export."""

from collections import Counter
from datetime import date
from functools import partial

from django import forms
from django.db.models import Case, DateField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance import library_memory
from compliance.library_words import KINDS, NATIONS, kind_in_words, nations_in_words
from compliance.models import Framework, Instrument, Requirement, SectorEntry, Theme
from compliance.models.library import Force
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.marks import Mark, mark_in_words
from foundation.organisations.models import in_force

ANY = ("", gettext_lazy("Any"))
IN_FORCE = [
    ANY,
    ("now", gettext_lazy("In force today")),
    ("ended", gettext_lazy("No longer in force")),
]
EVERYTHING_AT_ONCE = 500  # documents have codes, not numbers, so their list has one page


class _Filter(FilterForm):
    """What the library holds today is offered."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.offer()

    def offer(self) -> None:
        sectors = SectorEntry.objects.values_list("code", "title")
        set_choices(self, "sector", [ANY, *sectors])


class DocumentFilter(_Filter):
    """Narrows the documents."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[ANY, *KINDS.items()])
    nation = forms.ChoiceField(label=gettext_lazy("Nation"), required=False, choices=[ANY, *NATIONS.items()])
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("In force"), required=False, choices=IN_FORCE)
    checked = forms.ChoiceField(
        label=gettext_lazy("Checked"),
        required=False,
        choices=[ANY, *Mark.choices],
    )
    rows = forms.ChoiceField(
        label=gettext_lazy("Requirements"),
        required=False,
        choices=[ANY, ("yes", gettext_lazy("Rests requirements on it")), ("no", gettext_lazy("Named as a source"))],
    )

    def __init__(self, data: QueryDict, *, uses: "Uses") -> None:
        super().__init__(data)
        self.uses = uses

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked, today = self.cleaned_data, timezone.localdate()
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        if asked["nation"]:
            rows = rows.filter(nations__contains=[asked["nation"]])
        if asked["sector"]:
            rows = rows.filter(pk__in=[code for code in self.uses.rows if asked["sector"] in self.uses.sectors(code)])
        if asked["state"] == "now":
            rows = rows.exclude(in_force_to__lt=today).exclude(in_force_from__gt=today)
        elif asked["state"] == "ended":
            rows = rows.filter(in_force_to__lt=today)
        if asked["checked"]:
            rows = rows.filter(mark=asked["checked"])
        if asked["rows"]:
            rests = Q(pk__in=list(self.uses.rows))
            rows = rows.filter(rests if asked["rows"] == "yes" else ~rests)
        return rows


class Uses:
    """Which requirements rest on which document, and of which sectors those are. Three queries."""

    def __init__(self, acting: Acting) -> None:
        self.rows: dict[str, int] = {}
        self._frameworks: dict[str, set[str]] = {}
        self._sectors = {
            code: ["every"] if every else sectors
            for code, every, sectors in Framework.objects.values_list("code", "every_sector", "sectors")
        }
        self._titles = dict(SectorEntry.objects.values_list("code", "title"))
        resting = rows_of_library(acting).order_by().values_list("content__instrument", "framework_id")
        for (instrument, framework), count in Counter(resting).items():
            self.rows[instrument] = self.rows.get(instrument, 0) + count
            self._frameworks.setdefault(instrument, set()).add(framework)

    def sectors(self, instrument: str) -> list[str]:
        """Codes of the sectors that are asked something because of this document; "every" for all of them."""
        codes = {code for each in self._frameworks.get(instrument, ()) for code in self._sectors[each]}
        return sorted(codes)

    def sectors_in_words(self, instrument: str) -> str:
        codes = self.sectors(instrument)
        return _("Every sector") if "every" in codes else ", ".join(self._titles.get(code, code) for code in codes)


def documents(uses: Uses) -> QuerySet[Instrument]:
    """Every document, with a first day for those whose first day is not known and its number of requirements."""
    never, always = (Value(day, output_field=DateField()) for day in (date.min, date.max))
    counts = [When(pk=code, then=Value(count)) for code, count in uses.rows.items()]
    return Instrument.objects.annotate(
        since=Coalesce("in_force_from", never),
        until=Coalesce("in_force_to", always),
        resting=Case(*counts, default=Value(0), output_field=IntegerField()),
    )


def documents_listing(uses: Uses) -> Listing:
    """The documents as a list: first those on which most rests. The page shows the first seven columns."""
    return Listing(
        name="duty-library-documents",
        columns=(
            Column("title", gettext_lazy("Document"), lambda row: row.title, sort="title"),
            Column("kind", gettext_lazy("Kind"), lambda row: kind_in_words(row.kind), sort="kind"),
            Column("nations", gettext_lazy("Nations"), lambda row: nations_in_words(row.nations)),
            Column("sectors", gettext_lazy("Sectors"), lambda row: uses.sectors_in_words(row.code)),
            Column("from", gettext_lazy("In force from"), lambda row: row.in_force_from, sort="since"),
            Column("rows", gettext_lazy("Requirements"), lambda row: row.resting, sort="resting", numeric=True),
            Column("checked", gettext_lazy("Checked"), lambda row: mark_in_words(row.mark), sort="mark"),
            Column("until", gettext_lazy("Until"), lambda row: row.in_force_to),
            Column("edition", gettext_lazy("Edition"), lambda row: row.edition),
            Column("publisher", gettext_lazy("Publisher"), lambda row: row.publisher),
            Column("code", gettext_lazy("Code"), lambda row: row.code),
            Column("replaces", gettext_lazy("Replaces"), lambda row: ", ".join(row.replaces)),
            Column("address", gettext_lazy("Address"), lambda row: row.address),
            Column("note", gettext_lazy("Note"), lambda row: row.note),
        ),
        default_sort="-rows",
        search=("title", "edition", "publisher", "code", "note"),
        search_label=gettext_lazy("Search titles, publishers and notes"),
        filters=partial(DocumentFilter, uses=uses),
        per_page=EVERYTHING_AT_ONCE,
    )


class RowFilter(_Filter):
    """Narrows the rows of the library."""

    framework = forms.ChoiceField(label=gettext_lazy("Framework"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    nation = forms.ChoiceField(label=gettext_lazy("Nation"), required=False, choices=[ANY, *NATIONS.items()])
    force = forms.ChoiceField(label=gettext_lazy("Strength"), required=False, choices=[ANY, *Force.choices])
    checked = forms.ChoiceField(
        label=gettext_lazy("Wording"),
        required=False,
        choices=[ANY, ("yes", gettext_lazy("Checked")), ("no", gettext_lazy("Not verified"))],
    )
    state = forms.ChoiceField(label=gettext_lazy("In force"), required=False, choices=IN_FORCE)
    asked = forms.ChoiceField(
        label=gettext_lazy("Asked of us"),
        required=False,
        choices=[ANY, ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )

    def __init__(self, data: QueryDict, *, acting: Acting) -> None:
        super().__init__(data)
        self.acting = acting

    def offer(self) -> None:
        super().offer()
        set_choices(self, "framework", [ANY, *Framework.objects.values_list("code", "title")])
        set_choices(self, "theme", [ANY, *Theme.objects.values_list("code", "title")])

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked, today = self.cleaned_data, timezone.localdate()
        for name in ("framework", "theme"):
            if asked[name]:
                rows = rows.filter(**{f"{name}_id": asked[name]})
        if asked["sector"]:
            rows = rows.filter(Q(framework__every_sector=True) | Q(framework__sectors__contains=[asked["sector"]]))
        if asked["nation"]:
            rows = rows.filter(framework__nations__contains=[asked["nation"]])
        if asked["force"]:
            rows = rows.filter(force=asked["force"])
        if asked["checked"]:
            rows = rows.filter(verified=asked["checked"] == "yes")
        if asked["state"]:
            now = in_force(today, "in_force_from", "in_force_to")
            rows = rows.filter(now if asked["state"] == "now" else ~now)
        if asked["asked"]:
            ours = Q(pk__in=[row.pk for row in library_memory.library().asked_of(self.acting.organisation, today)])
            rows = rows.filter(ours if asked["asked"] == "yes" else ~ours)
        return rows


def rows_of_library(acting: Acting) -> QuerySet[Requirement]:
    """Every row of the library, of all frameworks and editions."""
    return Requirement.objects.visible_to(acting).filter(organisation__isnull=True)


def rows_for_list(acting: Acting) -> QuerySet[Requirement]:
    """With all that the list of rows touches."""
    return (
        rows_of_library(acting)
        .select_related("framework__instrument", "theme")
        .annotate(until=Coalesce("in_force_to", Value(date.max, output_field=DateField())))
    )


def rows_listing(acting: Acting) -> Listing:
    """The rows as a list."""
    return Listing(
        name="duty-library",
        columns=(
            Column("code", gettext_lazy("Code"), lambda row: row.code, sort="position"),
            Column("title", gettext_lazy("Requirement"), lambda row: row.title, sort="title"),
            Column("framework", gettext_lazy("Framework"), lambda row: row.framework.title, sort="framework__position"),
            Column("theme", gettext_lazy("Theme"), lambda row: row.theme.title, sort="theme__position"),
            Column("force", gettext_lazy("Strength"), lambda row: row.get_force_display(), sort="force"),
            Column("from", gettext_lazy("In force from"), lambda row: row.in_force_from, sort="in_force_from"),
            Column("until", gettext_lazy("Until"), lambda row: row.in_force_to, sort="until"),
            Column(
                "checked",
                gettext_lazy("Wording"),
                lambda row: _("Checked") if row.verified else _("Not verified"),
                "verified",
            ),
            Column("mark", gettext_lazy("How far it was checked"), lambda row: mark_in_words(row.mark)),
            Column("text", gettext_lazy("What is required"), lambda row: row.text),
            Column("help", gettext_lazy("In practice"), lambda row: row.content.get("help", "")),
            Column("instrument", gettext_lazy("Rests on"), lambda row: row.content.get("instrument", "")),
            Column("section", gettext_lazy("Section"), lambda row: row.content.get("section", "")),
            Column("paragraph", gettext_lazy("Paragraph"), lambda row: row.content.get("paragraph", "")),
            Column("source", gettext_lazy("Source"), lambda row: row.content.get("source", "")),
            Column("mark_note", gettext_lazy("What is missing"), lambda row: row.content.get("mark_note", "")),
        ),
        default_sort="code",
        search=("code", "title", "content__text", "content__help", "content__source"),
        search_label=gettext_lazy("Search codes, wording and sources"),
        filters=partial(RowFilter, acting=acting),
    )
