"""Answers as people gave them."""

from datetime import datetime
from typing import Any

from compliance import actions
from compliance.models import Answer, ComplianceReport, Requirement
from foundation.core.acting import Acting, acting_as
from tests.conftest import NOW


def give_answer(by: Acting, requirement: Requirement, *, now: datetime = NOW, **fields: Any) -> Answer:
    """An answer of ``by`` to a requirement, on top of whatever stands."""
    with acting_as(by):
        standing = Answer.objects.visible_to(by).filter(requirement=requirement).first()
        fields = {"status": "met", "version": standing.version if standing else 0} | fields
        return actions.answer(requirement_id=requirement.pk, by=by, now=now, **fields)


def ask_for_report(by: Acting, *, now: datetime = NOW, **fields: Any) -> ComplianceReport:
    """A report asked for by ``by`` and not made yet; of the whole duty, as at the day of ``now``."""
    wanted = {"theme_code": "", "as_at": now.date(), "marking": "official", "with_evidence": True} | fields
    with acting_as(by):
        return actions.request_report(by=by, now=now, **wanted)
