"""Who may open a file: each room says so for the purposes it registers. Nobody else, and nobody by default."""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from foundation.core.acting import Acting
from foundation.files.models import StoredFile

WhoMayOpen = Callable[[Acting, StoredFile], bool]
_owners: dict[str, WhoMayOpen] = {}


def register(purpose: str, who_may_open: WhoMayOpen) -> None:
    """Say who may open files of ``purpose``. Called once, from the room's ``AppConfig.ready``."""
    if purpose in _owners and _owners[purpose] is not who_may_open:
        raise ImproperlyConfigured(f"Two rooms say who may open files of {purpose}.")
    _owners[purpose] = who_may_open


def may_see(acting: Acting, stored_file: StoredFile) -> bool:
    """Whether the owner of this file lets this person near it."""
    who_may_open = _owners.get(stored_file.purpose)
    return who_may_open is not None and who_may_open(acting, stored_file) is True
