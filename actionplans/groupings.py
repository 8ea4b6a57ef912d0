"""Headings that a new plan may begin with. A plan copies them: people then reword, add and leave out."""

from functools import cache
from pathlib import Path

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _

LIBRARY = Path(__file__).parent / "library" / "groupings.yaml"


class Grouping(models.TextChoices):
    """Under what a plan's actions stand."""

    OBJECTIVES = "objectives", _("The objectives of Prevent and one across them")
    BENCHMARKS = "benchmarks", _("The eight benchmarks for councils")
    OWN = "own", _("Our own objectives")


@cache
def headings() -> dict[str, list[str]]:
    """The headings of each grouping, in order. ``own`` has none."""
    read = yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))
    return {
        grouping: [row["title"] for row in read.get(grouping, {}).get("headings", [])] for grouping in Grouping.values
    }
