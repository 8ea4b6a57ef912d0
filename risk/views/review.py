"""From draft to approval: who is asked, what they say, and the decision."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import queries as organisations
from risk import actions, attention, permissions, queries
from risk.forms import ApprovalForm, CommentForm, ContributorForm, ReasonForm, SendForm
from risk.models import Assessment, Comment, Contributor
from risk.views.assessments import head
from risk.views.finding import approvers, closed_to_changes, one_form, today
from risk.views.pieces import commented
from risk.workflow import OPEN, Status


@requires("risk.view")
@require_GET
def review(request: Request, reference: str) -> HttpResponse:
    """Where the assessment stands on its way, who is asked, and all comments."""
    row = queries.get_assessment_or_404(request.acting, reference)
    top = head(request, row)
    comments = Comment.objects.visible_to(request.acting).filter(assessment=row)
    asked = Contributor.objects.visible_to(request.acting).filter(assessment=row).select_related("membership")
    wrong = [line for line in attention.of_assessment(request.acting, row, today()) if line.findings]
    can_comment = row.status in OPEN and allowed(permissions.check_can_comment, request.acting, row)
    in_review = row.status == Status.IN_REVIEW
    return render(
        request,
        "risk/review.html",
        {
            **top,
            "comments": comments.select_related("written_by", "entry__risk")[:200],
            "contributors": asked,
            "contributor_form": _contributor_form(request) if top["can_write"] else None,
            "comment_form": CommentForm() if can_comment else None,
            "wrong_count": len(wrong),
            "can_send": top["can_write"] and row.status == Status.DRAFT,
            "can_approve": in_review and allowed(permissions.check_can_approve, request.acting, row),
            "can_send_back": in_review and allowed(permissions.check_can_send_back, request.acting, row),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def send(request: Request, reference: str) -> HttpResponse:
    """Send the draft to the person who is to approve it."""
    row = queries.get_assessment_or_404(request.acting, reference)
    if refused := closed_to_changes(request, row, row.get_absolute_url()):
        return refused
    people = [each for each in approvers(request) if each[0] != request.acting.membership_id]

    def make(current: Assessment, posted: QueryDict | None) -> SendForm:
        initial = {"version": current.version, "approver_id": current.approver_id}
        return SendForm(posted, approvers=people, initial=initial)

    return one_form(
        request,
        row,
        make,
        lambda typed: actions.send_for_review(assessment_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("Sent for approval"),
        to=reverse("risk:review", args=[row.reference]),
        compares=False,
        heading=_("Send for approval"),
        caption=row.title,
        lead=_("They and everybody you asked to comment are told. You can go on changing it; they see what changed."),
    )


@requires("risk.contribute")
@require_http_methods(["GET", "POST"])
def send_back(request: Request, reference: str) -> HttpResponse:
    """Back to a draft, saying why."""
    row = queries.get_assessment_or_404(request.acting, reference)
    permissions.check_can_send_back(request.acting, row)
    return one_form(
        request,
        row,
        lambda current, posted: ReasonForm(posted, submit=_("Send it back"), initial={"version": current.version}),
        lambda typed: actions.send_back(assessment_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("Sent back"),
        to=reverse("risk:review", args=[row.reference]),
        compares=False,
        heading=_("Send it back"),
        caption=row.title,
    )


@requires("risk.approve")
@require_http_methods(["GET", "POST"])
def approve(request: Request, reference: str) -> HttpResponse:
    """Approve exactly what this page was opened on."""
    row = queries.get_assessment_or_404(request.acting, reference)
    permissions.check_can_approve(request.acting, row)
    return one_form(
        request,
        row,
        lambda current, posted: ApprovalForm(posted, initial={"version": current.version}),
        lambda typed: actions.approve(assessment_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("Assessment approved"),
        to=row.get_absolute_url(),
        compares=False,
        heading=_("Approve the assessment"),
        caption=row.title,
        lead=_("From then on nothing in it changes. The assessment approved before is kept and superseded."),
    )


@requires("risk.edit")
@require_POST
def ask(request: Request, reference: str) -> HttpResponse:
    """Ask somebody to comment."""
    row = queries.get_assessment_or_404(request.acting, reference)
    permissions.check_can_edit(request.acting, row)
    form = _contributor_form(request, request.POST)
    if not form.is_valid():
        messages.warning(request, _("Select a person"))
    else:
        try:
            actions.ask_contributor(
                assessment_id=row.pk,
                membership_id=form.cleaned_data["membership_id"],
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("They were asked and told"))
    return redirect("risk:review", reference=row.reference)


@requires("risk.contribute")
@require_POST
def comment(request: Request, reference: str) -> HttpResponse:
    """Say something about the assessment as a whole."""
    row = queries.get_assessment_or_404(request.acting, reference)
    permissions.check_can_comment(request.acting, row)
    return commented(request, row.pk, to=f"{reverse('risk:review', args=[row.reference])}#comments")


def _contributor_form(request: Request, posted: QueryDict | None = None) -> ContributorForm:
    people = organisations.people_choices(request.acting, on=today(), permission="risk.contribute")
    return ContributorForm(posted, people=people)
