"""Forms about the organisation itself: settings, teams, identity provider."""

from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.accounts.oidc import peers
from foundation.core.forms import VersionField, layout, set_choices
from foundation.organisations.models import Organisation
from foundation.organisations.sectors import Nation, Sector


class SettingsForm(forms.Form):
    version = VersionField()
    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Enter the organisation's name")}
    )
    sectors = forms.MultipleChoiceField(
        label=_("Sectors"),
        help_text=_("Select all that apply: a college can be in both further and higher education."),
        choices=Sector.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Select at least one sector")},
    )
    nation = forms.ChoiceField(
        label=_("Nation"),
        help_text=_("Statutory guidance differs between nations."),
        choices=Nation.choices,
        widget=forms.RadioSelect,
    )
    is_specified_authority = forms.TypedChoiceField(
        label=_("Does Schedule 6 of the Act list your organisation?"),
        help_text=_(
            "Schedule 6 of the Counter-Terrorism and Security Act 2015 lists who must follow the duty. A sector alone"
            " does not decide it: a general practice is in health but is not listed. Its contract may bind it."
        ),
        choices=[
            Choice("yes", _("Yes: the duty is the law for us")),
            Choice("no", _("No: we follow it by contract or by choice")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    open_unscanned_files = forms.TypedChoiceField(
        label=_("May people open files that no virus scanner has checked?"),
        help_text=_("Only matters where no scanner is connected to the portal. Each such file says so."),
        choices=[Choice("no", _("No")), Choice("yes", _("Yes, after a warning"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sectors"].required = kind == Organisation.Kind.AUTHORITY
        self.helper = layout(
            self,
            "version",
            Field.text("name", label_size=Size.SMALL, autocomplete="off"),
            Field.checkboxes("sectors", legend_size=Size.SMALL),
            Field.radios("nation", legend_size=Size.SMALL),
            Field.radios("is_specified_authority", legend_size=Size.SMALL),
            Field.radios("open_unscanned_files", legend_size=Size.SMALL),
            submit=_("Save settings"),
        )


class TeamForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the team"), max_length=200, error_messages={"required": _("Enter the team's name")}
    )
    part_of_id = forms.TypedChoiceField(label=_("Part of"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, teams: list[tuple[int, str]], submit: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "part_of_id", [("", _("No other team")), *teams])
        self.helper = layout(self, *self._layout(), submit=submit or _("Add team"))

    def _layout(self) -> list[Any]:
        return [
            Field.text("name", label_size=Size.SMALL, autocomplete="off"),
            Field("part_of_id", context={"label_size": Size.for_label(Size.SMALL)}),
        ]


class ChangeTeamForm(TeamForm):
    version = VersionField()

    def _layout(self) -> list[Any]:
        return ["version", *super()._layout()]


class IdentityProviderForm(forms.Form):
    version = VersionField(initial=0)
    issuer = forms.URLField(
        label=_("Issuer"),
        help_text=_("The address your provider calls its issuer. It begins with https://"),
        max_length=500,
        assume_scheme="https",
        error_messages={
            "required": _("Enter the issuer's address"),
            "invalid": _("Enter an address that begins with https://"),
        },
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=255, error_messages={"required": _("Enter the client ID")}
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        max_length=1000,
        required=False,
        strip=False,
    )
    claim = forms.CharField(
        label=_("Claim that identifies a person"),
        help_text=_(
            "Its value must equal the “ID at your identity provider” of a person. Choose one that never passes to"
            " somebody else, such as sub, oid or a staff number. An e-mail address is refused."
        ),
        initial="sub",
        max_length=100,
        error_messages={"required": _("Enter the name of the claim")},
    )
    enforces_second_factor = forms.BooleanField(
        label=_("Our provider asks everybody for a second factor"),
        help_text=_("Then the portal believes it where the provider says so, and does not ask again."),
        required=False,
    )

    def __init__(self, *args: Any, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_secret"].help_text = (
            _("A secret is kept. Leave empty to keep it.") if has_secret else _("Kept encrypted and shown to nobody.")
        )
        self.has_secret = has_secret
        self.helper = layout(
            self,
            "version",
            Field.text("issuer", label_size=Size.SMALL, spellcheck="false"),
            Field.text("client_id", label_size=Size.SMALL, autocomplete="off", spellcheck="false"),
            Field.text("client_secret", label_size=Size.SMALL),
            Field.text("claim", label_size=Size.SMALL, spellcheck="false"),
            Field.checkbox("enforces_second_factor"),
            submit=_("Save"),
        )

    def clean_issuer(self) -> str:
        issuer: str = self.cleaned_data["issuer"]
        if not peers.is_safe(issuer) or "?" in issuer:
            raise forms.ValidationError(_("Enter an address that begins with https:// and has no ? or #"))
        return issuer  # exactly as written: the provider's tokens must carry the same characters

    def clean_claim(self) -> str:
        claim: str = self.cleaned_data["claim"].strip()
        if claim.lower() in {"email", "mail", "upn", "preferred_username", "unique_name", "name"}:
            raise forms.ValidationError(
                _("Choose a claim that never passes to another person. Names and e-mail addresses can.")
            )
        return claim

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.has_secret and not cleaned.get("client_secret"):
            self.add_error("client_secret", _("Enter the client secret"))
        return cleaned
