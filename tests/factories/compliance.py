"""Answers as people gave them."""

from datetime import datetime
from typing import Any

from compliance import actions
from compliance.models import Answer, Requirement
from foundation.core.acting import Acting, acting_as
from tests.conftest import NOW


def give_answer(by: Acting, requirement: Requirement, *, now: datetime = NOW, **fields: Any) -> Answer:
    """An answer of ``by`` to a requirement, on top of whatever stands."""
    with acting_as(by):
        standing = Answer.objects.visible_to(by).filter(requirement=requirement).first()
        fields = {"status": "met", "version": standing.version if standing else 0} | fields
        return actions.answer(requirement_id=requirement.pk, by=by, now=now, **fields)
