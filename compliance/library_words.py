"""The library's codes in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

KINDS = {
    "act": _("Act of Parliament"),
    "statutory_guidance": _("Statutory guidance"),
    "statutory_framework": _("Statutory framework"),
    "non_statutory": _("Guidance or tool, not statutory"),
    "regulator": _("Regulator's document"),
    "contract": _("Contract or funding terms"),
    "data_collection": _("Data collection"),
    "inspection": _("Inspection or audit"),
    "official_statement": _("Official statement"),
    "secondary_source": _("Secondary source"),
}
NATIONS = {
    "england": _("England"),
    "wales": _("Wales"),
    "scotland": _("Scotland"),
    "northern_ireland": _("Northern Ireland"),
}


def nations_in_words(codes: Iterable[str]) -> str:
    """England, Wales: in the order of the library."""
    known = set(codes)
    return ", ".join(str(label) for code, label in NATIONS.items() if code in known)


def kind_in_words(code: str) -> str:
    return str(KINDS.get(code, code))
