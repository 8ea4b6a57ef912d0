"""The register of local profiles, their recommendations and the tasks to assess again, as lists."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.db.models import Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.markings import Marking
from foundation.organisations import queries as organisations
from risk.models import CtlpEdition, CtlpRecommendation
from risk.models.profiles import ProfileQuerySet
from risk.models.tasks import Cause
from risk.profile_workflow import Response, State

ANY = ("", _("Any"))
NEVER = date(9999, 12, 31)
STATE_COLOURS = {State.OPEN: "yellow", State.IN_HAND: "blue", State.DONE: "green", State.CLOSED: "grey"}


class EditionFilter(FilterForm):
    """Marking, and whether a recommendation still waits."""

    marking = forms.ChoiceField(label=_("Marking"), required=False, choices=[ANY, *Marking.choices])
    waiting = forms.ChoiceField(
        label=_("Recommendations"),
        required=False,
        choices=[ANY, ("response", _("Some wait for our response")), ("sending", _("Some responses are not sent"))],
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        if marking := self.cleaned_data["marking"]:
            rows = rows.filter(marking=marking)
        match self.cleaned_data["waiting"]:
            case "response":
                rows = rows.filter(waiting__gt=0)
            case "sending":
                rows = rows.filter(not_sent__gt=0)
        return rows


def editions_for_list(rows: ProfileQuerySet) -> ProfileQuerySet:
    """With how many people were briefed and how many recommendations wait."""
    asked = Count("recommendations", distinct=True)
    return rows.annotate(
        briefed=Count("briefings", distinct=True),
        asked=asked,
        waiting=Count("recommendations", distinct=True, filter=Q(recommendations__state=State.OPEN)),
        not_sent=Count(
            "recommendations",
            distinct=True,
            filter=~Q(recommendations__state=State.OPEN) & Q(recommendations__sent_on__isnull=True),
        ),
    )


EDITIONS = Listing(
    name="local-profiles",
    columns=(
        Column("title", _("Edition"), lambda row: row.title, sort="title"),
        Column("originator", _("Originator"), lambda row: row.originator, sort="originator"),
        Column("issued", _("Issued"), lambda row: row.issued_on, sort="issued_on"),
        Column("marking", _("Marking"), lambda row: row.get_marking_display(), sort="marking"),
        Column("held", _("Held at"), lambda row: row.held_at),
        Column("briefed", _("Briefed"), lambda row: row.briefed, sort="briefed", numeric=True),
        Column("asked", _("Recommendations"), lambda row: row.asked, sort="asked", numeric=True),
        Column("waiting", _("Without response"), lambda row: row.waiting, sort="waiting", numeric=True),
    ),
    default_sort="-issued",
    search=("title", "originator", "reference"),
    search_label=_("Search titles and originators"),
    filters=EditionFilter,
)


class RecommendationFilter(FilterForm):
    """Edition, state and response."""

    edition = forms.ChoiceField(label=_("Edition"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *State.choices])
    response = forms.ChoiceField(label=_("Response"), required=False, choices=[ANY, *Response.choices])
    sent = forms.ChoiceField(
        label=_("Sent to the police"), required=False, choices=[ANY, ("yes", _("Sent")), ("no", _("Not sent"))]
    )

    def __init__(self, data: QueryDict, *, editions: tuple[tuple[str, str], ...]) -> None:
        super().__init__(data)
        set_choices(self, "edition", [ANY, *editions])

    def narrow(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        if wanted["edition"]:
            rows = rows.filter(edition__reference=wanted["edition"])
        for name in ("state", "response"):
            if wanted[name]:
                rows = rows.filter(**{name: wanted[name]})
        if wanted["sent"]:
            rows = rows.filter(sent_on__isnull=wanted["sent"] == "no")
        return rows


def recommendations_for_list(rows: ProfileQuerySet) -> ProfileQuerySet:
    """With a last day for what was never sent, and how many risks it bears on."""
    return rows.select_related("edition").annotate(
        sent_sort=Coalesce("sent_on", Value(NEVER), output_field=DateField()),
        risks=Count("risk_links", filter=Q(risk_links__unlinked_at__isnull=True)),
    )


def response_in_words(row: CtlpRecommendation) -> str:
    """What was answered and, where there is one, the reason."""
    return ": ".join(filter(None, (row.get_response_display(), row.reason)))


def recommendation_listing(acting: Acting) -> Listing:
    """All recommendations as this person may filter them."""
    editions = CtlpEdition.objects.visible_to(acting).order_by("-issued_on", "-pk").values_list("reference", "title")
    return Listing(
        name="ctlp-recommendations",
        columns=(
            Column("code", _("Number"), lambda row: row.code, sort="code"),
            Column("text", _("Recommendation"), lambda row: row.text),
            Column("edition", _("Edition"), lambda row: row.edition.title, sort="edition__title"),
            Column("to", _("Recommended to"), lambda row: row.recommended_to, sort="recommended_to"),
            Column("state", _("State"), lambda row: row.get_state_display(), sort="state"),
            Column("response", _("Response"), response_in_words, sort="response"),
            Column("sent", _("Sent"), lambda row: row.sent_on, sort="sent_sort"),
            Column("risks", _("Risks"), lambda row: row.risks, sort="risks", numeric=True),
        ),
        default_sort="code",
        search=("code", "text", "recommended_to", "reference"),
        search_label=_("Search numbers and wording"),
        filters=partial(RecommendationFilter, editions=tuple(editions)),
    )


class TaskFilter(FilterForm):
    """State, cause and owner of the risk. Without an answer, the open ones."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Open")), ("overdue", _("Overdue")), ("done", _("Done")), ("all", _("Open and done"))],
    )
    cause = forms.ChoiceField(label=_("Cause"), required=False, choices=[ANY, *Cause.choices])
    owner = forms.ChoiceField(label=_("Owner of the risk"), required=False)

    def __init__(self, data: QueryDict, *, owners: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        offered = [(str(pk), name) for pk, name in owners]
        set_choices(self, "owner", [("", _("Anybody")), ("none", _("Nobody yet")), *offered])

    def narrow(self, rows: QuerySet) -> QuerySet:
        match self.cleaned_data["state"]:
            case "":
                rows = rows.filter(done_at__isnull=True)
            case "overdue":
                rows = rows.filter(done_at__isnull=True, due_on__lt=timezone.localdate())
            case "done":
                rows = rows.filter(done_at__isnull=False)
        if cause := self.cleaned_data["cause"]:
            rows = rows.filter(cause=cause)
        if owner := self.cleaned_data["owner"]:
            rows = rows.filter(owner_id__isnull=True) if owner == "none" else rows.filter(owner_id=int(owner))
        return rows


def task_state(row: Any, today: date) -> tuple[str, str]:
    """One word for a task, and the colour of its tag."""
    if row.done_at is not None:
        return str(_("Done")), "green"
    return (str(_("Overdue")), "red") if row.due_on < today else (str(_("Open")), "blue")


def task_listing(acting: Acting) -> Listing:
    """Tasks to assess again, as this person may filter them."""
    today = timezone.localdate()
    owners = tuple(organisations.role_holders(acting, today))
    return Listing(
        name="assess-again",
        columns=(
            Column("risk", _("Risk"), lambda row: f"{row.risk.code} {row.title or ''}", sort="risk__code"),
            Column("cause", _("Cause"), lambda row: row.get_cause_display(), sort="cause"),
            Column("due", _("Due"), lambda row: row.due_on, sort="due_on"),
            Column("owner", _("Owner"), lambda row: row.owner_name or ""),
            Column("raised", _("Raised"), lambda row: timezone.localdate(row.raised_at), sort="raised_at"),
            Column("state", _("State"), lambda row: task_state(row, today)[0]),
            Column("done", _("Done"), lambda row: timezone.localdate(row.done_at) if row.done_at else None),
            Column("outcome", _("Outcome"), lambda row: row.outcome),
        ),
        default_sort="due",
        search=("risk__code", "title", "note"),
        search_label=_("Search risks"),
        filters=partial(TaskFilter, owners=owners),
    )
