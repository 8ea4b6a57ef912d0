"""What the portal says about a row of a register: codes that are kept with it, and the sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Each says what is wrong and what to do. %(allowed)s are the values that may stand there.
PROBLEMS: Mapping[str, str | Promise] = {
    "no_title": _(
        "The risk has no title. Write it in a few words; if the row belongs to the risk above, join the two."
    ),
    "code_too_long": _("A number or reference may have up to 20 characters. Shorten it."),
    "too_long": _("The text is longer than 5,000 characters. Shorten it."),
    "unknown_step": _("This is no step of the matrix. Write a number, or one of: %(allowed)s."),
    "outside_the_matrix": _("The matrix of the assessment has no such score. Write a step from it: %(allowed)s."),
    "day_for_a_score": _(
        "A day stands here. Spreadsheets make days of what looks like one, such as 4/5: write it anew."
    ),
    "half_a_score": _(
        "Likelihood and impact belong together, and one of them is missing. Fill it in or empty the other."
    ),
    "not_a_day": _("This is not a day like 27/03/2027, 27 March 2027 or 2027-03-27. The day comes before the month."),
    "unknown_ideology": _("The portal does not know this ideology. Write one or more of: %(allowed)s."),
    "unknown_source": _("The portal does not know this source. Write one of: %(allowed)s."),
    "unknown_response": _("The portal does not know this response. Write one of: %(allowed)s."),
    "formula_without_value": _(
        "The cell has a formula and no result. Open the file, let it calculate, and save it again."
    ),
    "error_value": _("The spreadsheet could not work this cell out. Put it right or empty it."),
    "merged_rows_differ": _("The rows of one merged risk say different things here. Keep one of them."),
    "code_twice": _("Another row has the same number or reference. Give this one another."),
    "title_twice": _("Another row has the same title, and no number tells them apart. Give both a number."),
    "there_already": _("This risk is in the register already, and you chose to stop at such rows."),
    "closed": _("A risk with this number was closed. Open it again first, or give the row another number."),
    "taken_out": _("A risk with this number was taken out of this assessment. Give the row another number."),
}
WARNINGS: Mapping[str, str | Promise] = {
    "unknown_owner": _("Nobody here today has exactly this name or e-mail address. It comes in without an owner."),
    "several_owners": _("Several people have this name. It comes in without an owner."),
    "unknown_theme": _("The portal does not know this theme. The risk gets the one you chose."),
    "title_shortened": _("The title is longer than 200 characters. It is shortened; all of it begins the description."),
    "places_shortened": _("The places are longer than 300 characters, so they go into the description."),
    "score_not_plain": _("Several pairs of likelihood and impact have this score. It comes in without: score it here."),
    "score_in_words": _("A word for a whole score names no likelihood and impact. It comes in without: score it here."),
    "score_differs": _("Likelihood times impact gives another score. Likelihood and impact count."),
    "control_divided": _("A control is longer than 500 characters. It is divided."),
    "no_day": _("This names no day. The day stays empty."),
    "scores_not_asked": _("This assessment is written without scores. They are left out."),
}  # fmt: skip
SAYS = {**PROBLEMS, **WARNINGS}


@dataclass(frozen=True)
class Remark:
    """About one cell of a row: which field, what was read there, and a code of PROBLEMS or WARNINGS."""

    field: str
    read: str
    code: str

    @property
    def refuses(self) -> bool:
        return self.code in PROBLEMS

    def as_plain(self) -> list[str]:
        return [self.field, self.read[:120], self.code]
