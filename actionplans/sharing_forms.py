"""Forms of reporting: a member reports an action, a partnership gives it a place."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from actionplans.models import Plan
from actionplans.models.sharing import SHORT
from foundation.core.forms import VersionField, layout, set_choices


class ReportActionForm(forms.Form):
    """What the partnership will read beside the action's words and facts."""

    version = VersionField()
    comment = forms.CharField(
        label=_("Short comment for the partnership"),
        help_text=_("For example what the action means for the area. Do not name people at risk."),
        widget=forms.Textarea,
        required=False,
        max_length=SHORT,
        error_messages={"max_length": _("The comment must be %(limit_value)d characters or fewer")},
    )

    def __init__(self, *args: Any, partnership: str, renew: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _("Report the action as it is now") if renew else _("Report to %(name)s") % {"name": partnership}
        self.helper = layout(
            self,
            "version",
            Field.textarea("comment", rows=5, label_size=Size.SMALL, max_characters=SHORT),
            submit=text,
        )


class PlaceForm(forms.Form):
    """A plan of the partnership, and an objective in it."""

    place = forms.ChoiceField(
        label=_("Plan and objective"), error_messages={"required": _("Select where the action belongs")}
    )

    def __init__(self, *args: Any, plans: Sequence[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(plan.title, [(f"{plan.pk}-", _("Under no objective")), *_objectives(plan)]) for plan in plans]
        set_choices(self, "place", [("", _("Select a place")), *groups])
        self.helper = layout(self, Field.select("place", label_size=Size.SMALL), submit=_("Put it there"))

    def chosen(self) -> tuple[int, int | None]:
        """The plan and the objective."""
        plan, _dash, objective = self.cleaned_data["place"].partition("-")
        return int(plan), int(objective) if objective else None


def _objectives(plan: Plan) -> list[tuple[str, str]]:
    return [(f"{plan.pk}-{each.pk}", each.title) for each in plan.objectives.all()]
