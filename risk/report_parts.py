"""A report of an assessment cut into parts, since the engine takes time and memory by the row of a table."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from foundation.core.templatetags.portal import day
from foundation.documents.chapters import Chapter, Part, in_parts_of
from risk.reports import Line, RiskContent

MOST_ROWS_IN_ONE = 900  # some 60 risks told in full: a report that is no longer is drawn in one piece
ROWS_OF_A_RISK = 14  # in its two tables


def parts_of(template: str, content: RiskContent) -> list[Part]:
    """A short report in one part. A long one in many: what comes before the long tables, then these."""
    whole, chapters = Part(template, {"content": content}), list(_chapters(content))
    if sum(chapter.weight for chapter in chapters) <= MOST_ROWS_IN_ONE:
        return [whole]
    return [whole, *in_parts_of("risk/pdf/part.html", whole.context, chapters)]


def _weight_of_risk(line: Line) -> int:
    """In rows of a table: those of its own tables, and what is listed below them."""
    return ROWS_OF_A_RISK + len(line.controls) + len(line.reasons) + len(line.recommendations)


def _chapters(content: RiskContent) -> Iterator[Chapter]:
    """What a short report tells after its summary, in the same order."""
    nothing = "" if content.lines else _("No open risk stands in this version.")
    if not content.is_scored:
        yield Chapter(_("Risks and how they are managed"), "risk/pdf/managed.html", content.lines, nothing)
    yield Chapter(_("What changed"), "risk/pdf/changes.html", content.changes, _what_changed(content))
    if content.closed:
        yield Chapter(_("Closed risks"), "risk/pdf/closed.html", content.closed)
    if content.checked:
        fine = "" if content.wrong else _("The checks found nothing to put right.")
        yield Chapter(_("Checks outstanding"), "risk/pdf/outstanding.html", content.wrong, fine)
    if content.is_full:
        yield Chapter(_("Every risk"), "risk/pdf/risks.html", content.lines, nothing, _weight_of_risk)


def _what_changed(content: RiskContent) -> str:
    if content.earlier is None:
        return _("No version was approved before this one, so there is nothing to compare it with.")
    compared = _("Compared with %(title)s, approved on %(day)s.") % {
        "title": content.earlier.title,
        "day": day(content.earlier.approved_at),
    }
    return compared if content.changes else f"{compared} {_('No risk differs.')}"
