"""Tells the risk room which actions are linked to a risk or a recommendation."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans.lines import Line, line
from actionplans.listing import STATUS_COLOUR
from actionplans.models import Action, ActionRecommendation, ActionRisk
from actionplans.queries import lines
from actionplans.workflow import Status
from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects
from foundation.core.templatetags.portal import day
from risk.beside import Codes, Panel, Row
from risk.models import CtlpRecommendation, Risk

MOST = 100


def of_risk(acting: Acting, risk: Risk) -> Panel:
    """The actions this person may see that are to lower a risk, with what each did to it."""
    links = _LINKS.all(acting.organisation_id, risk.pk)
    if links and not acting.may("plan.view"):
        ids = [link.action_id for link in links]
        seen = set(Action.objects.visible_to(acting).filter(pk__in=ids).values_list("pk", flat=True))
        links = [link for link in links if link.action_id in seen]
    today = timezone.localdate()
    rows = [_row(line(link.action, today), str(link.get_effect_display()) if link.effect else "") for link in links]
    return Panel(_("Actions"), _("No action is linked to this risk."), rows)


_LINKS = PreparedObjects(
    lambda organisation_id, risk_id: ActionRisk.objects.filter(
        organisation_id=organisation_id, risk_id=risk_id
    ).order_by("action__due_on", "action_id")[:MOST],
    int,
    int,
    related=("action", "action__owner", "action__team"),
)


def of_recommendation(acting: Acting, recommendation: CtlpRecommendation) -> Panel:
    """The actions this person may see that follow a recommendation."""
    links = ActionRecommendation.objects.visible_to(acting).filter(recommendation=recommendation)
    rows = Action.objects.visible_to(acting).filter(pk__in=links.values("action_id"))
    found = [_row(each) for each in lines(rows, timezone.localdate(), most=MOST)]
    return Panel(_("Actions that follow it"), _("No action follows it yet."), found)


def codes_of_actions(acting: Acting, moment: datetime) -> Codes:
    """What the actions are called that are to lower each risk, for columns of a register."""
    rows = Action.objects.visible_to(acting).filter(
        risk_links__risk=OuterRef("risk_id"), risk_links__linked_at__lte=moment
    )
    return Codes("codes_of_actions", _("Actions"), ArraySubquery(rows.order_by("number").values("code")))


def _row(of: Line, effect: str = "") -> Row:
    said = [of.owner, _("due %(day)s") % {"day": day(of.action.due_on)}, *(str(sign.label) for sign in of.signs)]
    return Row(
        str(of.action),
        of.action.get_absolute_url(),
        " · ".join([*said, effect] if effect else said),
        (str(of.action.get_status_display()), STATUS_COLOUR[Status(of.action.status)]),
    )
