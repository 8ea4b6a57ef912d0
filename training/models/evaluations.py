"""What people who came to a session say of it. Managers read it without names, and only once enough have answered."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from training.models.sessions import Place, TaughtSession

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class Rating(models.IntegerChoices):
    AGREE_STRONGLY = 5, _("Agree strongly")
    AGREE = 4, _("Agree")
    NEITHER = 3, _("Neither agree nor disagree")
    DISAGREE = 2, _("Disagree")
    DISAGREE_STRONGLY = 1, _("Disagree strongly")


QUESTIONS = {
    "useful": _("It was useful for my work"),
    "clear": _("It was clear and easy to follow"),
    "confident": _("I would know what to do with a concern"),
}


class EvaluationQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """One's own; all of them for who runs training. Pages show figures of them alone (training.evaluation)."""
        rows = super().visible_to(acting)
        return rows if acting.may("training.manage") else rows.filter(place__membership=acting.membership_id)


def rating_field(label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, choices=Rating)


class Evaluation(OrganisationRow):
    """One person's view of a session they came to: given once, never changed. When is not kept: it could tell who."""

    session = models.ForeignKey(TaughtSession, on_delete=models.PROTECT, related_name="evaluations")
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="evaluation")
    useful = rating_field(QUESTIONS["useful"])
    clear = rating_field(QUESTIONS["clear"])
    confident = rating_field(QUESTIONS["confident"])
    words = models.TextField(_("what they say"), max_length=1000, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="evaluation_ratings_are_choices",
                condition=Q(useful__gte=1, useful__lte=5, clear__gte=1, clear__lte=5)
                & Q(confident__gte=1, confident__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
