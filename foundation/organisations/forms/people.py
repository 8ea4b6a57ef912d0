"""Forms about people and what they may do."""

from datetime import date
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Fluid, Size
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.organisations.models.people import Employment
from foundation.organisations.people_fields import People, offer_person
from foundation.organisations.roles import ROLES, Role

NO_TEAM = ("", _("No team"))


class PersonForm(forms.Form):
    """What the organisation keeps about a person."""

    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the person's name")})
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Needed to invite the person, and to send them notices."),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Enter an e-mail address like name@example.org")},
    )
    staff_number = forms.CharField(label=_("Staff number"), max_length=50, required=False)
    team_id = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    staff_group = forms.CharField(
        label=_("Staff group"),
        help_text=_("Your own word for the kind of work. For example: front line, clinical, office."),
        max_length=100,
        required=False,
    )
    employment = forms.ChoiceField(
        label=_("Employment"), choices=[("", _("Not known")), *Employment.choices], required=False
    )
    line_manager_id = forms.TypedChoiceField(label=_("Line manager"), required=False, coerce=int, empty_value=None)
    starts_on = DayField(
        label=_("First day"), help_text=_("For example, 27 3 2026"), required_error=_("Enter the first day")
    )
    external_id = forms.CharField(
        label=_("ID at your identity provider"),
        help_text=_("Only if your people sign in through your organisation. It must equal what the provider sends."),
        max_length=255,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        teams: list[tuple[int, str]],
        people: People,
        oneself: int | None = None,
        submit: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.oneself = oneself
        offer_person(self, "line_manager_id", people, nobody=_("Nobody"))
        set_choices(self, "team_id", [NO_TEAM, *teams])
        self.helper = layout(self, *self._layout(), submit=submit or _("Add person"))

    def _layout(self) -> list[Any]:
        return [
            Field.text("name", label_size=Size.SMALL, autocomplete="off", spellcheck="false"),
            Field.text("email", label_size=Size.SMALL, autocomplete="off", spellcheck="false"),
            Field.text("staff_number", label_size=Size.SMALL, field_width=Fluid.ONE_THIRD, autocomplete="off"),
            *([Field("team_id", context={"label_size": Size.for_label(Size.SMALL)})] if self.has_teams else []),
            Field.text("job_title", label_size=Size.SMALL, autocomplete="off"),
            Field.text("staff_group", label_size=Size.SMALL, field_width=Fluid.ONE_HALF, autocomplete="off"),
            Field("employment", context={"label_size": Size.for_label(Size.SMALL)}),
            Field("line_manager_id", context={"label_size": Size.for_label(Size.SMALL)}),
            Field("starts_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.text("external_id", label_size=Size.SMALL, autocomplete="off", spellcheck="false"),
        ]

    def clean_line_manager_id(self) -> int | None:
        chosen: int | None = self.cleaned_data["line_manager_id"]
        if chosen is not None and chosen == self.oneself:
            raise ValidationError(_("Nobody is their own line manager. Choose another"))
        return chosen

    @property
    def has_teams(self) -> bool:
        return len(self.fields["team_id"].choices) > 1  # type: ignore[attr-defined]


class ChangePersonForm(PersonForm):
    """The same, of somebody who is there already."""

    version = VersionField()

    def _layout(self) -> list[Any]:
        return ["version", *super()._layout()]


class EndPersonForm(forms.Form):
    last_day = DayField(
        label=_("Last day"),
        help_text=_("The person can use the portal up to and including this day. For example, 27 3 2027"),
        required_error=_("Enter the last day"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, "last_day", submit=_("Record last day"), warning=True)


class GrantRoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, error_messages={"required": _("Select a role")})
    starts_on = DayField(
        label=_("First day"),
        help_text=_("Today or later. For example, 27 3 2027"),
        required_error=_("Enter the first day"),
    )
    ends_on = DayField(
        label=_("Last day"), help_text=_("Leave empty if the role goes on until somebody ends it."), required=False
    )
    reason = forms.CharField(
        label=_("Why does this person need the role?"),
        help_text=_("Whoever reviews roles reads this. For example: covers for the lead until July."),
        max_length=500,
        error_messages={"required": _("Enter why this person needs the role")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [Choice(role.value, role.label, hint=ROLES[role].purpose) for role in Role if role != Role.STAFF]
        set_choices(self, "role", roles)
        self.helper = layout(
            self,
            Field.radios("role", legend_size=Size.SMALL),
            Field("starts_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field("ends_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.text("reason", label_size=Size.SMALL, autocomplete="off"),
            submit=_("Give role"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role = cleaned.get("role")
        if role and ROLES[Role(role)].needs_end_date and "ends_on" in cleaned and cleaned["ends_on"] is None:
            self.add_error("ends_on", ValidationError(_("This role is for a limited time. Enter its last day")))
        return cleaned


class EndRoleForm(forms.Form):
    when = forms.ChoiceField(
        label=_("When does the role end?"),
        choices=[
            Choice("now", _("At once"), hint=_("It allows nothing from now on.")),
            Choice("later", _("After a day")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select when the role ends")},
    )
    last_day = DayField(
        label=_("Last day"), help_text=_("Only if you chose “After a day”. For example, 27 3 2027"), required=False
    )
    reason = forms.CharField(
        label=_("Why does it end?"), max_length=500, error_messages={"required": _("Enter why the role ends")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.radios("when", legend_size=Size.SMALL),
            Field("last_day", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.text("reason", label_size=Size.SMALL, autocomplete="off"),
            submit=_("End role"),
            warning=True,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "later" and "last_day" in cleaned and cleaned["last_day"] is None:
            self.add_error("last_day", ValidationError(_("Enter the last day")))
        return cleaned

    @property
    def chosen_last_day(self) -> date | None:
        """The day to end after, or None for at once. Only of a valid form."""
        return self.cleaned_data["last_day"] if self.cleaned_data["when"] == "later" else None
