"""The list behind the figures, and what is done for several of its people at once."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires, signed_in
from foundation.core.addresses import of_page
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations
from training import permissions
from training.actions import reminding, together
from training.actions.together import MOST, Outcome
from training.forms.agreements import ExtendForm, RemindForm, WaiveForm
from training.seeing.listing import asked_listing, names_of, shown
from training.seeing.on_a_day import as_at
from training.views.sections import tabs, ways_to_see_people

DEEDS: dict[str, str | Promise] = {
    "remind": gettext_lazy("Remind them"),
    "extend": gettext_lazy("Give them more time"),
    "waive": gettext_lazy("Waive it for them"),
}
FORMS: dict[str, Callable[..., forms.Form]] = {"remind": RemindForm, "extend": ExtendForm, "waive": WaiveForm}
ACTIONS: dict[str, Callable[..., Outcome]] = {
    "remind": reminding.remind_now,
    "extend": together.extend_together,
    "waive": together.waive_together,
}


@signed_in
@require_http_methods(["GET", "POST"])
def people(request: Request) -> HttpResponseBase:
    """Who is asked for what, and how they stand: everybody, or oneself and the people one leads."""
    acting, at = request.acting, as_at(request.GET)
    teams = organisations.team_tree(acting)
    page = asked_listing(acting, request, at, teams).read(request, at.asked(acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Who is asked for what"), acting=acting, now=timezone.now())
    return render(
        request,
        "training/people.html",
        {
            "page": page,
            "lines": shown(page.items, names_of(teams), at),
            "at": at,
            "tabs": tabs(request),
            "ways": ways_to_see_people(request),
            "sees_all": acting.may("training.view"),
            "can_manage": acting.may("training.manage"),
            "job_title": request.GET.get("job_title", ""),
            "can_act": not at.is_past and allowed(permissions.check_can_manage_training, acting),
            "together_url": f"{of_page('training:together')}?{request.GET.urlencode()}",
            "deeds": DEEDS.items(),
        },
    )


@requires("training.manage")
@require_POST
def together_for(request: Request) -> HttpResponse:
    """For whom it can be done and who is left out, with the form; once that is sent, it is done."""
    acting, deed = request.acting, request.POST.get("deed", "")
    if deed not in DEEDS:
        raise Http404
    back = f"{of_page('training:people')}?{request.GET.urlencode()}"
    try:
        chosen = _chosen(request)
        sorted_out = together.sorted_out(
            chosen,
            by=acting,
            today=timezone.localdate(),
            why_not=reminding.why_not if deed == "remind" else None,
        )
    except RuleBroken as error:
        messages.error(request, str(error))
        return redirect(back)
    is_sent = "sent" in request.POST
    form = FORMS[deed](request.POST if is_sent else None, many=True, initial={"starts_on": timezone.localdate()})
    if is_sent and form.is_valid():
        try:
            outcome = ACTIONS[deed](assignment_ids=chosen, by=acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            _say(request, outcome)
            return redirect(back)
    return render(
        request,
        "training/together.html",
        {
            "form": form,
            "deed": deed,
            "heading": DEEDS[deed],
            "outcome": sorted_out,
            "chosen": chosen,
            "back": back,
            "address": request.get_full_path(),
        },
    )


def _chosen(request: Request) -> list[int]:
    """The rows ticked, or all that the filter shows. Raises RuleBroken for none or too many."""
    if request.POST.get("which") == "all":
        at = as_at(request.GET)
        listing = asked_listing(request.acting, request, at, organisations.team_tree(request.acting))
        rows = ListPage(listing, request, at.asked(request.acting)).rows
        found = list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[: MOST + 1])
    else:
        found = [int(pk) for pk in request.POST.getlist("row")[: MOST + 1] if pk.isdigit() and len(pk) < 19]
    if not found:
        raise RuleBroken(_("Tick at least one row, or select all that the filter shows."))
    if len(found) > MOST:
        raise RuleBroken(_("That is more than %(most)s at once. Narrow the list.") % {"most": MOST})
    return found


def _say(request: Request, outcome: Outcome) -> None:
    """What was done and what was not, in numbers; names stay on the pages."""
    words = [_("Done for %(people)s.") % {"people": outcome.for_whom}]
    for reason, left in outcome.reasons:
        words.append(_("%(count)s left out: %(reason)s.") % {"count": left, "reason": reason})
    (messages.success if outcome.fit else messages.warning)(request, " ".join(words))
