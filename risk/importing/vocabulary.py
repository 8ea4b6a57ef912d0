"""Words for themes, ideologies, sources and responses in other registers, beside our own codes and labels."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import models

from risk.importing.fields import letters, listed
from risk.importing.words import Unfit
from risk.models.risks import Response, Source

THEMES = {
    "leadership": listed("leadership governance leadershipandmanagement leadershipandpartnership management"),
    "partnership": listed("partnership partnerships workinginpartnership partnershipworking informationsharing"),
    "training": listed("training stafftraining awareness trainingandawareness capabilities"),
    "referral": listed("referral referrals channel support safeguarding welfare pastoral"),
    "online": listed("online onlinesafety internet it ict itpolicy itpolicies onlineharms cyber"),
    "premises": listed(
        "premises venues venuehire roomhire events externalspeakers speakers visitors lettings speakersandevents "
        "externalspeakersandevents safeguardingschoolpremises prayerandfaithfacilities estates"
    ),
    "third_parties": listed("thirdparties funding contractors subcontractors grants commissioning suppliers"),
    "community": listed("community communitytension communitytensions communitycohesion cohesion tension"),
    "people": listed("people individuals residents pupils students learners outofschoolsettings"),
    "workforce": listed("workforce staff staffing volunteers hr humanresources recruitment"),
}

IDEOLOGIES = {
    "islamist": listed("islamist islamism islamistextremism alqaida alqaeda aq isis daesh isil"),
    "extreme_right_wing": listed(
        "extremerightwing extremeright farright rightwing erw xrw erwt rightwingextremism farrightextremism "
        "extremerightwingextremism"
    ),
    "other_ideology": listed("other otherideology leftwing farleft lasit animalrights anarchist environmental"),
    "mixed_unclear": listed("mixed unclear unstable muu mixedunstableorunclear mixedunclearunstable"),
    "conflicted": listed("conflicted"),
    "violence_no_ideology": listed("noideology violence fixatedonviolence massviolence schoolmassacre"),
}

ALL = frozenset({"all", "any", "allideologies", "allforms", "allformsofextremism"})
SOURCES = {
    Source.CTLP: listed("ctlp counterterrorismlocalprofile localprofile"),
    Source.INCIDENT: listed("incident incidents referral referrals casework"),
    Source.PARTNER: listed("partner partners partnerdata partnerinformation partnersinformation police council csp"),
    Source.NATIONAL: listed("national nationalpicture nationalrisk homeoffice government jtac media news"),
    Source.ASSURANCE: listed("assurance inspection audit ofsted review assuranceorinspection selfassessment"),
    Source.PROFESSIONAL: listed("professional professionaljudgement professionaljudgment judgement local staff"),
}

RESPONSES = {
    Response.TREAT: listed("treat reduce mitigate control manage"),
    Response.TOLERATE: listed("tolerate accept retain"),
    Response.TRANSFER: listed("transfer share insure"),
    Response.TERMINATE: listed("terminate avoid stop eliminate end"),
}
LONGEST_LIST = 500
DIVIDED = re.compile(r"[;\n]|\s+(?:and|&)\s+")
DIVIDED_MORE = re.compile(r"[;\n,/+]|\s+(?:and|&)\s+")


def theme(text: str, offered: Mapping[str, str]) -> str | None:
    """The code of a theme, or None for a word that is nobody's."""
    return _one(text, offered, THEMES)


def source(text: str) -> str:
    found = _one(text, _labels(Source), SOURCES)
    if found is None:
        raise Unfit("unknown_source")
    return found


def response(text: str) -> str:
    first = re.split(r"[:(–-]", text, maxsplit=1)[0]
    found = _one(text, _labels(Response), RESPONSES) or _one(first, _labels(Response), RESPONSES)
    if found is None:
        raise Unfit("unknown_response")
    return found


def ideologies(text: str, offered: Mapping[str, str]) -> list[str]:
    """The codes of all ideologies that a cell names, in the order of the list. Raises Unfit for one that is unknown."""
    if letters(text) in ALL:
        return list(offered)
    if letters(text) in ("none", "na", ""):
        return []
    if len(text) > LONGEST_LIST:
        raise Unfit("unknown_ideology")
    for pattern in (None, DIVIDED, DIVIDED_MORE):
        parts = [text] if pattern is None else [part for part in pattern.split(text) if part.strip()]
        found = [_one(part, offered, IDEOLOGIES) for part in parts]
        if None not in found:
            return [code for code in offered if code in found]
    raise Unfit("unknown_ideology")


def _labels(choices: type[models.TextChoices]) -> dict[str, str]:
    """The labels of choices by their codes."""
    return {str(code): str(label) for code, label in choices.choices}


def _one(text: str, offered: Mapping[str, str], others: Mapping[Any, tuple[str, ...]]) -> str | None:
    wanted = letters(text)
    for code, label in offered.items():
        if wanted in (letters(code), letters(str(label))):
            return code
    return next((str(code) for code, words in others.items() if wanted in words and code in offered), None)
