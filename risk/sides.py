"""The versions of a register as the comparison reads them, and the comparison as the page shows it."""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from risk import queries, reference
from risk.comparison import WORDS, Change, Pair, Side
from risk.models import Assessment, Entry
from risk.models.risks import Response, Source, Strength
from risk.pictures import movement

MOVED = {Change.RAISED, Change.LOWERED}
TEXTS = ("title", "description", "cause", "at_risk", "places", "source_note", "management", "further_action")


def of(acting: Acting, assessment: Assessment) -> list[Side]:
    """What stands in an assessment. Two queries, however long it is."""
    themes, ideologies = reference.words()
    rows = queries.entries(acting, assessment).prefetch_related("controls").order_by("risk_id")
    return [
        Side(
            risk_id=entry.risk_id,
            reference=entry.risk.reference,
            code=entry.risk.code,
            title=entry.title,
            residual=queries.cell(entry, "residual"),
            fields=tuple(fields_of(entry, entry.controls.all(), themes, ideologies)),
            is_closed=_was_closed(entry, assessment),
        )
        for entry in rows
    ]


def fields_of(
    row: Any, controls: Iterable[Any], themes: dict[str, str], ideologies: dict[str, str]
) -> list[tuple[str, str]]:
    """Label and text of what people read of an entry or of one of its revisions."""
    labels = {field.name: str(field.verbose_name) for field in Entry._meta.fields}
    found = [(labels[name], getattr(row, name)) for name in TEXTS]
    found += [
        (labels["theme"], themes.get(row.theme, row.theme)),
        (labels["ideologies"], ", ".join(ideologies.get(code, code) for code in row.ideologies)),
        (labels["source"], str(Source(row.source).label)),
        (labels["response"], str(Response(row.response).label)),
        (_("owner"), row.owner.name if row.owner else ""),
        (labels["tolerated_until"], _day(row.tolerated_until)),
        (labels["target_on"], _day(row.target_on)),
        (labels["next_review_on"], _day(row.next_review_on)),
        (labels["last_reviewed_on"], _day(row.last_reviewed_on)),
        (_("inherent score"), _score(row, "inherent")),
        (_("current score"), _score(row, "residual")),
        (_("target score"), _score(row, "target")),
        (_("controls"), "\n".join(_control(each) for each in controls)),
    ]
    return found


def lines(pairs: Iterable[Pair], before: Assessment, after: Assessment) -> list[dict[str, Any]]:
    """What the page shows of each risk of a comparison."""
    found, current = [], _("current score")  # it has columns of its own
    for pair in pairs:
        words, colour = WORDS[pair.change]
        found.append(
            {
                "named": pair.named,
                "words": words,
                "colour": colour,
                "was": queries.filled_in(before.scale, pair.before.residual) if pair.before else "",
                "now": queries.filled_in(after.scale, pair.after.residual) if pair.after else "",
                "moved": movement(pair.before.residual, pair.after.residual)
                if pair.before and pair.after and pair.change in MOVED
                else "",
                "fields": [each for each in pair.changed_fields if each[0] != current],
            }
        )
    return found


def _was_closed(entry: Entry, assessment: Assessment) -> bool:
    """Whether the risk was closed while the assessment was written; what was closed later stood in it then."""
    closed_at = entry.risk.closed_at
    return closed_at is not None and (assessment.approved_at is None or closed_at <= assessment.approved_at)


def _control(control: Any) -> str:
    text, strength = (
        (control["text"], control["strength"]) if isinstance(control, dict) else (control.text, control.strength)
    )
    return f"{text} ({Strength(strength).label})"


def _score(row: Any, kind: str) -> str:
    cell = queries.cell(row, kind)
    return f"{cell[0] * cell[1]} ({cell[0]} × {cell[1]})" if cell else ""


def _day(value: Any) -> str:
    return date_format(value, "j F Y") if value else ""
