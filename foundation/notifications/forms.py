from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout
from foundation.core.lists import FilterForm
from foundation.notifications import kinds
from foundation.notifications.workflow import Delivery


class NoticeFilterForm(FilterForm):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("new", _("New only"))],
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        return rows.filter(read_at__isnull=True) if self.cleaned_data["show"] == "new" else rows


class PreferencesForm(forms.Form):
    """When should an e-mail come? One question for each group of notices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in kinds.groups().items():
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                choices=Delivery,
                widget=forms.RadioSelect,
                error_messages={"required": _("Select when you want e-mails about this")},
            )
        questions = [Field.radios(name, legend_size=Size.MEDIUM) for name in self.fields]
        self.helper = layout(self, *questions, submit=_("Save"))
