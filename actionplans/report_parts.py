"""A report of a plan cut into parts, since the engine takes time and memory by what it draws."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from actionplans import quarterly
from actionplans.lines import Line
from actionplans.models import DueChange, Progress
from actionplans.report_content import PlanContent
from foundation.documents.chapters import Chapter, Part, in_parts_of, one_row

TEMPLATE = "actionplans/pdf/report.html"
QUARTERLY_TEMPLATE = "actionplans/pdf/quarterly.html"
MOST_ROWS_IN_ONE = 900  # a report that is no longer is drawn in one piece
ROWS_OF_AN_ACTION = 6  # told in full, without its notes


def parts_of(content: PlanContent) -> list[Part]:
    """A short report in one part. A long one in many: what comes before the actions, then these."""
    template = QUARTERLY_TEMPLATE if content.quarter else TEMPLATE
    chapters = list(_of_quarter(content.quarter) if content.quarter else _of_plan(content))
    whole = Part(template, _context(content))
    if sum(chapter.weight for chapter in chapters) <= MOST_ROWS_IN_ONE:
        return [whole]
    return [whole, *in_parts_of("actionplans/pdf/part.html", {**whole.context, "template": template}, chapters)]


def _context(content: PlanContent) -> Mapping[str, object]:
    chapters = [(group.title, [(line, *content.noted(line)) for line in group.lines]) for group in content.groups]
    return {"content": content, "chapters": chapters, "quarter": content.quarter}


def _of_plan(content: PlanContent) -> Iterator[Chapter]:
    """What a short report tells after its summary, in the same order."""
    fine = "" if content.late else _("No open action is late or drifting.")
    yield Chapter(_("What is late or drifting"), "actionplans/pdf/late.html", content.late, fine)
    table, weigh = ("told", _weight_of_action) if content.is_full else ("listed", one_row)
    for group in content.groups:
        title, rows = group.title or _("Under no objective"), [(line, *content.noted(line)) for line in group.lines]
        yield Chapter(title, f"actionplans/pdf/{table}.html", rows, "" if rows else _("No action."), weigh)


def _weight_of_action(row: tuple[Line, list[Progress], list[DueChange]]) -> int:
    _line, notes, moves = row
    return ROWS_OF_AN_ACTION + len(notes) + len(moves)


def _of_quarter(quarter: quarterly.Content) -> Iterator[Chapter]:
    def chapter(title: str, table: str, rows: list, nothing: str) -> Chapter:
        return Chapter(title, f"actionplans/pdf/{table}.html", rows, "" if rows else nothing)

    fine = _("No open action is late, drifting, at risk or off track.")
    yield chapter(_("What needs attention"), "pressing", quarter.pressing, fine)
    yield chapter(_("Due dates that moved"), "moved", quarter.moved, _("No due date moved."))
    yield chapter(_("What was achieved"), "done", quarter.done, _("No action was done in the quarter."))
    if quarter.risks is not None:
        same = _("The current score of no linked risk changed in the quarter.")
        yield chapter(_("How risks moved"), "risks", quarter.risks, same)
