"""The list of risks that an organisation may share with one of its partnerships, or shares: search and filters."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, PreparedObjects, Question, answers, stand_in
from foundation.core.sharing_filter import PartnershipFilter
from foundation.core.sharing_lines import Lines, comment_line, with_sharing
from foundation.core.templatetags.portal import day, hint_line, status_tag
from foundation.organisations.models import Organisation
from risk import queries
from risk.models import Assessment, Entry, Risk, SharedRisk
from risk.models.risks import IN_ORDER
from risk.sharing import SHARING_COLOURS, Sharing, state_of
from risk.workflow import Status

NONE = SafeString("–")


def listing(partnerships: Sequence[Organisation], first_page: Question | None = None) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="risks-to-share",
        columns=(
            Column("risk", _("Risk"), _unused, sort="place", raw=("code", "reference", "closed_at")),
            Column("title", _("Approved assessment"), _unused, raw=("pk",)),
            Column("sharing", _("What the partnership reads"), _unused, sort="sharing", raw=("pk",)),
        ),
        default_sort="risk",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Sharing),
        first_page=first_page,
    )


def _unused(row: Any) -> str:
    """This list has no export, and its page shows more than its columns: ``lines``."""
    return ""


class Said(NamedTuple):
    """What the approved assessment says of a risk."""

    entry_id: int
    title: str
    likelihood: int | None
    impact: int | None

    @property
    def score(self) -> int | None:
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact


class Given(NamedTuple):
    """A risk as it was shared with the partnership. ``ended_on`` is None while the partnership reads it."""

    entry_id: int
    title: str
    comment: str
    assessed_on: date
    shared_on: date
    ended_on: date | None


def lines(
    acting: Acting, partnership: Organisation, page: Sequence[dict[str, Any]], *, here: str
) -> list[dict[str, Any]]:
    """What the page shows of the risks that ``rows`` found. ``here`` is where to come back to from a decision."""
    if not page:
        return []
    wanted = as_one_value(row["pk"] for row in page)
    assessments, entries, shares = answers(
        _APPROVED.question(acting.organisation_id),
        _SAID.question(acting.organisation_id, wanted),
        _GIVEN.question(acting.organisation_id, partnership.pk, wanted),
    )
    said = {pk: Said(*entry) for pk, *entry in entries}
    shared: dict[int, Given] = {}
    ended: dict[int, Given] = {}
    for pk, *share in shares:
        given = Given(*share)
        (shared if given.ended_on is None else ended)[pk] = given
    assessed, since = _assessed(_APPROVED.made_of(assessments)), cache(_since)  # much is said alike of many
    tags = {state: status_tag(state.label, SHARING_COLOURS[state]) for state in Sharing}
    drawn = Lines(
        page="risk:risk",
        give="risk:share",
        take_back="risk:take_back",
        partnership=partnership.slug,
        labels=(gettext("Share"), gettext("Share anew")),
        here=here if acting.may("risk.share") else None,
    )
    found = []
    for row in page:
        entry, now, before = said.get(row["pk"]), shared.get(row["pk"]), ended.get(row["pk"])
        if (named := entry or now) is None:
            continue  # taken back since ``rows`` found it
        closed = row["closed_at"]
        state = state_of(
            entry and entry.entry_id, now and now.entry_id, is_closed=closed is not None, was_shared=before is not None
        )
        if now is not None:
            hints = since(now.assessed_on, now.shared_on) + comment_line(now.comment)
        else:
            hints = hint_line(day(before.ended_on) if before else "")
        html = drawn.line(
            row["code"],
            row["reference"],
            named.title,
            below=hint_line(gettext("Closed on %(day)s") % {"day": day(closed)} if closed else ""),
            facts=assessed(entry.score) if entry else NONE,
            sharing=tags[state] + hints,
            can_give=entry is not None and closed is None,
            is_given=now is not None,
        )
        found.append({"code": row["code"], "state": state, "html": html})
    return found


_APPROVED = PreparedObjects(
    lambda organisation_id: (
        Assessment.objects.visible_to(_reader(organisation_id)).filter(status=Status.APPROVED).order_by()
    ),
    int,
)
_SAID = Prepared(
    lambda organisation_id, wanted: (
        _approved_entries(_reader(organisation_id))
        .filter(risk__any_of=wanted)
        .values_list("risk_id", "pk", "title", "residual_likelihood", "residual_impact")
    ),
    int,
    str,
)
_GIVEN = Prepared(
    lambda organisation_id, partnership_id, wanted: (
        SharedRisk.objects.given_by(_reader(organisation_id))
        .filter(partnership_id=partnership_id, risk__any_of=wanted)
        .order_by("shared_at", "pk")
        .values_list(
            "risk_id", "entry_id", "title", "comment", "assessed_at__date", "shared_at__date", "ended_at__date"
        )
    ),
    int,
    int,
    str,
)


def _reader(organisation_id: int) -> Any:
    return stand_in(organisation_id=organisation_id, permissions={"risk.view"})


def _assessed(approved: Sequence[Assessment]) -> Callable[[int | None], SafeString]:
    """What the list says of a score in the approved assessment, of which there is one at most, and when that was."""

    @cache
    def cell(score: int | None) -> SafeString:
        [assessment] = approved
        return status_tag(*queries.band_of(assessment.scale, score)) + hint_line(day(assessment.approved_at))

    return cell


def _since(assessed_on: date, shared_on: date) -> SafeString:
    days = {"assessed": day(assessed_on), "shared": day(shared_on)}
    return hint_line(gettext("As assessed on %(assessed)s, shared on %(shared)s") % days)


def rows(acting: Acting, partnership: Organisation, *, asked: QueryDict) -> QuerySet[Risk]:
    """Risks of the approved assessment and those that are shared. What is ``asked`` of the list says what beside them.

    Where they are searched, filtered or sorted: with ``sharing`` as ``state_of`` has it, title and comment.
    """
    found = _to_share(acting, partnership.pk)
    if not any(asked.get(name) for name in ("s", "state", "sort")):
        return found
    entry = _approved_entries(acting).filter(risk=OuterRef("pk"))
    found = found.annotate(entry_now=Subquery(entry.values("pk")[:1]), entry_title=Subquery(entry.values("title")[:1]))
    return with_sharing(
        found,
        SharedRisk.objects.given_by(acting).filter(partnership=partnership),
        of="risk",
        said={"shared_entry": "entry_id", "shared_title": "title"},
        never=Sharing.NOT_SHARED,
        ended=Sharing.TAKEN_BACK,
        while_shared=Case(
            When(closed_at__isnull=False, then=Value(Sharing.CLOSED)),
            When(entry_now__isnull=True, then=Value(Sharing.GONE)),
            When(entry_now=F("shared_entry"), then=Value(Sharing.SHARED)),
            default=Value(Sharing.CHANGED),
        ),
    ).annotate(title=Coalesce("entry_title", "shared_title"))


def _to_share(acting: Acting, partnership_id: int) -> QuerySet[Risk]:
    shared = SharedRisk.objects.given_by(acting).filter(partnership_id=partnership_id, ended_at__isnull=True)
    found = Risk.objects.visible_to(acting).filter(
        Q(pk__in=_approved_entries(acting).values("risk")) | Q(pk__in=shared.order_by().values("risk"))
    )
    return found.annotate(place=IN_ORDER)


def _approved_entries(acting: Acting) -> QuerySet[Entry]:
    return Entry.objects.visible_to(acting).filter(assessment__status=Status.APPROVED).order_by()


FIRST_PAGE = Prepared(
    lambda organisation_id, partnership_id: listing(()).first_of(_to_share(_reader(organisation_id), partnership_id)),
    int,
    int,
)
