"""Forms of taught sessions: planned and changed, people booked, cancelled."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import RuleBroken
from foundation.core.forms import DayField, VersionField, layout, many_of, set_choices
from foundation.organisations.people_fields import People, offer_people, offer_person
from training import session_times
from training.actions.sessions import Plan
from training.models import TaughtSession
from training.models.assignments import end_of
from training.models.sessions import MOST_PLACES

LABEL = {"label_size": Size.for_label(Size.SMALL)}
LEGEND = {"legend_size": Size.for_legend(Size.SMALL)}
EVERYBODY, NAMED = "everybody", "named"
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


class ClockField(forms.CharField):
    """A time of day as people type it: 9:30, 14.00 or 2pm. Cleans to a time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = CLOCK.fullmatch(text.strip())
        if found is None or (found[2] is None and found[3] is None):
            raise ValidationError(_now("Enter a time, like 9:30 or 2pm"))
        hour, half = int(found[1]), (found[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise ValidationError(_now("Enter a time, like 9:30 or 2pm"))
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        try:
            return time(hour, int(found[2] or 0))
        except ValueError:
            raise ValidationError(_now("Enter a time, like 9:30 or 2pm")) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or "") != (data or "").strip()

    def in_words(self, value: Any) -> str:
        return f"{value.hour}:{value:%M}" if isinstance(value, time) else str(value or "")


class SessionForm(forms.Form):
    """What is known of a session beforehand."""

    course_id = forms.TypedChoiceField(
        label=_("Which course is taught?"), coerce=int, error_messages={"required": _("Select the course")}
    )
    title = forms.CharField(
        label=_("Title"), help_text=_("Leave empty to call it as the course."), max_length=120, required=False
    )
    day = DayField(label=_("On which day?"), help_text=_("For example, 27 3 2027"), required_error=_("Enter the day"))
    begins = ClockField(
        label=_("When does it begin?"), help_text=_("For example, 9:30 or 2pm"),
        error_messages={"required": _("Enter when it begins")},
    )  # fmt: skip
    ends = ClockField(label=_("When does it end?"), error_messages={"required": _("Enter when it ends")})
    venue = forms.CharField(
        label=_("Venue"), help_text=_("Building, room and address. Leave empty if it is online."), max_length=300,
        required=False,
    )  # fmt: skip
    online_link = forms.URLField(
        label=_("Link to take part online"), help_text=_("Only people who have a place see it."), max_length=500,
        required=False, assume_scheme="https",
        error_messages={"invalid": _("Enter a web address, like https://meet.example.org/abc")},
    )  # fmt: skip
    trainer_id = forms.TypedChoiceField(label=_("Who teaches it?"), coerce=int, empty_value=None, required=False)
    trainer_name = forms.CharField(
        label=_("Trainer from elsewhere"), help_text=_("Name and organisation, if it is nobody of yours."),
        max_length=200, required=False,
    )  # fmt: skip
    accreditation = forms.CharField(
        label=_("Trainer's accreditation"), help_text=_("For example, Home Office accredited until March 2028."),
        max_length=200, required=False,
    )  # fmt: skip
    places = forms.IntegerField(
        label=_("How many places are there?"), min_value=1, max_value=MOST_PLACES,
        error_messages={
            "required": _("Enter the number of places"), "invalid": _("Enter the number of places as a number"),
            "min_value": _("Enter at least one place"), "max_value": _("Enter at most %(limit_value)s places"),
        },
    )  # fmt: skip
    who = forms.ChoiceField(
        label=_("Who can book a place?"), widget=forms.RadioSelect,
        choices=[
            (EVERYBODY, _("Everybody of the organisation")),
            (NAMED, _("Nobody: a training manager names the people")),
        ],
        error_messages={"required": _("Select who can book a place")},
    )  # fmt: skip
    closes_on = DayField(
        label=_("Last day to book"), help_text=_("Leave empty to take bookings until it begins."), required=False
    )
    notes = forms.CharField(
        label=_("Notes for the people who come"), help_text=_("For example, what to bring or where to park."),
        widget=forms.Textarea, max_length=2000, required=False,
    )  # fmt: skip
    version = VersionField()

    def __init__(self, *args: Any, courses: Sequence[tuple[int, str]], people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "course_id", [("", _("Select a course")), *courses])
        offer_person(self, "trainer_id", people, nobody=_("Somebody from elsewhere"))
        self.helper = layout(
            self,
            Field("course_id", context=LABEL),
            Field.text("title", label_size=Size.SMALL),
            Field("day", context=LEGEND),
            Field.text("begins", label_size=Size.SMALL, field_width=5),
            Field.text("ends", label_size=Size.SMALL, field_width=5),
            Field.text("venue", label_size=Size.SMALL),
            Field.text("online_link", label_size=Size.SMALL),
            Field("trainer_id", context=LABEL),
            Field.text("trainer_name", label_size=Size.SMALL),
            Field.text("accreditation", label_size=Size.SMALL),
            Field.text("places", label_size=Size.SMALL, field_width=5),
            Field.radios("who", legend_size=Size.SMALL),
            Field("closes_on", context=LEGEND),
            Field.textarea("notes", label_size=Size.SMALL, rows=4),
            "version",
            submit=_("Save the session"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for name, sentence in self._problems(cleaned):
                self.add_error(name, sentence)
        return cleaned

    def _problems(self, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        found = []
        for name in ("begins", "ends"):
            try:
                cleaned[f"{name}_at"] = session_times.moment(cleaned["day"], cleaned[name])
            except RuleBroken as error:
                found.append((name, str(error)))
        if not found and cleaned["ends_at"] <= cleaned["begins_at"]:
            found.append(("ends", _now("It must end after it begins")))
        if not cleaned["venue"] and not cleaned["online_link"]:
            found.append(("venue", _now("Enter the venue, or the link to take part online")))
        if cleaned["trainer_id"] is None and not cleaned["trainer_name"]:
            found.append(("trainer_id", _now("Select who teaches it, or enter a trainer from elsewhere")))
        if cleaned["closes_on"] and cleaned["closes_on"] > cleaned["day"]:
            found.append(("closes_on", _now("The last day to book must not be after the session")))
        return found

    @property
    def plan(self) -> Plan:
        """What was typed. Only of a valid form."""
        said = self.cleaned_data
        same = ("course_id", "title", "venue", "online_link", "trainer_id", "accreditation", "places", "notes")
        return Plan(
            **{name: said[name] for name in same},
            trainer_name="" if said["trainer_id"] else said["trainer_name"],
            starts_at=said["begins_at"],
            ends_at=said["ends_at"],
            is_open=said["who"] == EVERYBODY,
            closes_at=_closes_at(said["closes_on"], said["begins_at"]),
        )


def _closes_at(last_day: Any, starts_at: datetime) -> datetime | None:
    """The end of the last day to book; none where that is when the session begins anyway."""
    if last_day is None or end_of(last_day) > starts_at:
        return None
    return end_of(last_day)


def initial_of(session: TaughtSession) -> dict[str, Any]:
    """The values of a session as it stands."""
    same = ("course_id", "title", "venue", "online_link", "trainer_id", "accreditation", "places", "notes", "version")
    last_day = timezone.localdate(session.closes_at - timedelta(seconds=1)) if session.closes_at else None
    return {name: getattr(session, name) for name in same} | {
        "trainer_name": "" if session.trainer_id else session.trainer_name,
        "day": session.day,
        "begins": session_times.clock(session.starts_at),
        "ends": session_times.clock(session.ends_at),
        "who": EVERYBODY if session.is_open else NAMED,
        "closes_on": last_day,
    }


class BookPeopleForm(forms.Form):
    """Who is to have a place."""

    member_ids = forms.TypedMultipleChoiceField(
        label=_("Who is to come?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one person")},
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "member_ids", people)
        self.helper = layout(self, many_of(self, "member_ids"), submit=_("Book places"))


class ReasonForm(forms.Form):
    """Why something is called off or put right."""

    reason = forms.CharField(
        label=_("Why?"), widget=forms.Textarea, max_length=500, error_messages={"required": _("Say why")}
    )

    def __init__(self, *args: Any, submit: str | Promise, hint: str | Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = str(hint)
        self.helper = layout(self, Field.textarea("reason", rows=3), submit=submit, warning=True)
