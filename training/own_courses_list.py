"""The list of courses that the organisation writes."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.lists import Column, FilterForm, Listing
from training.models import CourseDraft, DraftState

COLOURS = {
    DraftState.DRAFT: "grey",
    DraftState.PUBLISHED: "green",
    DraftState.CHANGED: "yellow",
    DraftState.WITHDRAWN: "red",
    DraftState.PUT_AWAY: "grey",
}
ANY = ("", _("All but those put away"))


class StateFilter(FilterForm):
    """By how what is written stands to what learners read. Without a choice: all but what was put away."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *DraftState.choices])

    def narrow(self, rows: QuerySet) -> QuerySet:
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows.filter(put_away_at__isnull=True)


def state_of(draft: CourseDraft) -> tuple[str, str]:
    """The state in words, and the colour of its tag."""
    state = DraftState(draft.state)
    if state == DraftState.PUBLISHED:
        return str(_("Published, version %(number)s")) % {"number": draft.published_number}, COLOURS[state]
    return str(state.label), COLOURS[state]


OWN_COURSES = Listing(
    name="own-courses",
    columns=(
        Column("title", _("Course"), lambda draft: draft.title, sort="title"),
        Column("state", _("State"), lambda draft: state_of(draft)[0]),
        Column("changed", _("Last changed"), lambda draft: draft.saved_at or draft.created_at),
        Column("by", _("By"), lambda draft: (draft.saved_by or draft.created_by).name),
    ),
    default_sort="title",
    search=("title",),
    search_label=_("Search by title"),
    filters=StateFilter,
)
