"""Shape and wording of what a learner chooses. The forms validate and lay out; they save nothing."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Button, Field, Layout, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import set_choices
from training.choosing import NONE_OF_THEM, name_of
from training.content import Question


def inside(form: forms.Form, *fields: Any, submit: Any) -> FormHelper:
    """The layout of a form whose tag, with what else is sent, stands in its template. It is sent once by forms.js."""
    helper = FormHelper(form)
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = Layout(*fields, Button.primary("submit", submit))
    return helper


class BeginForm(forms.Form):
    """Which version of a course to begin. Asks nothing where there is one."""

    sector = forms.ChoiceField(
        label=_("Which version do you need?"),
        help_text=_("Choose the place where you work most."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the version you need")},
    )

    def __init__(self, *args: Any, versions: Sequence[str], submit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = versions[0] if len(versions) == 1 else None
        if self.only is None:
            set_choices(self, "sector", [(each or NONE_OF_THEM, name_of(each)) for each in versions])
            fields = [Field.radios("sector", legend_size=Size.SMALL)]
        else:
            del self.fields["sector"]
            fields = []
        self.helper = inside(self, *fields, submit=submit)

    @property
    def chosen(self) -> str:
        """The sector of the version; empty for the one that is for everybody."""
        if self.only is not None:
            return self.only
        sector = self.cleaned_data["sector"]
        return "" if sector == NONE_OF_THEM else sector


class AnswerForm(forms.Form):
    """All questions of one try on one page. Its fields are made for the questions."""

    prefix = "answer"

    def __init__(self, *args: Any, questions: Sequence[Question], numbered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        size = Size.SMALL if numbered else Size.MEDIUM
        parts = []
        for place, question in enumerate(questions, 1):
            missing = _("Answer question %(place)s") % {"place": place} if numbered else _("Select your answer")
            self.fields[question.code] = _field(
                question, f"{place}. {question.text}" if numbered else question.text, missing
            )
            control = Field.checkboxes if question.several else Field.radios
            parts.append(control(question.code, legend_size=size))
        self.helper = inside(self, *parts, submit=_("Send your answers") if numbered else _("Answer"))

    @property
    def chosen(self) -> dict[str, list[int]]:
        """The positions of what was chosen, by the code of the question."""
        return {question.code: _positions(self.cleaned_data[question.code]) for question in self.questions}


def _field(question: Question, label: str, missing: Any) -> forms.ChoiceField:
    common = {
        "label": label,
        "choices": [(str(place), option.text) for place, option in enumerate(question.options)],
        "error_messages": {"required": missing, "invalid_choice": missing},
    }
    if question.several:
        hint = _("Select all that apply")
        return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, help_text=hint, **common)  # type: ignore[arg-type]
    return forms.ChoiceField(widget=forms.RadioSelect, **common)  # type: ignore[arg-type]


def _positions(chosen: str | list[str]) -> list[int]:
    return [int(each) for each in (chosen if isinstance(chosen, list) else [chosen])]
