"""Forms of sign-in and security pages: shape, wording, layout. django-allauth's forms check where it has them."""

import struct
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Field, Fluid, Layout, Size, Submit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from foundation.accounts import clients, letters, limits, second_factor, trail
from foundation.accounts.adapter import LOCKED
from foundation.accounts.models import User
from foundation.core.forms import set_choices

CODE_MISSING = _("Enter the code from your authenticator app, or a recovery code")
CODE_WRONG = _("The code is not right. Check it and enter it again.")
CODE_USED = _("That code has been used. Wait for your app to show the next one.")
PASSWORD_MISSING = _("Enter your password")


def govuk(form: forms.Form, *rows: Any, button: str | Promise) -> None:
    """Give a form its GOV.UK layout and one button."""
    form.helper = FormHelper()  # type: ignore[attr-defined]
    form.helper.attrs = {"novalidate": "novalidate"}  # type: ignore[attr-defined]
    form.helper.layout = Layout(  # type: ignore[attr-defined]
        *rows, Submit("submit", button, data_prevent_double_click="true")
    )


def _text(name: str, **options: Any) -> Field:
    return Field.text(name, label_size=Size.SMALL, **options)


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
            error_messages={
                "required": _("Enter your e-mail address"),
                "invalid": _("Enter an e-mail address in the right form, like name@example.org"),
            },
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": PASSWORD_MISSING},
        )
        govuk(self, _text("login"), _text("password"), button=_("Sign in"))


class CodeForm(AuthenticateForm):
    """A code from an authenticator app or a recovery code, each of which works once."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or a recovery code."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": CODE_MISSING, "max_length": CODE_WRONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        govuk(self, _text("code", field_width=Fluid.ONE_HALF), button=_("Continue"))

    def clean_code(self) -> str:
        request, now = context.request, timezone.now()
        taken = limits.try_account(
            account=limits.account_with_id(self.user.pk), client=clients.network(request), now=now
        )
        if taken is None:
            raise ValidationError(LOCKED, code="too_many_tries")
        code: str = self.cleaned_data["code"]
        answer, factor = second_factor.check_code(self.user, code)
        if answer is second_factor.Code.RIGHT:
            taken.give_back()
            self.authenticator = factor
            return code
        with transaction.atomic():
            trail.record(
                request, "second_factor.refused", user=self.user, at=now, done_by_user=False, because=answer.value
            )
        raise ValidationError(CODE_USED if answer is second_factor.Code.USED else CODE_WRONG, code=answer.value)


class SecondFactorForm(CodeForm):
    """The second step of signing in."""


class ConfirmCodeForm(CodeForm):
    """Proving who one is once more."""

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=True)


class ConfirmPasswordForm(PasswordAgainForm):
    """For somebody who has no second factor yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": PASSWORD_MISSING},
        )
        govuk(self, _text("password"), button=_("Continue"))


NO_PASSKEY = _("The passkey was not used. Try again, or choose another way.")
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)  # what reading garbage raises


class CredentialField(forms.JSONField):
    """What a browser sent for a passkey. django-allauth checks what it says; here it must be readable at all."""

    default_error_messages = {"required": NO_PASSKEY, "invalid": NO_PASSKEY}

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def clean(self, value: Any) -> Any:
        read = super().clean(value)
        try:
            if "attestationObject" in read["response"]:
                RegistrationResponse.from_dict(read)
            else:
                AuthenticationResponse.from_dict(read)
        except BROKEN as broken:
            raise ValidationError(NO_PASSKEY, code="invalid") from broken
        return read


class SignInPasskeyForm(LoginWebAuthnForm):
    credential = CredentialField()


class StagePasskeyForm(AuthenticateWebAuthnForm):
    credential = CredentialField()


class ConfirmPasskeyForm(ReauthenticateWebAuthnForm):
    credential = CredentialField()


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey: kept on the device, and unlocked by the person there. Nothing less is accepted."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you know it again, for example “Work laptop”."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["credential"] = CredentialField()

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()
        except BROKEN as broken:
            raise ValidationError(NO_PASSKEY, code="invalid") from broken


class AppCodeForm(forms.Form):
    """The first code of a new authenticator app, which shows that it holds the secret."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Enter the six-digit code that the app shows"), "max_length": CODE_WRONG},
    )

    def __init__(self, *args: Any, secret: str, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret, self.user, self.request = secret, user, request
        govuk(self, _text("code", field_width=Fluid.ONE_HALF), button=_("Continue"))

    def clean_code(self) -> str:
        taken = limits.try_account(
            account=limits.account_with_id(self.user.pk), client=clients.network(self.request), now=timezone.now()
        )
        if taken is None:
            raise ValidationError(LOCKED, code="too_many_tries")
        step = second_factor.matching_step(self.secret, self.cleaned_data["code"])
        if step is None:
            raise ValidationError(
                _("The code is not right. Check that your telephone shows the right time, and enter the newest code."),
                code="wrong",
            )
        taken.give_back()
        self.step = step
        return self.cleaned_data["code"]


class ForgottenPasswordForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
            error_messages={
                "required": _("Enter your e-mail address"),
                "invalid": _("Enter an e-mail address in the right form, like name@example.org"),
            },
        )
        govuk(self, _text("email"), button=_("Send me a link"))

    def clean_email(self) -> str:
        """Nothing is looked up here, so that the page cannot say, nor take longer to say, whose address it is."""
        return User.objects.normalise(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        now = timezone.now()
        with transaction.atomic():
            if limits.take(
                (limits.LETTERS_FROM_CLIENT, clients.network(request)), (limits.LETTERS_TO_ADDRESS, email), now=now
            ):
                site = request.build_absolute_uri("/")
                letters.queue(letters.Kind.PASSWORD_RESET, site=site, now=now, address=email)
                trail.record(request, "password_reset.asked", user=None, at=now)
        return email


class NewPasswordForm(ResetPasswordKeyForm):
    """Choosing a password through a link that was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = _new_password(_("New password"))
        self.fields["password2"] = _new_password(_("New password again"), with_help=False)
        govuk(self, _text("password1"), _text("password2"), button=_("Change password"))

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]


class ChangePasswordForm(forms.Form):
    """Choosing a password while signed in. The view asks for fresh proof first, so the old one is not asked for."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"] = _new_password(_("New password"))
        self.fields["password2"] = _new_password(_("New password again"), with_help=False)
        govuk(self, _text("password1"), _text("password2"), button=_("Change password"))

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("Enter the same password twice"))
        return cleaned


def _new_password(label: Any, *, with_help: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        help_text=_("At least 12 characters. Three random words work well.") if with_help else "",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a new password") if with_help else _("Enter the new password again")},
    )


class PreferencesForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("en-gb", "English"), ("cy", "Cymraeg")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a language")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        govuk(self, _text("name"), Field.radios("language", legend_size=Size.SMALL), button=_("Save"))


class ProviderForm(forms.Form):
    """Which organisation somebody wants to sign in through."""

    provider = forms.ChoiceField(
        label=_("Your organisation"), error_messages={"required": _("Select your organisation")}
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "provider", [("", _("Select an organisation")), *choices])
        govuk(self, Field.select("provider", label_size=Size.SMALL), button=_("Continue"))
