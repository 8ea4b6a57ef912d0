"""Asks once more before something goes from a draft, or all of it is put away."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from training.models import CourseDraft

TEMPLATE = "training/writing/remove.html"


def ask_to_remove(
    request: Request,
    draft: CourseDraft,
    *,
    name: str,
    text: str,
    remove: Callable[[int], object],
    back: str = "",
    template: str = TEMPLATE,
    done: str = "",
) -> HttpResponse:
    """The question, and after it the removal of what was seen in the version that the form carries."""
    back = back or draft.get_absolute_url()
    if request.method == "POST":
        seen = _number(request.POST.get("version", ""))
        try:
            if seen is None:
                raise RuleBroken(_("Nothing was removed: it was not said what you saw. Look at it, then remove it."))
            remove(seen)
        except StaleVersion:
            messages.warning(request, _("Somebody changed this meanwhile. Look at it again before you remove it."))
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, done or _("Removed"))
        return redirect(back)
    return render(request, template, {"draft": draft, "name": name, "text": text, "back": back})


def _number(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None
