"""Forms on the way from draft to approval."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout, set_choices
from risk.forms.assessments import LONG_TEXT

Choices = list[tuple[Any, Any]]


class SendForm(forms.Form):
    """Who is to approve."""

    version = VersionField()
    approver_id = forms.TypedChoiceField(
        label=_("Who is to approve it?"),
        help_text=_("A senior approver who wrote nothing of it"),
        coerce=int,
        error_messages={"required": _("Select who is to approve it")},
    )

    def __init__(self, *args: Any, approvers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "approver_id", [("", _("Select a person")), *approvers])
        self.helper = layout(
            self, "version", Field.select("approver_id", label_size=Size.SMALL), submit=_("Send for approval")
        )


class ApprovalForm(forms.Form):
    """The approver's decision."""

    version = VersionField()
    note = forms.CharField(
        label=_("Note (optional)"),
        help_text=_("Stands with the approval for as long as the assessment is kept"),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, "version", Field.textarea("note", rows=4, label_size=Size.SMALL), submit=_("Approve")
        )


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("Do not name people at risk. A comment cannot be changed later."),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        error_messages={"required": _("Write your comment")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.textarea("text", rows=4, label_size=Size.SMALL), submit=_("Add the comment"))


class ContributorForm(forms.Form):
    membership_id = forms.TypedChoiceField(
        label=_("Who should comment?"), coerce=int, error_messages={"required": _("Select a person")}
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "membership_id", [("", _("Select a person")), *people])
        self.helper = layout(self, Field.select("membership_id", label_size=Size.SMALL), submit=_("Ask to comment"))
