"""How the organisation assesses risk."""

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from risk import actions, permissions, queries
from risk.actions import ConfirmationNeeded
from risk.forms import SettingsForm
from risk.forms.settings import Confirmed, bands_as_text
from risk.models import ScoreChange, Settings
from risk.queries import Clamped


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """Matrix, marking, months between reviews. What a smaller matrix would do to scores is shown before it is done."""
    permissions.check_can_edit(request.acting)
    editor: Editor[SettingsForm] = Editor(request, queries.settings_of(request.acting), _form)
    clamped: list[Clamped] = []
    if editor.is_ready:
        try:
            actions.change_settings(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except ConfirmationNeeded as needed:
            editor.refuse(needed)
            editor.form.fields["confirmed"].widget = Confirmed(needed.key)
            clamped = needed.clamped
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Settings saved"), to="risk:overview")
    return editor.render(
        "risk/form.html",
        heading=_("How you assess risk"),
        up=reverse("risk:overview"),
        up_label=_("Risk"),
        lead=_(
            "Open assessments use a new matrix at once. Approved ones are read on the matrix they were approved on."
        ),
        clamped=[_shown(each) for each in clamped],
    )


def _form(row: Settings, posted: QueryDict | None) -> SettingsForm:
    matrix = queries.matrix_of(row)
    return SettingsForm(
        posted,
        initial={
            "version": row.version,
            "likelihood": "\n".join(matrix.likelihood),
            "impact": "\n".join(matrix.impact),
            "bands": bands_as_text(matrix),
            "marking": row.marking,
            "review_every_months": row.review_every_months,
        },
    )


def _shown(each: Clamped) -> dict[str, object]:
    """A risk whose scores would change, in words."""
    return {
        "risk": f"{each.code} {each.title}",
        "scores": [
            _("%(kind)s: %(before)s becomes %(after)s")
            % {
                "kind": ScoreChange.Kind(kind).label,
                "before": f"{before[0]} × {before[1]}",
                "after": f"{after[0]} × {after[1]}",
            }
            for kind, before, after in each.scores
        ],
    }
