"""May this person open, withdraw or upload this file?"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.files import owners
from foundation.files.models import StoredFile
from foundation.files.workflow import Status


def check_can_open(acting: Acting, stored_file: StoredFile) -> None:
    """The file's room lets the person see it, and its state lets anybody open it."""
    if not owners.may_see(acting, stored_file):
        raise PermissionDenied(_("You may not open this file."))
    check_state(acting, stored_file)


def check_state(acting: Acting, stored_file: StoredFile) -> None:
    """Its state lets those open it whom its room lets see it. Asks the database nothing: for many files at once."""
    if stored_file.status in {Status.CLEAN, Status.MADE_HERE}:
        return
    if stored_file.status == Status.NOT_SCANNED:
        if acting.organisation.open_unscanned_files:
            return
        raise PermissionDenied(
            _("No virus scanner has checked this file, and your organisation does not let people open such files.")
        )
    raise PermissionDenied(why_not_yet(stored_file))


def why_closed(acting: Acting, stored_file: StoredFile) -> str:
    """The sentence with which opening would be refused, for the page that shows the file; empty when it opens."""
    return _why(check_can_open, acting, stored_file)


def why_held_back(acting: Acting, stored_file: StoredFile) -> str:
    """The same of its state alone."""
    return _why(check_state, acting, stored_file)


def _why(check: Callable[[Acting, StoredFile], None], acting: Acting, stored_file: StoredFile) -> str:
    try:
        check(acting, stored_file)
    except PermissionDenied as refused:
        return str(refused)
    return ""


def why_not_yet(stored_file: StoredFile) -> str:
    """A sentence about a state in which nobody may open the file."""
    sentences = {
        Status.INFECTED: _("The virus scanner found something harmful in this file. Nobody can open it."),
        Status.REFUSED: _("The virus scanner could not look inside this file or found macros. Nobody can open it."),
        Status.WITHDRAWN: _("This file was withdrawn."),
    }
    return sentences.get(
        Status(stored_file.status), _("This file is waiting to be scanned. Try again in a few minutes.")
    )
