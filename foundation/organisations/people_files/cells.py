"""Cells of other files about people, read by the same rules as those of a file of people."""

from foundation.organisations.people_files.cleaning import Unfit
from foundation.organisations.people_files.cleaning import _check_email as check_email
from foundation.organisations.people_files.cleaning import _day as day_of
from foundation.organisations.people_files.cleaning import _text as text_of

__all__ = ["Unfit", "check_email", "day_of", "text_of"]
