from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from foundation import notifications
from foundation.core.acting import Acting, acting_as
from foundation.jobs.models import Job
from foundation.notifications import kinds
from foundation.notifications.models import Notice
from tests.conftest import NOW
from tests.foundation.jobs.conftest import ask  # noqa: F401 -- a job is something to be told about


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two groups with a kind each, which only tests know."""
    monkeypatch.setattr(kinds, "_groups", {})
    monkeypatch.setattr(kinds, "_kinds", {})
    notifications.group("tests", _("Tests"))
    notifications.group("others", _("Others"))
    notifications.kind("tests.job_ready", group="tests", text=_("Job %(reference)s is ready"), url_name="jobs:job")
    notifications.kind(
        "others.due", group="others", text=_("Something is due"), url_name="jobs:index", takes_reference=False
    )


@pytest.fixture
def tell(ask: Callable[..., Job]) -> Callable[..., Notice]:  # noqa: F811
    """``tell(acting)``: give that person a notice about a new job of theirs."""

    def make(acting: Acting, *, kind: str = "tests.job_ready", target: Job | None = None, **options: Any) -> Notice:
        target = target or ask(acting)
        with acting_as(acting):
            return notifications.notify(
                membership_id=acting.membership_id, kind=kind, target=target, by=acting, **{"now": NOW, **options}
            )

    return make
