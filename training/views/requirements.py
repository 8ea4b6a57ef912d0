"""Who must do what: requirements, the preview of a rule, and whom each asks."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core import addresses
from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.jobs.workflow import Status
from training import defaults, figures, permissions, previewing, requirement_pages, wording
from training.actions import requirements as actions
from training.forms.requirements import (
    RequirementForm,
    WithdrawForm,
    initial_of,
    initial_of_new,
    initial_of_scope,
)
from training.models import Assignment, Course, Requirement, Rule
from training.requirement_listing import ASKED, STANDING_COLOUR, due_on
from training.scope import Scope, because
from training.views.sections import tabs
from training.workflow import Standing

SAVE, SURE, BACK = "save", "sure", "back"


@requires("training.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """All that the organisation asks of its people."""
    lines = requirement_pages.lines(request.acting, timezone.localdate())
    return render(
        request,
        "training/requirements/index.html",
        {
            "lines": [line for line in lines if line.requirement.withdrawn_at is None],
            "withdrawn": [line for line in lines if line.requirement.withdrawn_at is not None],
            "can_manage": allowed(permissions.check_can_manage_training, request.acting),
            "tabs": tabs(request),
        },
    )


@requires("training.manage")
@require_GET
def matrix(request: Request) -> HttpResponse:
    """Who is commonly asked for what in organisations of these sectors, to begin with."""
    acting = request.acting
    courses = {course.code: course for course in Course.objects.visible_to(acting).filter(organisation=None)}
    titles = Requirement.objects.visible_to(acting).filter(withdrawn_at__isnull=True).values_list("title", flat=True)
    used = {title.casefold() for title in titles}
    return render(
        request,
        "training/requirements/matrix.html",
        {
            "lines": [
                {
                    "default": each,
                    "course": wording.named(courses[each.course]),
                    "whom": wording.whom(each.scope, {}),
                    "how_often": wording.how_often(Rule(months=each.months)),
                    "is_used": each.title.casefold() in used,
                }
                for each in defaults.for_sectors(acting.organisation.sectors)
                if each.course in courses
            ]
        },
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Say what is asked of whom; then look whom that asks; then save."""
    begun_from = defaults.find(request.GET.get("from", ""))
    editor = Editor(request, None, _form(request, begun_from))
    context = {"requirement": None, "begun_from": begun_from}
    if not editor.is_ready or BACK in request.POST:
        return editor.render("training/requirements/form.html", **context)
    shown = previewing.preview(request.acting, editor.form.scope, in_force=None, on=timezone.localdate())
    if not _may_save(request, shown):
        return _show_first(request, editor, shown, **context)
    try:
        made = actions.make(asked=editor.form.asked(None), by=request.acting, now=timezone.now())
    except RuleBroken as error:
        editor.refuse(error)
        return editor.render("training/requirements/form.html", **context)
    return editor.saved(_("Requirement saved. The portal works out now whom it asks"), to=made)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change what is asked; then look what that changes; then save. A stale save shows both and loses nothing."""
    requirement = requirement_pages.get_requirement_or_404(request.acting, reference)
    if requirement.withdrawn_at is not None:
        messages.warning(request, _("This requirement was withdrawn."))
        return redirect(requirement)
    editor = Editor(request, requirement, _form(request, None))
    if not editor.is_ready or BACK in request.POST:
        return editor.render("training/requirements/form.html", requirement=requirement)
    in_force = Scope.from_json(requirement_pages.newest_rule(requirement).scope)
    shown = previewing.preview(request.acting, editor.form.scope, in_force=in_force, on=timezone.localdate())
    if not _may_save(request, shown):
        return _show_first(request, editor, shown, requirement=requirement)
    try:
        actions.change(
            requirement_id=requirement.pk,
            version=editor.form.cleaned_data["version"],
            asked=editor.form.asked(requirement),
            by=request.acting,
            now=timezone.now(),
        )
    except RuleBroken as error:
        editor.refuse(error)
        return editor.render("training/requirements/form.html", requirement=requirement)
    return editor.saved(_("Requirement changed"), to=requirement)


@requires("training.view")
@require_http_methods(["GET", "POST"])
def show(request: Request, reference: str) -> HttpResponseBase:
    """What a requirement asks, how it changed, how people stand in it and who they are."""
    acting, today = request.acting, timezone.localdate()
    requirement = requirement_pages.get_requirement_or_404(acting, reference)
    rows = Assignment.objects.visible_to(acting).filter(requirement=requirement).asked(today, today=today)
    page = ASKED.read(request, rows.select_related("membership", "team"))
    if not isinstance(page, ListPage):
        return page
    teams = requirement_pages.team_names(acting)
    rule = requirement_pages.newest_rule(requirement)
    return render(
        request,
        "training/requirements/requirement.html",
        {
            "requirement": requirement,
            "course_name": wording.named(requirement.course),
            "conditions": wording.conditions(Scope.from_json(rule.scope), teams),
            "how_often": wording.how_often(rule),
            "grace": wording.days(rule.grace_days),
            "notice": wording.days(rule.expiring_days),
            "counting": requirement_pages.counting_for(acting, requirement.course, today),
            "history": requirement_pages.history(acting, requirement, teams),
            "figures": _figures(figures.of(rows), requirement),
            "page": page,
            "lines": [_line(row, teams) for row in page.items],
            "can_manage": allowed(permissions.check_can_manage_training, acting, requirement)
            and requirement.withdrawn_at is None,
            **_working(request, requirement),
        },
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    """Ask nobody any longer, once that is confirmed."""
    requirement = requirement_pages.get_requirement_or_404(request.acting, reference)
    editor = Editor(request, requirement, _withdraw_form, compares=False)
    if editor.is_ready:
        version = editor.form.cleaned_data["version"]
        try:
            actions.withdraw(requirement_id=requirement.pk, version=version, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(
                _("Requirement withdrawn. Nobody is asked for it any longer"), to="training:requirements"
            )
    return editor.render("training/requirements/withdraw.html", requirement=requirement)


@requires("training.manage")
@require_POST
def work_out_again(request: Request, reference: str) -> HttpResponse:
    """After a job that failed."""
    requirement = requirement_pages.get_requirement_or_404(request.acting, reference)
    try:
        actions.work_out_again(requirement_id=requirement.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The portal works out again whom it asks"))
    return redirect(requirement)


def _form(request: Request, begun_from: defaults.Default | None) -> Make[RequirementForm]:
    today = timezone.localdate()
    offers = requirement_pages.offers(request.acting, today)

    def make(row: Requirement | None, posted: QueryDict | None) -> RequirementForm:
        if row is not None:
            initial = initial_of(row, requirement_pages.newest_rule(row))
        else:
            initial = initial_of_new(today, **(_begun(begun_from, request.acting) if begun_from else {}))
        return RequirementForm(posted, offers=offers, is_new=row is None, initial=initial)

    return make


def _begun(default: defaults.Default, acting: Acting) -> dict[str, Any]:
    course = (
        Course.objects.visible_to(acting)
        .filter(organisation=None, code=default.course, withdrawn_at__isnull=True)
        .first()
    )
    return {
        "title": default.title,
        "course_id": course.pk if course else None,
        "months": default.months,
        "target": default.target,
        "how_often": "completion" if default.months else "once",
        **initial_of_scope(default.scope),
    }


def _withdraw_form(row: Requirement, posted: QueryDict | None) -> WithdrawForm:
    return WithdrawForm(posted, initial={"version": row.version})


def _may_save(request: Request, shown: previewing.Preview) -> bool:
    return SAVE in request.POST and (not shown.asks_nobody or SURE in request.POST)


def _show_first(
    request: Request, editor: Editor[RequirementForm], shown: previewing.Preview, **context: Any
) -> HttpResponse:
    teams = requirement_pages.team_names(request.acting)
    return editor.show_first(
        "training/requirements/preview.html",
        asides=(SAVE, SURE, BACK),
        preview=shown,
        people=[(each, because(each.because, teams=teams)) for each in shown.first],
        conditions=wording.conditions(editor.form.scope, teams),
        is_missing=SAVE in request.POST,
        **context,
    )


def _line(row: Assignment, teams: Mapping[int, str]) -> dict[str, Any]:
    standing = Standing(row.standing)
    return {
        "name": row.membership.name,
        "url": addresses.of_row("training:person", row.membership.reference),
        "team": row.team.name if row.team else "",
        "job_title": row.job_title,
        "why": because(row.because, teams=teams),
        "standing": standing.label,
        "colour": STANDING_COLOUR[standing],
        "due": due_on(row),
    }


def _figures(figure: figures.Figure, requirement: Requirement) -> list[dict[str, Any]]:
    target, percent = requirement.target, figure.percent
    tone = {None: "", True: "good", False: "warn"}[figure.reaches(target)]
    of = _("of %(count)s") % {"count": intcomma(figure.counted)}
    return [
        {"value": figure.in_date, "of": of, "label": _("In date")},
        {
            "value": "–" if percent is None else f"{percent}%",
            "label": _("In date in per cent") if target is None else _("Target %(target)s%%") % {"target": target},
            "tone": tone,
        },
        {"value": figure.overdue, "label": _("Overdue"), "tone": "bad" if figure.overdue else ""},
        {"value": figure.at(Standing.EXPIRING), "label": _("Expiring soon")},
        {"value": figure.apart, "label": _("Waived or away for long, counted apart")},
    ]


def _working(request: Request, requirement: Requirement) -> dict[str, Any]:
    """The job that works it out, while it does or if it failed."""
    job = None if requirement.withdrawn_at else requirement_pages.newest_job(request.acting, requirement)
    if job is None:
        return {}
    return {
        "job": job,
        "is_working": not job.is_finished,
        "has_failed": job.status in (Status.FAILED, Status.CANCELLED),
        "is_mine": job.belongs_to(request.acting),
    }
