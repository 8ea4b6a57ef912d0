"""What the training room tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications
from training import reminding, sessions

notifications.group("training", _("Training"))
notifications.kind(
    "training.certificate_ready",
    group="training",
    text=_("Your certificate %(reference)s is ready"),
    url_name="training:certificate",
)
notifications.kind(
    "training.reminded",
    group="training",
    text=_("You are reminded to do the course “%(thing)s”"),
    url_name="training:mine",
    takes_reference=False,
    thing=reminding.title_of_course,
)
notifications.kind(
    "training.record_waiting",
    group="training",
    text=_("Record %(reference)s of training done elsewhere waits for you to check it"),
    url_name="training:record",
)
notifications.kind(
    "training.record_accepted",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere counts"),
    url_name="training:record",
)
notifications.kind(
    "training.record_refused",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere was not accepted"),
    url_name="training:record",
)
notifications.kind(
    "training.record_withdrawn",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere was withdrawn"),
    url_name="training:record",
)
for name, text in {
    "due_soon": _("The course “%(thing)s” is due soon"),
    "overdue": _("The course “%(thing)s” is overdue"),
}.items():
    notifications.kind(
        f"training.{name}",
        group="training",
        text=text,
        url_name="training:mine",
        takes_reference=False,
        thing=reminding.title_of_course,
    )
notifications.kind(
    "training.escalated",
    group="training",
    text=_("Somebody you look after is still overdue with the course “%(thing)s”"),
    url_name="training:due",
    takes_reference=False,
    thing=reminding.title_of_course,
)
notifications.kind(
    "training.digest",
    group="training",
    text=_("The week’s training: people you look after are overdue or due soon"),
    url_name="training:due",
    takes_reference=False,
)
notifications.kind(
    "training.report_ready",
    group="training",
    text=_("Report %(reference)s of training is ready"),
    url_name="training:report",
)
for name, text in {
    "place_booked": _("You have a place in the session “%(thing)s”"),
    "place_waits": _("You are on the waiting list of the session “%(thing)s”"),
    "place_moved_up": _("A place became free: you have one in the session “%(thing)s”"),
    "place_given_back": _("Your place in the session “%(thing)s” was given back"),
    "session_changed": _("The session “%(thing)s” has another time or place"),
    "session_cancelled": _("The session “%(thing)s” was cancelled"),
    "session_soon": _("You have a place in the session “%(thing)s”, which is soon"),
    "session_to_teach": _("You teach the session “%(thing)s”"),
    "session_to_teach_soon": _("You teach the session “%(thing)s”, which is soon"),
    "session_over": _("You came to the session “%(thing)s”: say how it was"),
}.items():
    notifications.kind(
        f"training.{name}",
        group="training",
        text=text,
        url_name="training:session",
        thing=sessions.title_of_session,
    )
notifications.kind(
    "training.session_passed_on",
    group="training",
    text=_("Somebody else teaches the session “%(thing)s” now"),
    url_name="training:sessions",  # the session itself may be for others only
    takes_reference=False,
    thing=sessions.title_of_session,
)
