"""Shape and wording of what authors fill in about a course. A draft may be unfinished: little is required here."""

from collections.abc import Iterable
from typing import Any

from crispy_forms_gds.layout import Field, Fixed, Size
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from training.actions.writing import About
from training.content import Source
from training.models import Level

LONG_TEXT, SHORT_TEXT = 30_000, 1_000
TITLE = {"required": _("Enter a title")}


class Words(forms.CharField):
    """Text that says in plain words when it is too long."""

    default_error_messages = {"max_length": _("Use %(limit_value)d characters or fewer. You have used %(show_value)d")}


class WholeNumber(forms.IntegerField):
    """A number that says in plain words what it may be."""

    default_error_messages = {
        "invalid": _("Enter a whole number, like 20"),
        "min_value": _("Enter a number of %(limit_value)s or more"),
        "max_value": _("Enter a number of %(limit_value)s or less"),
    }


class LongText(Words):
    """Some lines, with the line ends that files have: what a browser sends back unchanged is unchanged."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").strip()


class BeginForm(forms.Form):
    """A course, empty or as a copy of one of the portal's."""

    title = Words(label=_("Title"), max_length=120, error_messages=TITLE)
    copy_of_id = forms.ChoiceField(
        label=_("How do you want to begin?"),
        widget=forms.RadioSelect,
        help_text=_("A copy has the pages for everybody. Change it as you like: the portal's course stays as it is."),
        error_messages={"required": _("Select how you want to begin")},
    )

    def __init__(self, *args: Any, courses: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        copies = [(str(pk), _t("Make it ours: a copy of %(title)s") % {"title": title}) for pk, title in courses]
        set_choices(self, "copy_of_id", [("none", _("With an empty course")), *copies])
        self.helper = layout(
            self,
            Field.text("title"),
            Field.radios("copy_of_id", legend_size=Size.SMALL),
            submit=_("Begin the course"),
        )

    def clean_copy_of_id(self) -> int | None:
        chosen = self.cleaned_data["copy_of_id"]
        return None if chosen == "none" else int(chosen)


class AboutForm(forms.Form):
    """What stands around the pages."""

    version = VersionField()
    title = Words(label=_("Title"), max_length=120, error_messages=TITLE)
    summary = LongText(
        label=_("What is it about?"),
        help_text=_("One or two sentences, for the list of courses."),
        max_length=SHORT_TEXT,
        required=False,
    )
    for_whom = LongText(label=_("Who is it for?"), max_length=SHORT_TEXT, required=False)
    level = forms.ChoiceField(label=_("Subject"), choices=Level)
    minutes = WholeNumber(
        label=_("About how many minutes does it take?"),
        min_value=1,
        max_value=240,
        error_messages={"required": _("Enter how many minutes it takes")},
    )
    pass_mark = WholeNumber(
        label=_("Pass mark of the final check, in per cent"),
        min_value=1,
        max_value=100,
        error_messages={
            "required": _("Enter the pass mark"),
            "min_value": _("The pass mark is from 1 to 100"),
            "max_value": _("The pass mark is from 1 to 100"),
        },
    )
    reviewed_on = DayField(
        label=_("When was it last reviewed?"),
        help_text=_("When somebody last read it through, for example 27 3 2026"),
        required=False,
    )
    review_due_on = DayField(label=_("When is the next review due?"), required=False)
    sources = LongText(
        label=_("What does it rest on?"),
        help_text=_("One source on each line: its title and, if there is one, its address beginning with https://"),
        max_length=LONG_TEXT,
        required=False,
    )

    def __init__(self, *args: Any, standing: Iterable[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = {_line(each): each for each in standing}
        self.helper = layout(
            self,
            Field("version"),
            Field.text("title"),
            Field.textarea("summary", rows=3),
            Field.textarea("for_whom", rows=2),
            Field.select("level"),
            Field.text("minutes", field_width=Fixed.FOUR),
            Field.text("pass_mark", field_width=Fixed.FOUR),
            Field("reviewed_on"),
            Field("review_due_on"),
            Field.textarea("sources", rows=5),
            submit=_("Save"),
        )

    @property
    def about(self) -> About:
        said = {name: self.cleaned_data[name] for name in About.__dataclass_fields__ if name != "sources"}
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines()]
        return About(**said, sources=tuple(self.standing.get(line) or _source(line) for line in lines if line))


def sources_in_lines(sources: Iterable[Source]) -> str:
    return "\n".join(_line(each) for each in sources)


def _line(source: Source) -> str:
    return f"{source.title} {source.address}".strip()


def _source(line: str) -> Source:
    title, _space, address = line.rpartition(" ")
    return Source(title, "", address) if title and "://" in address else Source(line, "")


class PartForm(forms.Form):
    """A part of the course: its title."""

    version = VersionField()
    title = Words(
        label=_("Title of the part"),
        help_text=_("A part holds pages, and the questions that its checks draw from."),
        max_length=120,
        error_messages=TITLE,
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["version"]
        version = [] if is_new else [Field("version")]
        submit = _("Add the part") if is_new else _("Save")
        self.helper = layout(self, *version, Field.text("title"), submit=submit)


class PublishForm(forms.Form):
    """Whether what people did before still counts."""

    version = VersionField()
    expires_earlier = forms.ChoiceField(
        label=_("Do earlier completions of this course still count?"),
        choices=[
            ("no", _("Yes: whoever completed an earlier version need not take this one")),
            ("yes", _("No: everybody is to take this version, within the days that a requirement gives")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select whether earlier completions still count")},
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["expires_earlier"]
        asked = [] if is_first else [Field.radios("expires_earlier", legend_size=Size.SMALL)]
        self.helper = layout(self, Field("version"), *asked, submit=_("Publish"))

    @property
    def expires(self) -> bool:
        return self.cleaned_data.get("expires_earlier") == "yes"
