"""What hangs together with one row of the library: rows to read beside it, rows it answers, rows it replaced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.library_memory import Library, Link
from compliance.models import Requirement
from compliance.readiness import Line
from compliance.register import Register


@dataclass(frozen=True)
class Related:
    """The row at the other end of a link. ``line`` is where the organisation stands, if it is asked this row today."""

    code: str
    title: str
    framework_title: str
    in_force_from: date
    in_force_to: date | None
    mark: str = ""
    note: str = ""
    line: Line | None = None


@dataclass(frozen=True)
class Links:
    """The links of one kind, in words."""

    title: str | Promise
    hint: str | Promise
    rows: tuple[Related, ...]
    shows_dates: bool = False

    @cached_property
    def asked(self) -> list[Related]:
        """Those that this organisation is asked today."""
        return [row for row in self.rows if row.line is not None]

    @property
    def others(self) -> int:
        """How many are asked of others alone."""
        return len(self.rows) - len(self.asked)


@dataclass(frozen=True)
class Relations:
    """All links of one row, by kind."""

    answers: Links
    answered_by: Links
    see_also: Links
    replaces: Links
    replaced_by: Links

    @property
    def present(self) -> list[Links]:
        """Every kind of link that the row has."""
        kinds = (self.answers, self.answered_by, self.see_also, self.replaces, self.replaced_by)
        return [links for links in kinds if links.rows]

    @property
    def present_here(self) -> list[Links]:
        """The same, less what concerns only organisations of another kind."""
        return [links for links in self.present if links.asked or links.shows_dates]


def relations_of(requirement: Requirement, register: Register, library: Library) -> Relations:
    """What hangs together with a row, with the states of one register. No query. Nothing for a row of our own."""
    return _in_words(library.links.get(requirement.pk, ()), register)


def _in_words(links: Iterable[Link], register: Register) -> Relations:
    lines = {line.requirement_id: line for line in register.lines}

    def rows(kind: str) -> tuple[Related, ...]:
        return tuple(_related((link for link in links if link.kind == kind), lines))

    return Relations(
        answers=Links(_("Also answers"), _("Your answer here counts for these too."), rows("answers")),
        answered_by=Links(
            _("Is answered by"), _("A more specific requirement asks the same question."), rows("answered_by")
        ),
        see_also=Links(_("See also"), _("Worth reading beside this one. Each has its own answer."), rows("see_also")),
        replaces=Links(_("Replaces"), _("What an earlier edition asked instead."), rows("replaces"), shows_dates=True),
        replaced_by=Links(
            _("Was replaced by"), _("What a later edition asks instead."), rows("replaced_by"), shows_dates=True
        ),
    )


def _related(links: Iterable[Link], lines: dict[int, Line]) -> Iterable[Related]:
    seen = set()
    for link in sorted(links, key=lambda link: (link.other.position, link.other.pk)):
        row = link.other
        if row.pk in seen:  # two rows may name each other
            continue
        seen.add(row.pk)
        yield Related(
            code=row.code,
            title=row.title,
            framework_title=row.framework.title if row.framework else "",
            in_force_from=row.in_force_from,
            in_force_to=row.in_force_to,
            mark=link.mark,
            note=link.note,
            line=lines.get(row.pk),
        )
