"""Shape and wording of the risk room's forms. They validate and lay out; they save nothing."""

from risk.forms.assessments import AssessmentForm, CopyForm, NewAssessmentForm
from risk.forms.entries import (
    ControlForm,
    DescriptionForm,
    PromptsForm,
    ReasonForm,
    ResponseForm,
    ScoreForm,
    VersionForm,
)
from risk.forms.review import ApprovalForm, CommentForm, ContributorForm, SendForm
from risk.forms.settings import SettingsForm
from risk.forms.sharing import ShareRiskForm

__all__ = [
    "ApprovalForm",
    "AssessmentForm",
    "CommentForm",
    "ContributorForm",
    "ControlForm",
    "CopyForm",
    "DescriptionForm",
    "NewAssessmentForm",
    "PromptsForm",
    "ReasonForm",
    "ResponseForm",
    "ScoreForm",
    "SendForm",
    "SettingsForm",
    "ShareRiskForm",
    "VersionForm",
]
