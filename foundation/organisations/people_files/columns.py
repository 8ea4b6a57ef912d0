"""Which column of a file means what: guessed from the headings, decided by the person."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.exceptions import RuleBroken


class Field(models.TextChoices):
    NAME = "name", gettext_lazy("Name")
    FIRST_NAME = "first_name", gettext_lazy("First name")
    LAST_NAME = "last_name", gettext_lazy("Last name")
    STAFF_NUMBER = "staff_number", gettext_lazy("Staff number")
    EMAIL = "email", gettext_lazy("E-mail address")
    TEAM = "team", gettext_lazy("Team")
    JOB_TITLE = "job_title", gettext_lazy("Job title")
    STAFF_GROUP = "staff_group", gettext_lazy("Staff group")
    EMPLOYMENT = "employment", gettext_lazy("Employment")
    LINE_MANAGER = "line_manager", gettext_lazy("Line manager's staff number or e-mail address")
    STARTS_ON = "starts_on", gettext_lazy("First day")
    ENDS_ON = "ends_on", gettext_lazy("Last day")
    EXTERNAL_ID = "external_id", gettext_lazy("ID at your identity provider")


WORDS: dict[Field, tuple[str, ...]] = {
    Field.NAME: ("name", "fullname", "displayname", "employeename", "staffname", "personname", "enw"),
    Field.FIRST_NAME: ("firstname", "forename", "givenname", "knownas", "preferredname", "firstnames", "forenames"),
    Field.LAST_NAME: ("lastname", "surname", "familyname"),
    Field.STAFF_NUMBER: (
        "staffnumber", "staffno", "staffid", "employeenumber", "employeeno", "employeeid", "payrollnumber", "payrollno",
        "personnelnumber", "personnumber", "assignmentnumber", "empno", "empid", "number", "esrnumber",
    ),
    Field.EMAIL: ("email", "emailaddress", "workemail", "mail", "workemailaddress", "ebost"),
    Field.TEAM: ("team", "department", "dept", "service", "directorate", "division", "faculty", "ward", "orgunit"),
    Field.JOB_TITLE: ("jobtitle", "job", "position", "positiontitle", "role", "post", "posttitle", "occupation"),
    Field.STAFF_GROUP: ("staffgroup", "staffgrouping", "occupationalgroup", "jobfamily", "workforcegroup"),
    Field.EMPLOYMENT: (
        "employment", "employmenttype", "employmentcategory", "employmentstatus", "employeecategory",
        "assignmentcategory", "assignmenttype", "contracttype", "typeofcontract", "workertype",
    ),
    Field.LINE_MANAGER: (
        "linemanagersstaffnumberoremailaddress", "linemanagerstaffnumber", "linemanagernumber", "linemanagerid",
        "linemanageremployeenumber", "linemanageremail", "linemanageremailaddress", "manageremployeenumber",
        "managernumber", "managerid", "manageremail", "supervisoremployeenumber", "supervisornumber",
        "supervisorassignmentnumber", "linemanager", "manager", "supervisor", "reportsto",
    ),
    Field.STARTS_ON: ("firstday", "startdate", "start", "startson", "hiredate", "datestarted", "dateofjoining"),
    Field.ENDS_ON: ("lastday", "enddate", "end", "endson", "leavingdate", "leavedate", "dateleft", "terminationdate"),
    Field.EXTERNAL_ID: ("externalid", "oid", "objectid", "subject", "sub", "userid", "upnid", "identityproviderid"),
}  # fmt: skip


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Field → position of the column whose heading says so. Each column is used once, each field at most once."""
    found: dict[str, int] = {}
    plain = [_letters(heading) for heading in headings]
    for field, words in WORDS.items():
        for word in words:
            positions = [at for at, heading in enumerate(plain) if heading == word and at not in found.values()]
            if positions:
                found[field.value] = positions[0]
                break
    if Field.NAME in found and (Field.FIRST_NAME in found and Field.LAST_NAME in found):
        del found[Field.NAME.value]
    return found


def check(columns: Mapping[str, int], headings: Sequence[str]) -> dict[str, int]:
    """The choice as it may be used. Raises RuleBroken when a person could not be named or found again."""
    unknown = set(columns) - set(Field.values)
    if unknown or any(not 0 <= at < len(headings) for at in columns.values()):
        raise RuleBroken(_("Choose among the columns of the file."))
    if len(set(columns.values())) < len(columns):
        raise RuleBroken(_("One column cannot mean two things. Choose another, or leave one out."))
    if Field.NAME not in columns and not {Field.FIRST_NAME, Field.LAST_NAME} <= columns.keys():
        raise RuleBroken(_("Choose the column with the name, or those with the first and the last name."))
    if not {Field.STAFF_NUMBER, Field.EMAIL} & columns.keys():
        raise RuleBroken(_("Choose the column with the staff number or the e-mail address: people are found by them."))
    return dict(columns)


def _letters(heading: str) -> str:
    decomposed = unicodedata.normalize("NFKD", heading).lower()
    return re.sub(r"[^a-z0-9]", "", decomposed)
