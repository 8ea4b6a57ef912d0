"""Asking whether a certificate is genuine."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout


class VerifyForm(forms.Form):
    """The number and the name as they are printed."""

    number = forms.CharField(
        label=_("Certificate number"),
        help_text=_("12 letters and figures, such as K7M2-Q9XD-4TRB. It is at the bottom of the certificate."),
        max_length=40,
        error_messages={
            "required": _("Enter the number of the certificate"),
            "max_length": _("Enter a number of 12 letters and figures, such as K7M2-Q9XD-4TRB"),
        },
    )
    name = forms.CharField(
        label=_("Name on the certificate"),
        help_text=_("The whole name as it is printed. Capital letters, spaces and accents do not matter."),
        max_length=200,
        error_messages={
            "required": _("Enter the name on the certificate"),
            "max_length": _("Enter a name of at most 200 letters"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs |= {
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
        }
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.helper = layout(
            self,
            Field.text("number", field_width=Fluid.ONE_HALF),
            Field.text("name"),
            submit=_("Check the certificate"),
        )
