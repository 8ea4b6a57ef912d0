"""The filter of every page on which an organisation decides, row by row, what its partnerships may read."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import set_choices

ANY = ("", _("Any"))


class Shareable(Protocol):
    """A row that may be shared with one partnership, or is."""

    @property
    def partnership(self) -> Any: ...

    @property
    def state(self) -> TextChoices: ...


Row = TypeVar("Row", bound=Shareable)


class SharingFilter(forms.Form):
    """What part of the rows to show. Every field may be left open."""

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
