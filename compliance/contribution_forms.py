"""Forms of members' contributions: to share one answer, and to look through what was gathered."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.contributions import Cell, Gathered, Seen, narrowed
from compliance.models.contributions import SHORT
from foundation.core.forms import VersionField, layout, set_choices

ANY = ("", _("Any"))


class ShareForm(forms.Form):
    """What the partnership will read beside the state of the answer."""

    version = VersionField()
    comment = forms.CharField(
        label=_("Short comment for the partnership"),
        help_text=_(
            "It begins with the comment of your own answer. Take out what is for your organisation alone. Do not name"
            " people at risk."
        ),
        widget=forms.Textarea,
        required=False,
        max_length=SHORT,
        error_messages={"max_length": _("The comment must be %(limit_value)d characters or fewer")},
    )

    def __init__(self, *args: Any, partnership: str, renew: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _("Share the answer as it is now") if renew else _("Share with %(name)s") % {"name": partnership}
        self.helper = layout(
            self,
            "version",
            Field.textarea("comment", rows=5, label_size=Size.SMALL, max_characters=SHORT),
            submit=text,
        )


class ContributionFilter(forms.Form):
    """What part of the contributions to list. Every field may be left open."""

    q = forms.CharField(label=_("Words in the comment"), required=False, max_length=100)
    member = forms.ChoiceField(label=_("Member"), required=False)
    code = forms.ChoiceField(label=_("Benchmark"), required=False)
    seen = forms.ChoiceField(label=_("Shared"), required=False, choices=[ANY, *Seen.choices])

    def __init__(self, *args: Any, gathered: Gathered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "member", [ANY, *((member.slug, member.name) for member in gathered.members)])
        set_choices(self, "code", [ANY, *((row.code, str(row)) for row in gathered.benchmarks)])

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, cells: list[Cell]) -> list[Cell]:
        """The cells asked for. A value that makes no sense is ignored."""
        self.is_valid()
        asked = self.cleaned_data
        return narrowed(
            cells,
            member=asked.get("member", ""),
            code=asked.get("code", ""),
            seen=asked.get("seen", ""),
            words=asked.get("q", ""),
        )
