"""What a column of a register may hold, and the headings that say so."""

import re
import unicodedata
from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    CODE = "code", _("Number or reference")
    TITLE = "title", _("Risk, in a few words")
    THEME = "theme", _("Theme")
    DESCRIPTION = "description", _("What could happen")
    CAUSE = "cause", _("Cause: the threat or hazard")
    AT_RISK = "at_risk", _("Who or what is at risk")
    PLACES = "places", _("Places and settings")
    IDEOLOGIES = "ideologies", _("Ideologies involved")
    SOURCE = "source", _("Source")
    SOURCE_NOTE = "source_note", _("About the source")
    INHERENT_LIKELIHOOD = "inherent_likelihood", _("Inherent likelihood")
    INHERENT_IMPACT = "inherent_impact", _("Inherent impact")
    INHERENT_SCORE = "inherent_score", _("Inherent score")
    CONTROLS = "controls", _("Existing controls")
    RESIDUAL_LIKELIHOOD = "residual_likelihood", _("Current likelihood")
    RESIDUAL_IMPACT = "residual_impact", _("Current impact")
    RESIDUAL_SCORE = "residual_score", _("Current score")
    FURTHER_ACTION = "further_action", _("Further action needed")
    TARGET_LIKELIHOOD = "target_likelihood", _("Target likelihood")
    TARGET_IMPACT = "target_impact", _("Target impact")
    TARGET_SCORE = "target_score", _("Target score")
    TARGET_ON = "target_on", _("To be reached or done by")
    RESPONSE = "response", _("Response")
    OWNER = "owner", _("Owner")
    LAST_REVIEWED_ON = "last_reviewed_on", _("Last reviewed")
    NEXT_REVIEW_ON = "next_review_on", _("Next review")


KINDS = ("inherent", "residual", "target")
SIDES = ("likelihood", "impact", "score")
SCORES = frozenset(f"{kind}_{side}" for kind in KINDS for side in SIDES)
DAYS = frozenset({Field.TARGET_ON, Field.LAST_REVIEWED_ON, Field.NEXT_REVIEW_ON})


def listed(words: str) -> tuple[str, ...]:
    """Words that stand in one line, as a tuple."""
    return tuple(words.split())


# Headings as letters only. An earlier word of a field is the better guess; words of others' registers stand with ours.
WORDS: dict[Field, tuple[str, ...]] = {
    Field.CODE: listed(
        "numberorreference reference referenceno referencenumber ref refno refnumber riskref riskreference riskid "
        "riskno risknumber no number id code riskcode item itemno"
    ),
    Field.TITLE: listed(
        "riskinafewwords risktitle title riskname nameofrisk risk risks risksidentified riskidentified "
        "riskorvulnerability riskvulnerability vulnerability identifiedrisk keyrisk riskdescription descriptionofrisk"
    ),
    Field.THEME: listed("theme category riskcategory risktheme riskarea area areaofrisk type risktype heading"),
    Field.DESCRIPTION: listed(
        "whatcouldhappen description riskdescription descriptionofrisk summary risksummary detail details riskdetail "
        "explanation"
    ),
    Field.CAUSE: listed("causethethreatorhazard cause causes hazard hazards threat threatorhazard trigger"),
    Field.AT_RISK: listed(
        "whoorwhatisatrisk whoisatrisk atrisk personsatrisk peopleatrisk whomightbeharmed whocouldbeharmed "
        "whomaybeharmed affected"
    ),
    Field.PLACES: listed("placesandsettings place places location locations site setting settings ward"),
    Field.IDEOLOGIES: listed("ideologiesinvolved ideology ideologies extremism typeofextremism"),
    Field.SOURCE: listed("source sourceofrisk risksource sourceofinformation howdoweknow"),
    Field.SOURCE_NOTE: listed("aboutthesource sourcenote sourcedetail"),
    Field.CONTROLS: listed(
        "existingcontrols controls currentcontrols controlsinplace existingcontrolmeasures controlmeasures "
        "existingmeasures measuresinplace existingmitigation mitigation mitigations mitigatingactions riskmanagement "
        "howisitmanagednow howitismanagednow currentmitigation keycontrols"
    ),
    Field.FURTHER_ACTION: listed(
        "furtheractionneeded furtheraction furtheractions furtheractionrequired furthercontrols additionalcontrols "
        "actionsrequired actionrequired proposedactions proposedaction actiontoaddress actiontoaddressrisk "
        "actionsneeded plannedactions actions action"
    ),
    Field.TARGET_ON: listed(
        "tobereachedordoneby dateforcompletion completiondate targetdate targetcompletiondate duedate deadline bywhen "
        "timescale completeby tobedoneby due when"
    ),
    Field.RESPONSE: listed("response riskresponse treatment risktreatment approach fourts 4ts"),
    Field.OWNER: listed(
        "owner riskowner leadofficer lead responsible responsibleperson personresponsible responsibleofficer "
        "leadperson riskmanager actionowner accountable bywhom who"
    ),
    Field.LAST_REVIEWED_ON: listed("lastreviewed lastreview lastreviewdate datereviewed reviewedon"),
    Field.NEXT_REVIEW_ON: listed("nextreview nextreviewdate reviewdate dateofnextreview reviewby nextreviewdue"),
}

