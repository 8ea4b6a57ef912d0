"""An action as overviews show it: with who does it and what its dates and progress say today. Touches no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from actionplans.models import Action, ReportedAction
from actionplans.models.sharing import AsReported
from actionplans.standing import Sign, signs
from actionplans.workflow import Status


@dataclass(slots=True)
class Told(AsReported):
    """What a plan shows of an action that a member reports: a plan may gather thousands."""

    pk: int
    reference: str
    code: str
    title: str
    status: str
    starts_on: date
    due_on: date
    original_due_on: date
    percent: int | None
    noted_on: date | None
    finished_on: date | None
    rag: str

    def get_status_display(self) -> str:
        return str(Status(self.status).label)


@dataclass(frozen=True)
class Line:
    """An action with what its dates and progress say today. ``owner`` is a person, a team or a partner organisation.

    ``member``: the organisation that reports it to the partnership that reads it here; nothing for one's own.
    """

    action: Action | ReportedAction | Told
    owner: str
    signs: list[Sign]
    objective_id: int | None = None
    member: str = ""

    @property
    def is_overdue(self) -> bool:
        return Sign.OVERDUE in self.signs

    @property
    def own(self) -> Action | None:
        """The action, where it is one's own."""
        return self.action if isinstance(self.action, Action) else None


@dataclass
class Group:
    """Actions under one heading. ``url`` leads to the thing itself, where there is a page of it."""

    title: str
    url: str = ""
    lines: list[Line] = field(default_factory=list)


def owner_of(action: Action) -> str:
    """Who does it, in words. Call it with owner and team read along."""
    if action.owner:
        return action.owner.name
    return action.team.name if action.team else action.partner


def line(action: Action, today: date) -> Line:
    return Line(action, owner_of(action), signs(action.facts, today), action.objective_id)


def together(own: Iterable[Line], reported: Iterable[Line]) -> list[Line]:
    """One's own actions and those that members report, those due first at the top."""
    return sorted([*own, *reported], key=lambda each: (each.action.due_on, bool(each.member), each.action.pk))
