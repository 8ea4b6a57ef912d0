"""A forgotten password, and a new one."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.accounts import actions, authentication
from foundation.accounts.forms import ChangePasswordForm, NewPasswordForm
from foundation.accounts.models import User
from foundation.core.access import public, signed_in
from foundation.core.http import Request


class ForgottenPasswordView(PasswordResetView):
    template_name = "accounts/password_forgotten.html"


@public("the same answer for every address, so it needs nobody to be signed in")
@require_GET
def forgotten_sent(request: Request) -> HttpResponse:
    return render(request, "accounts/password_forgotten_sent.html")


class NewPasswordView(PasswordResetFromKeyView):
    """The page a link leads to. It changes the password only: signing in still asks for the second factor."""

    template_name = "accounts/password_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.reset_user is None:
            return kwargs
        return super().get_context_data(**kwargs)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=self.reset_user.pk)
            if not user.is_active or not default_token_generator.check_token(user, self.key):  # two tabs, one link
                return self.render_to_response({"token_fail": True})
            actions.change_password(
                user=user,
                password=form.cleaned_data["password1"],
                site=self.request.build_absolute_uri("/"),
                how="reset",
                now=timezone.now(),
            )
        if self.request.user.is_authenticated:
            self.logout()
        return HttpResponseRedirect(self.get_success_url())


@public("the end of choosing a new password through a link")
@require_GET
def new_done(request: Request) -> HttpResponse:
    return render(request, "accounts/password_new_done.html")


@signed_in(without_organisation=True)
@require_http_methods(["GET", "POST"])
def change(request: Request) -> HttpResponse:
    now = timezone.now()
    if not authentication.freshly_proved(request, now):
        return authentication.ask_again(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        user = actions.change_password(
            user=request.user,  # type: ignore[arg-type]
            password=form.cleaned_data["password1"],
            site=request.build_absolute_uri("/"),
            how="changed",
            keep=request.session,
            now=now,
            by=request.acting,
        )
        authentication.keep_after_password_change(request, user)
        messages.success(request, _("Your password was changed. Your other sessions were ended."))
        return redirect("accounts:security")
    return render(request, "accounts/password_change.html", {"form": form})
