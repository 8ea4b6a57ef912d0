"""What tests of a learner's pages read and send."""

import re

from foundation.core.acting import acting_as
from tests.factories.learning import chosen


def words(response) -> str:
    """What a person reads, without markup."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)).replace("&#x27;", "'")


def cells(response) -> str:
    """The same with a space wherever there is a tag, as between the cells of a table."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")


def at(attempt, page="") -> str:
    return f"/training/learning/{attempt.reference}/{page}{'/' if page else ''}"


def posted(learner, attempt, page, number=1, option=0) -> dict:
    picked = chosen(learner, attempt, page, number, option)
    return {"number": str(number)} | {f"answer-{code}": [str(each) for each in row] for code, row in picked.items()}


def rows(learner, model):
    with acting_as(learner):
        return list(model.objects.visible_to(learner))
