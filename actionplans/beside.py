"""Tells the risk room which actions are linked to a risk or a recommendation."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans.lines import Line
from actionplans.listing import STATUS_COLOUR
from actionplans.models import Action, ActionRecommendation, ActionRisk
from actionplans.queries import lines
from actionplans.workflow import Status
from foundation.core.acting import Acting
from foundation.core.templatetags.portal import day
from risk.beside import Panel, Row
from risk.models import CtlpRecommendation, Risk

MOST = 100


def of_risk(acting: Acting, risk: Risk) -> Panel:
    """The actions this person may see that are to lower a risk, with what each did to it."""
    links = ActionRisk.objects.visible_to(acting).filter(risk=risk)
    effects = {link.action_id: str(link.get_effect_display()) for link in links if link.effect}
    rows = _rows(acting, links, effects)
    return Panel(_("Actions"), _("No action is linked to this risk."), rows)


def of_recommendation(acting: Acting, recommendation: CtlpRecommendation) -> Panel:
    """The actions this person may see that follow a recommendation."""
    links = ActionRecommendation.objects.visible_to(acting).filter(recommendation=recommendation)
    return Panel(_("Actions that follow it"), _("No action follows it yet."), _rows(acting, links, {}))


def _rows(acting: Acting, links: QuerySet, effects: dict[int, str]) -> list[Row]:
    rows = Action.objects.visible_to(acting).filter(pk__in=links.values("action_id"))
    return [_row(line, effects.get(line.action.pk, "")) for line in lines(rows, timezone.localdate(), most=MOST)]


def _row(line: Line, effect: str) -> Row:
    said = [line.owner, _("due %(day)s") % {"day": day(line.action.due_on)}, *(str(sign.label) for sign in line.signs)]
    return Row(
        str(line.action),
        line.action.get_absolute_url(),
        " · ".join([*said, effect] if effect else said),
        (str(line.action.get_status_display()), STATUS_COLOUR[Status(line.action.status)]),
    )
