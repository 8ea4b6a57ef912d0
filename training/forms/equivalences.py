"""Shape and wording of what counts for what, and of courses from outside. The forms save nothing."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout, set_choices
from training.models import Level

Choices = Sequence[tuple[int, str]]


class EquivalenceForm(forms.Form):
    """That one course counts for another."""

    done_id = forms.TypedChoiceField(
        label=_("Whoever did this course"), coerce=int, error_messages={"required": _("Select the course done")}
    )
    counts_for_id = forms.TypedChoiceField(
        label=_("has done this one"),
        coerce=int,
        error_messages={"required": _("Select the course that it counts for")},
    )
    months = forms.IntegerField(
        label=_("Good for so many months"),
        help_text=_("Leave it empty if it is good for as long as the requirement says"),
        required=False,
        min_value=1,
        max_value=120,
    )
    only_after = forms.BooleanField(
        label=_("Only for those who did the other course before"),
        help_text=_("As with a refresher, which nobody takes first"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why does it count?"),
        help_text=_("Whoever looks at the figures reads this"),
        widget=forms.Textarea,
        max_length=300,
        error_messages={"required": _("Say why it counts")},
    )

    def __init__(self, *args: Any, courses: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("done_id", "counts_for_id"):
            set_choices(self, name, [("", _("Select a course")), *courses])
        self.helper = layout(
            self,
            Field.select("done_id"),
            Field.select("counts_for_id"),
            Field.text("months", field_width=3),
            Field.checkbox("only_after"),
            Field.textarea("reason", rows=3),
            submit=_("Let it count"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("done_id") and cleaned.get("done_id") == cleaned.get("counts_for_id"):
            self.add_error("counts_for_id", _("Select two courses: each counts for itself anyway"))
        return cleaned


class EndForm(forms.Form):
    """Let a course count no longer."""

    sure = forms.BooleanField(
        label=_("What is done after today is not to count any longer"),
        error_messages={"required": _("Confirm that it is not to count any longer")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.checkbox("sure"), submit=_("Let it count no longer"), warning=True)


class OutsideCourseForm(forms.Form):
    """A course that somebody else gives."""

    title = forms.CharField(label=_("Title"), max_length=120, error_messages={"required": _("Enter a title")})
    provider = forms.CharField(
        label=_("Who gives it?"),
        help_text=_("For example the police, a trainer or your safeguarding partnership"),
        max_length=200,
        error_messages={"required": _("Enter who gives it")},
    )
    level = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Select one")), *Level.choices],
        error_messages={"required": _("Select what it is about")},
    )
    minutes = forms.IntegerField(
        label=_("How many minutes does it take?"),
        help_text=_("Leave it empty if you do not know"),
        required=False,
        min_value=1,
        max_value=6_000,
    )
    summary = forms.CharField(
        label=_("What does it teach?"),
        widget=forms.Textarea,
        max_length=1_000,
        error_messages={"required": _("Say what it teaches")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("title"),
            Field.text("provider"),
            Field.select("level"),
            Field.text("minutes", field_width=4),
            Field.textarea("summary", rows=3),
            submit=_("Save course"),
        )


class WithdrawCourseForm(forms.Form):
    """Use a course from outside no longer."""

    sure = forms.BooleanField(
        label=_("This course is not to be chosen any longer"),
        error_messages={"required": _("Confirm that it is not to be chosen any longer")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.checkbox("sure"), submit=_("Withdraw the course"), warning=True)
