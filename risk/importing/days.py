"""Days as registers write them. The day comes before the month, always."""

import re
from calendar import monthrange
from datetime import date, timedelta

from risk.importing.words import LONGEST, Unfit, Value, is_empty, plain

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?")
BRITISH = re.compile(r"(\d{1,2})\s?[./ -]\s?(\d{1,2})\s?[./ -]\s?(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
IN_WORDS = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ ./-]([a-z]{3,9})\.?,?[ ./-](\d{4}|\d{2})", re.IGNORECASE
)
MONTH_ONLY = re.compile(r"(?:end (?:of )?)?([a-z]{3,9})\.?[ ./-](\d{4}|\d{2})", re.IGNORECASE)
LIKE_A_DAY = re.compile(r"\d\s*[./-]\s*\d|^\d+$|\b\d{1,2}(?:st|nd|rd|th)?\b.*\b(?:19|20)\d\d\b", re.IGNORECASE)
FIRST_NUMBER, LAST_NUMBER = 36_526, 73_050  # 1 January 2000 and 31 December 2099 as a spreadsheet counts days
COUNTED_FROM = date(1899, 12, 30)


def day(value: Value) -> date | None:
    """The day that a cell names; None where it names none. Raises Unfit for what looks like a day and is not one.

    A month alone means its last day. A number is read as a spreadsheet counts days.
    """
    if is_empty(value):
        return None
    if isinstance(value, date):
        return _plausible(value.year, value.month, value.day)
    if isinstance(value, bool):
        raise Unfit("not_a_day")
    text = plain(value)
    if len(text) > LONGEST:
        return None
    if text.isdecimal() and FIRST_NUMBER <= int(text) <= LAST_NUMBER:
        return COUNTED_FROM + timedelta(days=int(text))
    if found := ISO.fullmatch(text):
        return _plausible(int(found[1]), int(found[2]), int(found[3]))
    if found := BRITISH.fullmatch(text):
        return _plausible(_year(found[3]), int(found[2]), int(found[1]))
    if (found := IN_WORDS.fullmatch(text)) and (month := MONTHS.get(found[2].lower())):
        return _plausible(_year(found[3]), month, int(found[1]))
    if (found := MONTH_ONLY.fullmatch(text)) and (month := MONTHS.get(found[1].lower())):
        year = _year(found[2])
        return _plausible(year, month, monthrange(year, month)[1])
    if LIKE_A_DAY.search(text):
        raise Unfit("not_a_day")
    return None


def says_no_day(value: Value) -> bool:
    """Whether a cell has words in it that stand in the place of a day, such as "ongoing" or "spring term"."""
    return not is_empty(value) and day(value) is None


def _year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written)


def _plausible(year: int, month: int, number: int) -> date:
    try:
        found = date(year, month, number)
    except ValueError:
        raise Unfit("not_a_day") from None
    if not 1990 <= year <= 2100:
        raise Unfit("not_a_day")
    return found
