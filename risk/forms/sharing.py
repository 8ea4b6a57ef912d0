"""The form in which a risk is shared with a partnership."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout
from risk.models.sharing import SHORT


class ShareRiskForm(forms.Form):
    """What the partnership will read beside title, theme and score. ``entry_id`` is what the person sees now."""

    entry_id = VersionField()
    comment = forms.CharField(
        label=_("Short comment for the partnership"),
        help_text=_(
            "It begins with your own description of the risk. Take out what is for your organisation alone. Do not name"
            " people at risk."
        ),
        widget=forms.Textarea,
        required=False,
        max_length=SHORT,
        error_messages={"max_length": _("The comment must be %(limit_value)d characters or fewer")},
    )

    def __init__(self, *args: Any, partnership: str, renew: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _("Share the risk as it is now") if renew else _("Share with %(name)s") % {"name": partnership}
        self.helper = layout(
            self,
            "entry_id",
            Field.textarea("comment", rows=6, label_size=Size.SMALL, max_characters=SHORT),
            submit=text,
        )
