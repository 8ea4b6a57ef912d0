"""The form that ends an action: what came of it, and what it did to each risk."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from actionplans.actions.finishing import Said
from actionplans.forms import SMALL, text_area
from actionplans.models import ActionRisk, Effect
from foundation.core.forms import DayField, layout
from risk.models import Risk

Links = Sequence[tuple[ActionRisk, Risk]]
EFFECTS = [(effect.value, effect.label) for effect in Effect if effect != Effect.NOT_SAID]


class EffectsForm(forms.Form):
    """What the action did to each risk it is linked to. Its fields are made for the links."""

    submit = _("Save the effects")

    def __init__(self, *args: Any, links: Links, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.links = links
        parts: list[Any] = []
        for link, risk in links:
            name = f"{risk.code} {getattr(risk, 'title', None) or ''}".strip()
            self.fields[f"effect_{link.pk}"] = forms.ChoiceField(
                label=_("What did it do to risk %(name)s?") % {"name": name},
                choices=EFFECTS,
                widget=forms.RadioSelect,
                initial=link.effect or None,
                error_messages={"required": _("Select what it did to risk %(code)s") % {"code": risk.code}},
            )
            self.fields[f"note_{link.pk}"] = forms.CharField(
                label=_("How do you know?"), required=False, max_length=1_000, initial=link.effect_note
            )
            parts += [Field.radios(f"effect_{link.pk}", legend_size=Size.SMALL), Field.text(f"note_{link.pk}")]
        self.helper = layout(self, *self.own_parts(), *parts, submit=self.submit)

    def own_parts(self) -> list[Any]:
        return []

    @property
    def effects(self) -> dict[int, Said]:
        """What was said, by link."""
        return {
            link.pk: Said(self.cleaned_data[f"effect_{link.pk}"], self.cleaned_data[f"note_{link.pk}"])
            for link, _risk in self.links
        }


class CompleteForm(EffectsForm):
    """What came of an action."""

    submit = _("Complete the action")
    finished_on = DayField(label=_("When was it done?"), help_text=_("Leave empty for today"), required=False)
    outcome = text_area(
        _("What came of it?"),
        missing=_("Say what came of it"),
        help_text=_("Compare with how you said you would know that it worked."),
    )
    impact = text_area(_("What difference did it make?"))

    def own_parts(self) -> list[Any]:
        return [
            Field("finished_on", context=SMALL),
            Field.textarea("outcome", rows=5),
            Field.textarea("impact", rows=3),
        ]
