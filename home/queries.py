"""What the start page shows, gathered from the rooms below."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from actionplans import queries as actionplans
from actionplans.lines import Line as ActionLine
from audit import queries as audit
from compliance import queries as compliance
from compliance.readiness import Line
from compliance.register import Register
from foundation.core.acting import Acting
from foundation.jobs.queries import Latest, latest
from foundation.organisations import attention
from foundation.organisations import queries as organisations
from risk import tasks_queries
from risk.tasks_queries import MyTask
from training import queries as training
from training.progress import Progress
from training.queries import Offered
from training.seeing import own
from training.seeing.own import Own


@dataclass(frozen=True)
class Start:
    """The start page of one person. A part is None or empty where their roles do not include it."""

    today: date
    register: Register | None = None
    mine: list[Line] = field(default_factory=list)
    tasks: list[MyTask] = field(default_factory=list)
    recent: list[audit.Recent] = field(default_factory=list)
    jobs: list[Latest] = field(default_factory=list)
    setup: list[organisations.SetupStep] = field(default_factory=list)
    manages_people: bool = False
    concerns: list[attention.Concern] = field(default_factory=list)
    runs_training: bool = False
    may_assess: bool = False
    actions: list[ActionLine] = field(default_factory=list)
    overdue: int = 0
    drifting: int = 0
    learning: list[Progress] = field(default_factory=list)
    courses: list[Offered] = field(default_factory=list)
    asked: list[Own] = field(default_factory=list)


def start(acting: Acting) -> Start:
    """Everything the start page needs, in a fixed number of queries."""
    today = timezone.localdate(acting.at)
    register = compliance.register(acting, today) if acting.may("compliance.view") else None
    overdue, drifting = actionplans.attention(acting, today)
    asked = own.pressing(acting)
    learning, courses = _training(acting, choose=not asked) if register is None else ([], [])
    return Start(
        today=today,
        register=register,
        mine=_mine(acting, register),
        tasks=tasks_queries.my_tasks(acting),
        recent=audit.recent(acting),
        jobs=latest(acting),
        setup=_first_hour(acting),
        manages_people=acting.may("people.manage"),
        concerns=attention.concerns(acting),
        runs_training=acting.may("training.manage"),
        may_assess=acting.may("compliance.assess"),
        actions=actionplans.mine(acting, today),
        overdue=overdue,
        drifting=drifting,
        learning=learning,
        courses=courses,
        asked=asked,
    )


def _first_hour(acting: Acting) -> list[organisations.SetupStep]:
    """The steps of a new organisation, until all of them are done."""
    if not acting.may("organisation.manage"):
        return []
    steps = organisations.setup_progress(acting)
    return [] if all(step.is_done for step in steps) else steps


def _training(acting: Acting, *, choose: bool) -> tuple[list[Progress], list[Offered]]:
    """What somebody of the staff is on the way through; to ``choose`` from, courses that they have not done yet."""
    under_way = training.progress_of_all(list(training.open_attempts(acting)), with_replies=False)
    return under_way, [each for each in training.offered(acting) if each.done_on is None][:3] if choose else []


def _mine(acting: Acting, register: Register | None) -> list[Line]:
    """Requirements this person owns and that want something done, soonest review first."""
    if register is None:
        return []
    own = [line for line in register.lines if line.owner_id == acting.membership_id and line.is_counted]
    pressing = [line for line in own if not line.is_ready or line.pressing_flags]
    return sorted(pressing, key=lambda line: (line.next_review_on or date.max, line.code))[:10]