# Where a register has no column that is plainly the risk, the first of these is the nearest.
NEAREST_TO_A_TITLE = (Field.CAUSE, Field.DESCRIPTION, Field.THEME)

KIND_WORDS = {
    "inherent": listed("inherent gross initial raw original uncontrolled unmitigated before pre"),
    "residual": listed("residual current net remaining mitigated after post revised present now"),
    "target": listed("target desired tolerable"),
}
SIDE_WORDS = {
    "likelihood": listed("likelihood likelyhood probability"),
    "impact": listed("impact severity consequence consequences"),
    "score": listed("score rating level total lxi lxs ixl sxl pxi"),
}
ONE_LETTER = {"l": "likelihood", "p": "likelihood", "i": "impact", "s": "impact", "c": "impact"}
FILLERS = listed("risk of a b x with existing controls the in place to 1 2 3 4 5 6 25")
KIND_KNOWN = frozenset(word for words in KIND_WORDS.values() for word in words)
KNOWN = KIND_KNOWN | {word for words in SIDE_WORDS.values() for word in words} | {*ONE_LETTER, *FILLERS}
SKIPPED = ("rag", "ragrating", "ragstatus", "colour")  # the portal works a colour out from the score


def letters(heading: str) -> str:
    """A heading as letters and figures only, so that "Risk Owner:" and "risk  owner" are one."""
    decomposed = unicodedata.normalize("NFKD", heading).lower()
    return re.sub(r"[^a-z0-9]", "", decomposed)


def words_of(heading: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", heading).lower())


def guess(headings: Sequence[str]) -> dict[int, str]:
    """Position of a column → its field, where the heading says so. No field is given to two columns."""
    found = _scores(headings)
    plain = [letters(heading) for heading in headings]
    for field, words in WORDS.items():
        for word in words:
            places = [at for at, heading in enumerate(plain) if heading == word and at not in found]
            if places:
                found[places[0]] = field.value
                break
    return _with_a_title(found)


def impact_first(heading: str) -> bool:
    """Whether a score like 4x3 under this heading names the impact before the likelihood."""
    words = words_of(heading)
    if {"ixl", "sxl"} & set(words):
        return True
    sides = [
        ONE_LETTER.get(word) or next((side for side in SIDES[:2] if word in SIDE_WORDS[side]), "") for word in words
    ]
    named = [side for side in sides if side]
    return "likelihood" in named and named[0] == "impact"


def _scores(headings: Sequence[str]) -> dict[int, str]:
    """Columns of scores. A register with one set of them, and no word for it, has them as they are now."""
    found: dict[int, str] = {}
    for at, heading in enumerate(headings):
        if letters(heading) in SKIPPED:
            continue
        words = words_of(heading)
        side = _side(words)
        if side is None:
            continue
        kind = next((kind for kind, known in KIND_WORDS.items() if set(words) & set(known)), "residual")
        field = f"{kind}_{side}"
        if field not in found.values():
            found[at] = field
    return found


def _side(words: list[str]) -> str | None:
    """The side of a score that a heading names; None for one that speaks of anything else."""
    said = set(words)
    if not said or said - KNOWN:
        return None
    named = [side for side in SIDES[:2] if said & set(SIDE_WORDS[side])]
    letters_named = {ONE_LETTER[word] for word in said & ONE_LETTER.keys()}
    if len(named) == 2 or said & set(SIDE_WORDS["score"]) or (len(letters_named) == 2 and not named):
        return "score"
    if named:
        return named[0]
    if letters_named and len(said) <= 3:
        return letters_named.pop()
    return "score" if said & KIND_KNOWN and "controls" not in said else None


def _with_a_title(found: dict[int, str]) -> dict[int, str]:
    if Field.TITLE in found.values():
        return found
    for field in NEAREST_TO_A_TITLE:
        for at, given in found.items():
            if given == field:
                return found | {at: Field.TITLE.value}
    return found
