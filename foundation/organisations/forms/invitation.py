"""The forms of somebody who was invited."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import User
from foundation.accounts.passwords import refuse_easy_to_guess, words_about
from foundation.core.forms import layout


class AcceptForm(forms.Form):
    """What somebody without a sign-in chooses. Their e-mail address is that of the invitation."""

    name = forms.CharField(label=_("Your name"), max_length=200, error_messages={"required": _("Enter your name")})
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices, widget=forms.RadioSelect)
    password1 = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. Three words that nobody would guess are better than one with signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=128,
        strip=False,
        error_messages={"required": _("Choose a password")},
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=128,
        strip=False,
        error_messages={"required": _("Enter the password again")},
    )

    def __init__(self, *args: Any, email: str, organisation: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.organisation = email, organisation
        self.helper = layout(
            self,
            Field.text("name", label_size=Size.SMALL, autocomplete="name", spellcheck="false"),
            Field.radios("language", legend_size=Size.SMALL),
            Field.text("password1", label_size=Size.SMALL),
            Field.text("password2", label_size=Size.SMALL),
            submit=_("Accept invitation"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same"))
        elif first:
            newcomer = User(email=self.email, name=cleaned.get("name", ""))
            try:
                validate_password(first, newcomer)
                refuse_easy_to_guess(first, words_about(newcomer, self.organisation))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned
