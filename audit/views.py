"""Pages of the log. Opening one is itself recorded: the log of the log."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import alerts, queries, tabs
from audit.forms import LogFilter
from audit.lines import line_of, lines_of
from audit.listing import LOG, LogPage
from audit.sentences import type_label
from audit.thresholds import THRESHOLDS
from foundation import ledger
from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.http import Request
from foundation.documents.responses import export_list
from foundation.ledger import sealing, verification
from foundation.ledger.faults import Fault
from foundation.ledger.models import Event

TRAIL_SHOWN = 200
VERIFICATIONS_SHOWN = 10


@requires("audit.view")
@require_http_methods(["GET", "POST"])
def log(request: Request) -> HttpResponse:
    """Everything that happened in the organisation. A search for a name is posted, so that no address holds one."""
    acting = request.acting
    page = LOG.read(request, Event.objects.visible_to(acting))
    if not isinstance(page, LogPage):
        return page
    context = {
        "tabs": tabs.of("log"),
        "page": page,
        "lines": lines_of(page.items),
        "person": page.person,
        "can_export": acting.may("audit.export"),
        "export_parameters": request.GET.urlencode(),
        "is_late": sealing.sealing_is_late(timezone.now()),
    }
    response = render(request, "audit/log.html", context)
    _record_reading(acting, "audit.log_read", filters=_filters_of(page))
    return response


@requires("audit.export", step_up=True)
@require_GET
def export(request: Request) -> HttpResponseBase:
    """The log as filtered, as a file."""
    acting = request.acting
    page = LOG.read(request, Event.objects.visible_to(acting))
    assert isinstance(page, LogPage)  # only a posted search gets anything else
    return export_list(
        page,
        format=request.GET.get("export", ""),
        title=_("Log of %(organisation)s") % {"organisation": acting.organisation.name},
        acting=acting,
        now=timezone.now(),
    )


@requires("audit.view")
@require_GET
def event(request: Request, event_id: int) -> HttpResponse:
    """One entry of the log with its facts and its place in the chain."""
    acting = request.acting
    found = queries.get_event_or_404(acting, event_id)
    context = {
        "line": line_of(found),
        "event": found,
        "facts": queries.facts_of(found),
        "seal": queries.seal_of(found),
    }
    _record_reading(acting, "audit.event_read", event=found.pk)
    return render(request, "audit/event.html", context)


@requires("audit.view")
@require_GET
def thing(request: Request, target_type: str, key: str) -> HttpResponse:
    """The history of one thing and who saw it. ``key`` is its reference or its id."""
    acting = request.acting
    target_id, reference = queries.find_target_or_404(acting, target_type, key)
    events = list(queries.trail(acting, target_type, target_id)[: TRAIL_SHOWN + 1])
    context = {
        "kind": type_label(target_type),
        "target_type": target_type,
        "reference": reference or str(target_id),
        "lines": lines_of(events[:TRAIL_SHOWN]),
        "more": len(events) > TRAIL_SHOWN,
        "has_reference": bool(reference),
        "shown": TRAIL_SHOWN,
        "readers": queries.who_saw(acting, target_type, target_id),
    }
    response = render(request, "audit/object.html", context)
    _record_reading(acting, "audit.trail_read", type=target_type, key=target_id)
    return response


@requires("audit.view")
@require_GET
def alarms(request: Request) -> HttpResponse:
    """What should make somebody look, and at which figures the portal says so."""
    now = timezone.now()
    context = {"tabs": tabs.of("alerts"), "alerts": alerts.current(request.acting, now), "thresholds": THRESHOLDS}
    return render(request, "audit/alerts.html", context)


@requires("audit.view")
@require_GET
def checks(request: Request) -> HttpResponse:
    """Whether the log can be relied on: last seal, last checkpoint, last verification."""
    now = timezone.now()
    state = sealing.state()
    verifications = verification.latest(VERIFICATIONS_SHOWN)
    context = {
        "tabs": tabs.of("checks"),
        "state": state,
        "is_late": state is None or state.is_late(now),
        "verifications": [
            {"row": each, "result": Fault(each.fault).label if each.fault in Fault.values else each.fault}
            for each in verifications
        ],
        "last": verifications[0] if verifications else None,
    }
    return render(request, "audit/checks.html", context)


def _record_reading(acting: Acting, verb: str, **facts: Any) -> None:
    ledger.record(verb, actor=acting, at=timezone.now(), **facts)


def _filters_of(page: LogPage) -> list[str]:
    used = page.filter_form.used() if isinstance(page.filter_form, LogFilter) else []
    return sorted([*used, "name"] if page.search_text else used)
