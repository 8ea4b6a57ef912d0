"""A certificate: for its holder to follow and take, and for anybody to check."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts import clients, limits
from foundation.core.access import public, requires
from foundation.core.addresses import absolute
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.files.responses import made_document
from foundation.jobs.reports import shown
from training import actions, queries, verification
from training.forms.verification import VerifyForm


@requires("portal.use")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One's own certificate: what it says, how it stands, and how others check it."""
    certificate = queries.get_certificate_or_404(request.acting, reference)
    return render(
        request,
        "training/certificate.html",
        {
            **shown(certificate),
            "certificate": certificate,
            "verify_address": absolute(reverse("training:verify")),
        },
    )


@requires("portal.use")
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """The document itself, for whom it was issued to; every time in the ledger."""
    certificate = queries.get_certificate_or_404(request.acting, reference)
    name = f"certificate-{certificate.reference}"
    return made_document(certificate.file_id, name=name, by=request.acting, now=timezone.now())


@requires("portal.use")
@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """Once more, after it failed or was cancelled."""
    certificate = queries.get_certificate_or_404(request.acting, reference)
    try:
        actions.make_certificate_again(certificate_id=certificate.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    return redirect(certificate)


@public("whoever is shown a certificate may ask whether it is genuine; the answer tells only what stands on it")
@sensitive_post_parameters("number", "name")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Number and name as printed: genuine, or no such certificate. Too many questions at once are put off."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "training/verify.html", {"form": form})
    now = timezone.now()
    client = clients.network(request)
    if limits.take((verification.CHECKS_FROM_CLIENT, client), now=now) is None:
        response = render(request, "training/verify_later.html", status=429)
        response["Retry-After"] = str(int(verification.CHECKS_FROM_CLIENT.within.total_seconds()))
        return response
    genuine = verification.check(**form.cleaned_data, now=now)
    return render(
        request,
        "training/verify.html",
        {"form": VerifyForm() if genuine else form, "is_answered": True, "genuine": genuine},
    )
