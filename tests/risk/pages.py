"""Addresses and answers that tests of the risk room's pages share."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def of(entry, page=""):
    return f"/risk/assessments/{entry.assessment.reference}/risks/{entry.risk.reference}/{page}"


def empty_day(name):
    return {f"{name}_{n}": "" for n in range(3)}


def queries_of(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)
