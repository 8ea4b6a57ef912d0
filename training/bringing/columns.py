"""Which column of a file of training means what: guessed from the headings, decided by the person."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.exceptions import RuleBroken


class Field(models.TextChoices):
    STAFF_NUMBER = "staff_number", gettext_lazy("Staff number")
    EMAIL = "email", gettext_lazy("E-mail address")
    COURSE = "course", gettext_lazy("Course")
    COMPLETED_ON = "completed_on", gettext_lazy("Day it was done")
    PROVIDER = "provider", gettext_lazy("Provider")
    NUMBER = "certificate", gettext_lazy("Certificate number")


WORDS: dict[Field, tuple[str, ...]] = {
    Field.STAFF_NUMBER: (
        "staffnumber", "staffno", "staffid", "employeenumber", "employeeno", "employeeid", "payrollnumber", "payrollno",
        "personnelnumber", "personnumber", "assignmentnumber", "empno", "empid", "esrnumber", "number",
    ),
    Field.EMAIL: ("email", "emailaddress", "workemail", "mail", "workemailaddress", "username", "ebost"),
    Field.COURSE: (
        "course", "coursename", "coursetitle", "competence", "competencename", "competency", "certificationname",
        "training", "trainingname", "title", "learningactivity", "activity", "activityname", "module", "cwrs",
    ),
    Field.COMPLETED_ON: (
        "completedon", "completiondate", "datecompleted", "completed", "datepassed", "passedon", "dateawarded",
        "awarddate", "achieveddate", "dateachieved", "datefrom", "startdate", "enddate", "date", "dyddiad",
    ),
    Field.PROVIDER: ("provider", "trainingprovider", "supplier", "deliveredby", "source", "darparwr"),
    Field.NUMBER: (
        "certificatenumber", "certificateno", "certificateid", "certificate", "certificatereference",
        "referencenumber", "reference",
    ),
}  # fmt: skip


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Field → position of the column whose heading says so. Each column is used once, each field at most once."""
    found: dict[str, int] = {}
    plain = [letters(heading) for heading in headings]
    for field, words in WORDS.items():
        positions = [
            at for word in words for at, heading in enumerate(plain) if heading == word and at not in found.values()
        ]
        if positions:
            found[field.value] = positions[0]
    return found


def check(columns: Mapping[str, int], headings: Sequence[str], *, has_course: bool) -> dict[str, int]:
    """The choice as it may be used. Raises RuleBroken where it would not say who did what when."""
    if set(columns) - set(Field.values) or any(not 0 <= at < len(headings) for at in columns.values()):
        raise RuleBroken(_("Choose among the columns of the file."))
    if len(set(columns.values())) < len(columns):
        raise RuleBroken(_("One column cannot mean two things. Choose another, or leave one out."))
    if not {Field.STAFF_NUMBER, Field.EMAIL} & columns.keys():
        raise RuleBroken(_("Choose the column with the staff number or the e-mail address: people are found by them."))
    if Field.COMPLETED_ON not in columns:
        raise RuleBroken(_("Choose the column with the day it was done."))
    if Field.COURSE not in columns and not has_course:
        raise RuleBroken(_("Choose the column with the course, or select the one course that all rows are about."))
    if Field.COURSE in columns and has_course:
        raise RuleBroken(_("Choose a column with the course, or one course for all rows. Not both."))
    return dict(columns)


def letters(heading: str) -> str:
    """A heading without capitals, signs, spaces and accents."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", heading).lower())
