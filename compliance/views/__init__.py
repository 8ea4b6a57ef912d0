from compliance.views.answers import answer, assure, history, link_evidence, unlink_evidence
from compliance.views.customising import add_requirement, change_requirement, settings, withdraw_requirement
from compliance.views.reading import overview, register, requirement

__all__ = [
    "add_requirement",
    "answer",
    "assure",
    "change_requirement",
    "history",
    "link_evidence",
    "overview",
    "register",
    "requirement",
    "settings",
    "unlink_evidence",
    "withdraw_requirement",
]
