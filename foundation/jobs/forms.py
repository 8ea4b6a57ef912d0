from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.lists import FilterForm
from foundation.jobs.workflow import Status


class JobFilterForm(FilterForm):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *Status.choices],
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        chosen: str = self.cleaned_data["status"]
        return rows.filter(status=chosen) if chosen else rows


class OrganisationJobFilterForm(JobFilterForm):
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("Mine")), ("all", _("Everybody's"))],
    )

    @classmethod
    def asks_for_all(cls, data: Any) -> bool:
        return bool(data.get("whose") == "all")
