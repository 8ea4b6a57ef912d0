"""Asks once more before something goes from a draft."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from training.models import CourseDraft


def ask_to_remove(
    request: Request, draft: CourseDraft, *, name: str, text: str, remove: Callable[[int], object], back: str = ""
) -> HttpResponse:
    """The question, and after it the removal of what was seen in the version that the form carries."""
    back = back or draft.get_absolute_url()
    if request.method == "POST":
        sent = request.POST.get("version", "")
        try:
            remove(int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else draft.version)
        except StaleVersion:
            messages.warning(request, _("Somebody changed this meanwhile. Look at it again before you remove it."))
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Removed"))
        return redirect(back)
    return render(request, "training/writing/remove.html", {"draft": draft, "name": name, "text": text, "back": back})
