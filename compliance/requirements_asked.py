"""Tells the action plans what the duty asks, so that actions can be linked to it."""

from django.utils import timezone

from actionplans.asked import Asked
from compliance import queries
from foundation.core.acting import Acting


def requirements_asked(acting: Acting) -> list[Asked]:
    """What applies to the organisation today, in the duty's order; nothing for who may not read the duty."""
    if not acting.may("compliance.view"):
        return []
    lines = queries.register(acting, timezone.localdate(acting.at)).lines
    return [Asked(line.requirement_id, line.code, line.title) for line in lines if line.applies]
