"""Shape and wording of the pages of a course, the questions of its banks and its pictures, as authors write them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crispy_forms_gds.layout import HTML, Div, Field, Fixed, Size
from django import forms
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout
from foundation.files.examination import IMAGES
from foundation.files.fields import UploadField, ask_again
from training import course_checks
from training.content import LONGEST_WAIT, Check, Option, Page, Question, Video
from training.forms.writing import LONG_TEXT, SHORT_TEXT, LongText, WholeNumber, Words

OPTIONS = 6
MARKDOWN = _(
    "Write in Markdown: an empty line between paragraphs, ## before a heading, - before each point of a list, **bold**,"
    " [link](https://…). A picture of this page stands where a line says [picture 1], or at the end."
)
KINDS = {
    "text": _("A page to read"),
    "video": _("A video"),
    "scenario": _("A scenario"),
    "check": _("A knowledge check"),
    "final": _("The final check"),
}
FIELDS = {
    "text": ("title", "body", "least_seconds"),
    "video": ("title", "address", "caption", "transcript", "body", "least_seconds"),
    "scenario": ("title", "body", "question"),
    "check": ("title", "draw"),
    "final": ("title", "draw"),
}


def kind_of(page: Page) -> str:
    """The kind of a page as authors choose it: the final check is one of its own."""
    return "final" if page.check and page.check.from_course else page.kind


class _WithOptions(forms.Form):
    """Options to choose from, each with its explanation. Empty ones are left out."""

    def add_options(self, count: int) -> list[Any]:
        """Add the fields, and give their place in the layout."""
        places = range(1, max(OPTIONS, count) + 1)
        for place in places:
            number = {"place": place}
            self.fields[f"option_{place}_text"] = Words(
                label=_t("Option %(place)s") % number, max_length=SHORT_TEXT, required=False
            )
            self.fields[f"option_{place}_right"] = forms.BooleanField(
                label=_t("Option %(place)s is right") % number, required=False
            )
            self.fields[f"option_{place}_why"] = LongText(
                label=_t("Why option %(place)s is right or wrong") % number,
                max_length=SHORT_TEXT,
                required=False,
            )
        hint = escape(
            _t(
                "Tick each option that is right. Where you tick more than one, learners choose all of them. Options"
                " that you leave empty are left out."
            )
        )
        return [
            HTML(f'<h2 class="govuk-heading-m" id="id_options">{escape(_t("Options"))}</h2>'),
            HTML(f'<p class="govuk-hint">{hint}</p>'),
            *(
                Div(
                    Field.text(f"option_{place}_text", label_size=Size.SMALL),
                    Field.checkbox(f"option_{place}_right", small=True),
                    Field.textarea(f"option_{place}_why", rows=2),
                    css_class="portal-written-option",
                )
                for place in places
            ),
        ]

    @property
    def options(self) -> tuple[Option, ...]:
        found = []
        place = 1
        while f"option_{place}_text" in self.fields:
            text, right, why = (self.cleaned_data[f"option_{place}_{name}"] for name in ("text", "right", "why"))
            if text or right or why:
                found.append(Option(text, right, why))
            place += 1
        return tuple(found)

    def asked(self, code: str, text: str) -> Question:
        question = Question(code, text, self.options)
        return replace(question, several=len(question.right) > 1)


def options_as_initial(question: Question | None) -> dict[str, Any]:
    return {
        f"option_{place}_{name}": getattr(option, name)
        for place, option in enumerate(question.options if question else (), 1)
        for name in ("text", "right", "why")
    }


class QuestionForm(_WithOptions):
    """A question of a bank."""

    version = VersionField()
    text = LongText(label=_("Question"), max_length=SHORT_TEXT, required=False)

    def __init__(self, *args: Any, count: int, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = self.add_options(count)
        submit = _("Add the question") if is_new else _("Save")
        self.helper = layout(self, *_version(self, is_new), Field.textarea("text", rows=2), *options, submit=submit)


class PageForm(_WithOptions):
    """One page. Which fields it has follows from its kind."""

    version = VersionField()
    title = Words(label=_("Title of the page"), max_length=120, required=False)
    address = Words(
        label=_("Address of the video"),
        help_text=_("It begins with https://. Learners see a link that opens in a new tab: no part of another site."),
        max_length=SHORT_TEXT,
        required=False,
    )
    caption = Words(label=_("What stands below the link (optional)"), max_length=SHORT_TEXT, required=False)
    transcript = LongText(
        label=_("Transcript"),
        help_text=_("All that is said in the video, and what must be seen to follow it. In Markdown."),
        max_length=LONG_TEXT,
        required=False,
    )
    body = LongText(label=_("Text"), help_text=MARKDOWN, max_length=LONG_TEXT, required=False)
    question = LongText(label=_("Question"), max_length=SHORT_TEXT, required=False)
    draw = WholeNumber(
        label=_("How many questions are drawn?"),
        min_value=1,
        max_value=50,
        error_messages={"required": _("Enter how many questions are drawn")},
    )
    least_seconds = WholeNumber(
        label=_("Minimum reading time in seconds (optional)"),
        help_text=_("A learner cannot go on sooner. Leave it empty for none."),
        min_value=0,
        max_value=LONGEST_WAIT,
        required=False,
    )

    def __init__(self, *args: Any, kind: str, count: int, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in set(self.fields) - {"version", *FIELDS[kind]}:
            del self.fields[name]
        if kind == "scenario":
            self.fields["body"].label = _t("Story")
        if kind == "video":
            self.fields["body"].label = _t("Text above the video (optional)")
        if "draw" in self.fields:
            self.fields["draw"].help_text = (
                _t("They are drawn from the questions of all parts. Passing this check completes the course.")
                if kind == "final"
                else _t("They are drawn from the questions of this part. Whatever comes of it, the learner goes on.")
            )
        options = self.add_options(count) if kind == "scenario" else []
        submit = _("Add the page") if is_new else _("Save")
        shown = [_shown(name) for name in FIELDS[kind]]
        self.helper = layout(self, *_version(self, is_new), *shown, *options, submit=submit)

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address and (wrong := course_checks.address_reason(address)):
            raise forms.ValidationError(capfirst(wrong))
        return address

    def page(self, slug: str) -> Page:
        """The page that was written, under this name."""
        said = self.cleaned_data
        return Page(
            slug,
            said["title"],
            said.get("body", ""),
            self.asked(slug, said["question"]) if self.kind == "scenario" else None,
            Check(said["draw"], from_course=self.kind == "final") if "draw" in said else None,
            least_seconds=said.get("least_seconds") or 0,
            video=Video(said["address"], said["transcript"], said["caption"]) if self.kind == "video" else None,
        )


def page_as_initial(page: Page) -> Mapping[str, Any]:
    """What stands on a page, for its form."""
    found = {"title": page.title, "body": page.body, "least_seconds": page.least_seconds or None}
    if page.video:
        found |= {"address": page.video.address, "caption": page.video.caption, "transcript": page.video.transcript}
    if page.check:
        found["draw"] = page.check.draw
    if page.question:
        found |= {"question": page.question.text, **options_as_initial(page.question)}
    return found


def _version(form: forms.Form, is_new: bool) -> list[Field]:
    """The hidden version of a form that changes something; one that adds has none."""
    if is_new:
        del form.fields["version"]
        return []
    return [Field("version")]


def _shown(name: str) -> Field:
    rows = {"body": 14, "transcript": 14, "question": 2}
    if name in rows:
        return Field.textarea(name, rows=rows[name])
    width = {"field_width": Fixed.FOUR} if name in {"draw", "least_seconds"} else {}
    return Field.text(name, **width)


class PictureForm(forms.Form):
    """A picture with what it shows. A new one is uploaded; later its words can be changed."""

    version = VersionField()
    upload = UploadField(label=_("Picture"), allowlist=IMAGES)
    alt = Words(
        label=_("What does the picture show?"),
        help_text=_("It is read out to people who do not see the picture. One sentence."),
        max_length=300,
        error_messages={"required": _("Say what the picture shows")},
    )
    caption = Words(label=_("Caption (optional)"), max_length=300, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["upload"]
        uploads = [Field("upload")] if is_new else []
        submit = _("Add the picture") if is_new else _("Save")
        shown = [*_version(self, is_new), *uploads, Field.text("alt"), Field.text("caption")]
        self.helper = layout(self, *shown, submit=submit)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "upload" in self.fields:
            ask_again(self, "upload")
        return cleaned
