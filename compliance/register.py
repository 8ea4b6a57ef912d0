"""The register of one day and its summaries, in figures and in words. Touches no database."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import Outline, Theme
from compliance.models.library import CountsAs
from compliance.readiness import ORDER, Flag, Line


@dataclass(frozen=True)
class Standing:
    """One point of a trend: of ``total`` requirements that counted on a day, how many were ready or had any answer."""

    on: date
    total: int
    ready: int
    assessed: int


@dataclass(frozen=True)
class Register:
    """The register on one day."""

    on: date
    lines: tuple[Line, ...]
    themes: tuple[Theme, ...]
    outlines: tuple[Outline, ...] = ()

    @cached_property
    def counted(self) -> list[Line]:
        return [line for line in self.lines if line.is_counted]

    @cached_property
    def standing(self) -> Standing:
        whole = self.whole
        return Standing(self.on, whole.total, whole.ready, whole.total - whole.counts[CountsAs.NOTHING])

    @cached_property
    def by_theme(self) -> "list[ThemeSummary]":
        """One summary for each theme that asks something of this organisation."""
        found = (
            ThemeSummary(theme, [line for line in self.lines if line.theme_code == theme.code], self.on)
            for theme in self.themes
        )
        return [summary for summary in found if summary.lines]

    @cached_property
    def whole(self) -> "ThemeSummary":
        return ThemeSummary(None, list(self.lines), self.on)

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.code == code), None)


@dataclass(frozen=True)
class ThemeSummary:
    """How ready a theme (or, with ``theme`` None, the whole duty) is, in figures and in words."""

    theme: Theme | None
    lines: list[Line]
    on: date

    @cached_property
    def counted(self) -> list[Line]:
        return [line for line in self.lines if line.is_counted]

    @property
    def total(self) -> int:
        return len(self.counted)

    @cached_property
    def ready(self) -> int:
        return sum(line.is_ready for line in self.counted)

    @cached_property
    def does_not_apply(self) -> int:
        return sum(not line.applies for line in self.lines)

    @cached_property
    def counts(self) -> dict[CountsAs, int]:
        """How many requirements stand at each state, worst first."""
        found = Counter(line.counts_as for line in self.counted)
        return {state: found[state] for state in ORDER}

    @cached_property
    def good_but_expired(self) -> dict[CountsAs, int]:
        """Of the good answers, how many rest on evidence that has expired: they are not ready."""
        found = Counter(line.counts_as for line in self.counted if Flag.EVIDENCE_EXPIRED in line.flags)
        return {state: found[state] for state in (CountsAs.MET, CountsAs.EXCEEDED)}

    def flagged(self, flag: Flag) -> int:
        return sum(flag in line.flags for line in self.counted)

    @cached_property
    def expired(self) -> int:
        return self.flagged(Flag.EVIDENCE_EXPIRED)

    @cached_property
    def stale(self) -> int:
        return self.flagged(Flag.STALE)

    @cached_property
    def overdue(self) -> int:
        return self.flagged(Flag.REVIEW_OVERDUE)

    @cached_property
    def next_date(self) -> date | None:
        """The next thing that falls due: a review, or evidence that expires."""
        dates = [line.next_review_on for line in self.counted if line.next_review_on]
        dates += [item.expires_on for line in self.counted for item in line.evidence if item.expires_on]
        return min((day for day in dates if day >= self.on), default=None)

    @cached_property
    def state(self) -> tuple[str, str]:
        """One word for the theme, and the colour of its tag."""
        if not self.counted or self.counts[CountsAs.NOTHING] == self.total:
            return _("Not started"), "grey"
        if self.ready == self.total:
            return _("Ready"), "green"
        if self.counts[CountsAs.NOT_MET] or self.expired:
            return _("Needs attention"), "red"
        return _("In hand"), "blue"

    @cached_property
    def reason(self) -> str:
        """Why the theme stands where it does, in a sentence."""
        parts = [_("%(ready)s of %(total)s ready.") % {"ready": self.ready, "total": self.total}]
        not_met, nothing = self.counts[CountsAs.NOT_MET], self.counts[CountsAs.NOTHING]
        if not_met:
            parts.append(_("%(count)s not met.") % {"count": not_met})
        if self.counts[CountsAs.PARTLY_MET]:
            parts.append(_("%(count)s partly met.") % {"count": self.counts[CountsAs.PARTLY_MET]})
        if nothing:
            parts.append(_("%(count)s not assessed.") % {"count": nothing})
        if self.expired:
            parts.append(
                ngettext("Evidence for %(count)s has expired.", "Evidence for %(count)s has expired.", self.expired)
                % {"count": self.expired}
            )
        if self.overdue:
            parts.append(
                ngettext("%(count)s review is overdue.", "%(count)s reviews are overdue.", self.overdue)
                % {"count": self.overdue}
            )
        return " ".join(parts)
