"""The filters of pages on which an organisation decides, row by row, what its partnerships may read."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django import forms
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import set_choices
from foundation.core.lists import FilterForm

ANY = ("", _("Any"))


class Named(Protocol):
    """A partnership, as far as its filter knows it."""

    slug: str
    name: str


class Shareable(Protocol):
    """A row that may be shared with one partnership, or is."""

    @property
    def partnership(self) -> Any: ...

    @property
    def state(self) -> TextChoices: ...


Row = TypeVar("Row", bound=Shareable)
Partnership = TypeVar("Partnership", bound=Named)


class PartnershipFilter(FilterForm):
    """The filter of a long list of what one partnership may read, with the other partnerships to choose from.

    Its rows have ``sharing``: where each stands.
    """

    partnership = forms.ChoiceField(label=_("Partnership"), required=False)
    state = forms.ChoiceField(label=_("What the partnership reads"), required=False)

    def __init__(self, data: QueryDict, *, partnerships: Sequence[Named], states: type[TextChoices]) -> None:
        super().__init__(data)
        set_choices(self, "partnership", [(each.slug, each.name) for each in partnerships])
        set_choices(self, "state", [ANY, *states.choices])
        if len(partnerships) < 2:
            del self.fields["partnership"]

    def narrow(self, rows: QuerySet) -> QuerySet:
        state = self.cleaned_data["state"]
        return rows.filter(sharing=state) if state else rows


def chosen(request: HttpRequest, partnerships: Sequence[Partnership]) -> Partnership | None:
    """The partnership that a page is asked for, else the first; None where there is none."""
    asked = request.GET.get("partnership", "")
    return next((each for each in partnerships if each.slug == asked), partnerships[0] if partnerships else None)


class SharingFilter(forms.Form):
    """What part of a short list to show: all of it is in memory. Every field may be left open."""

    q = forms.CharField(label=_("Words in the code, title or comment"), required=False, max_length=100)
    partnership = forms.ChoiceField(label=_("Partnership"), required=False)
    state = forms.ChoiceField(label=_("What the partnership reads"), required=False)

    def __init__(self, *args: Any, rows: Sequence[Shareable], states: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {row.partnership.slug: row.partnership.name for row in rows}
        set_choices(self, "partnership", [ANY, *named.items()])
        set_choices(self, "state", [ANY, *states.choices])
        if len(named) < 2:
            del self.fields["partnership"]

    def narrow(self, rows: Sequence[Row], words: Callable[[Row], str]) -> list[Row]:
        """The rows asked for. A value that makes no sense is ignored and shown as an error."""
        self.is_valid()
        asked = self.cleaned_data
        wanted = asked.get("q", "").casefold().split()
        return [
            row
            for row in rows
            if (not asked.get("partnership") or row.partnership.slug == asked["partnership"])
            and (not asked.get("state") or row.state == asked["state"])
            and all(word in words(row).casefold() for word in wanted)
        ]

    def as_page(self) -> dict[str, Any]:
        """What the filter of every list reads from a page of it; these lists have one page and no posted search."""
        return {"filter_form": self, "is_filtered": any(self.data.get(name) for name in self.fields)}


def by_partnership(rows: Sequence[Row]) -> list[tuple[Any, list[Row]]]:
    """Each partnership with its rows, in the order of the rows."""
    partnerships = {row.partnership.pk: row.partnership for row in rows}
    return [(each, [row for row in rows if row.partnership.pk == pk]) for pk, each in partnerships.items()]
