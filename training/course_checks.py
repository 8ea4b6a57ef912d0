"""What must hold before anybody takes a course. The files of the portal and an author's own courses ask the same.

Each reason is a clause, as it follows the name of a file; ``Problem.sentence`` makes a sentence of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training import course_markdown
from training.content import PLACE, Content, Module, Page, Question


@dataclass(frozen=True)
class Problem:
    """What keeps a course from being published: on a page, in a question of a bank, or (neither) about the course.

    ``field`` is the name of what is to be changed in the form of the page, question or course.
    """

    field: str
    reason: str
    page: str = ""
    question: str = ""

    @property
    def sentence(self) -> str:
        return f"{capfirst(self.reason)}."


def address_reason(address: str) -> str:
    """Why a link of a course is refused, or nothing."""
    if not address.startswith("https://"):
        return _("an address begins with https://, and “%(address)s” does not") % {"address": address}
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.username is None and not any(map(str.isspace, address))
    except ValueError:
        is_whole = False
    return "" if is_whole else _("the address “%(address)s” is not a whole one") % {"address": address}


def of_options(question: Question) -> Iterator[str]:
    """What is wrong with the options of a question."""
    right = len(question.right)
    if right == 0:
        yield _("none of the options is right")
    if right == len(question.options) and question.options:
        yield _("none of the options is wrong")
    if right > 1 and not question.several:
        yield _("more than one option is right, but only one can be chosen")
    if len({option.text for option in question.options}) < len(question.options):
        yield _("two options say the same")


def of_versions(content: Content) -> Iterator[Problem]:
    """What must hold in each version: every check finds its questions, and the last page is the check that decides."""
    if not any(module.questions for module in content.modules):
        yield Problem("questions", _("the course has no question"))
    for sector in (*content.sectors, ""):
        version = content.for_sector(sector)
        yield from _of_version(version, _which(content, sector))


def _which(content: Content, sector: str) -> str:
    if not content.sectors:
        return ""
    return _("for %(sector)s") % {"sector": sector} if sector else _("for no sector")


def _of_version(version: Content, name: str) -> Iterator[Problem]:
    final = version.final_check
    if final is None:
        subject = _("the version %(name)s") % {"name": name} if name else _("the course")
        yield Problem("final_check", _("%(subject)s has no final check") % {"subject": subject})
    elif final != version.pages[-1]:
        yield Problem("check", _("the final check is not the last page"), final.slug)
    for page in version.pages:
        if page.check and (held := len(version.bank(page))) < page.check.draw:
            bank = _("the version %(name)s has") % {"name": name} if name else _("there are")
            draw = page.check.draw
            reason = ngettext(
                "draws %(draw)s question, but %(bank)s %(held)s",
                "draws %(draw)s questions, but %(bank)s %(held)s",
                draw,
            )
            yield Problem("check", reason % {"draw": draw, "bank": bank, "held": held}, page.slug)


def before_publishing(content: Content, closed: Mapping[str, str], *, today: date) -> list[Problem]:
    """Everything that keeps an author's course from being published, in the order in which it is read.

    ``closed``: why the file of a picture cannot be opened, by its reference.
    """
    return [
        *_about(content, today),
        *(problem for module in content.modules for problem in _of_module(module, closed)),
        *of_versions(content),
    ]


def _about(content: Content, today: date) -> Iterator[Problem]:
    for field, value, reason in (
        ("title", content.title, _("the course has no title")),
        ("summary", content.summary, _("nothing says what the course is about")),
        ("reviewed_on", content.reviewed_on, _("nothing says when the course was last reviewed")),
    ):
        if not value:
            yield Problem(field, reason)
    if not 1 <= content.pass_mark <= 100:
        yield Problem("pass_mark", _("the pass mark is a percentage from 1 to 100"))
    if not 1 <= content.minutes <= 240:
        yield Problem("minutes", _("the course takes from 1 to 240 minutes"))
    if content.reviewed_on and content.reviewed_on > today:
        yield Problem("reviewed_on", _("the course was last reviewed on a day that is still to come"))
    if content.reviewed_on and content.review_due_on and content.review_due_on <= content.reviewed_on:
        yield Problem("review_due_on", _("the next review is due after the last one"))
    for source in content.sources:
        if source.address and (wrong := address_reason(source.address)):
            yield Problem("sources", wrong)


def _of_module(module: Module, closed: Mapping[str, str]) -> Iterator[Problem]:
    if not module.title:
        yield Problem("modules", _("a part of the course has no title"))
    if not module.pages:
        yield Problem("modules", _("the part “%(title)s” has no page") % {"title": module.title})
    for page in module.pages:
        for field, reason in _of_page(page, closed):
            yield Problem(field, reason, page.slug)
    for question in module.questions:
        for field, reason in _of_question(question):
            yield Problem(field, reason, question=question.code)


def _of_page(page: Page, closed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not page.title.strip():
        yield "title", _("the page has no title")
    if page.kind == "text" and not page.body.strip() and not page.pictures:
        yield "body", _("the page is empty")
    if page.kind == "scenario" and not page.body.strip():
        yield "body", _("the scenario has no story")
    yield from _of_text("body", page.body)
    if page.video:
        if wrong := address_reason(page.video.address):
            yield "address", wrong if page.video.address else _("the video has no address")
        if not page.video.transcript.strip():
            yield "transcript", _("the video has no transcript")
        yield from _of_text("transcript", page.video.transcript)
    if page.question:
        yield from (("question" if field == "text" else field, reason) for field, reason in _of_question(page.question))
    there = {picture.number for picture in page.pictures}
    for number in dict.fromkeys(int(match[1]) for match in PLACE.finditer(page.body)):
        if number not in there:
            yield "body", _("the text names picture %(number)s, which is not on this page") % {"number": number}
    for picture in page.pictures:
        if not picture.alt.strip():
            yield "pictures", _("picture %(number)s has no text that stands for it") % {"number": picture.number}
        if why := closed.get(picture.file):
            yield "pictures", _("picture %(number)s: %(why)s") % {"number": picture.number, "why": why.rstrip(".")}


def _of_question(question: Question) -> Iterator[tuple[str, str]]:
    if not question.text.strip():
        yield "text", _("the question has no text")
    for reason in of_options(question):
        yield "options", reason
    for place, option in enumerate(question.options, 1):
        if not option.text.strip():
            yield "options", _("option %(place)s has no text") % {"place": place}
        if not option.why.strip():
            yield "options", _("option %(place)s does not say why it is right or wrong") % {"place": place}


def _of_text(field: str, text: str) -> Iterator[tuple[str, str]]:
    for line, reason in dict.fromkeys(course_markdown.problems(text)):
        yield field, _("line %(line)s: %(reason)s") % {"line": line + 1, "reason": reason}
