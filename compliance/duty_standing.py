"""Tells the action plans how the duty stands, for the report on a quarter."""

from datetime import date

from actionplans.duty import DutyStanding, ThemeStanding
from compliance import queries
from foundation.core.acting import Acting


def duty_standing(acting: Acting, before: date, on: date) -> DutyStanding | None:
    """Each theme that asks something, on two days; nothing for who may not read the duty."""
    if not acting.may("compliance.view"):
        return None
    earlier, now = queries.registers(acting, [before, on])
    were_ready = {summary.theme.code: summary.ready for summary in earlier.by_theme if summary.theme}
    themes = [
        ThemeStanding(
            title=summary.theme.title,
            total=summary.total,
            ready_before=were_ready.get(summary.theme.code, 0),
            ready=summary.ready,
            state=summary.state[0],
            reason=summary.reason,
        )
        for summary in now.by_theme
        if summary.theme and summary.total
    ]
    return DutyStanding(before, on, themes) if themes else None
