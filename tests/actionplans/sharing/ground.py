"""What the tests of reporting and gathering share."""

from actionplans.models.sharing import FACTS
from tests.conftest import acting_of, make_membership


def lead_of(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


def facts_of(row):
    return {name: getattr(row, name) for name in FACTS}
