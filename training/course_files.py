"""Reads the folder of courses into what courses say. Reads nothing else and writes nothing.

See training/library/README.md for the format.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from foundation.core.marks import Mark
from foundation.core.yaml_files import Entry, Problems, compose
from foundation.organisations.sectors import Sector
from training import course_checks, course_markdown
from training.content import FROM_COURSE, LONGEST_WAIT, Check, Content, Module, Option, Page, Question, Source, Video
from training.models import Course, Level

FORMAT = b"1"  # raise it when the same files are to be read differently: then all are read again
ABOUT = "course.yaml"
MODULES = "modules"

_COURSE_KEYS = "code title summary for_whom level minutes pass_mark before sectors reviewed_on review_due_on sources"
_LONGEST_TITLE = Course._meta.get_field("title").max_length or 0


class CourseFilesError(Exception):
    """The courses cannot be used; ``problems`` lists every reason as ``file:line: reason``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class CourseFile:
    """A course as its files say it. ``expires_earlier``: who did an earlier version is to do this one again."""

    code: str
    content: Content
    expires_earlier: bool


@dataclass
class _Names:
    """What may stand once in a course, and where: pages by slug, questions by code."""

    sectors: tuple[str, ...]
    pages: dict[str, Entry] = field(default_factory=dict)
    questions: dict[str, Entry] = field(default_factory=dict)
    all_read: bool = True


def hashes(folder: Path) -> dict[str, str]:
    """A hash of the files of each course, by its code: what tells a loader that there is nothing to read."""
    return {course.name: _hash(course) for course in sorted(folder.glob("*")) if course.is_dir()}


def read_courses(folder: Path) -> tuple[CourseFile, ...]:
    """Read and check every course.

    Raises CourseFilesError with all problems of all courses; then none can be used.
    """
    problems = Problems()
    paths = sorted(folder.glob("*"))
    codes = frozenset(path.name for path in paths if path.is_dir())
    if not codes:
        problems.add(folder.name, 1, "there are no courses in this folder")
    found = []
    for path in paths:
        if not path.is_dir():
            problems.add(path.name, 1, "only folders of courses stand here")
        elif course := _course(path, codes, problems):
            found.append(course)
    if lines := problems.lines():
        raise CourseFilesError(lines)
    return tuple(found)


def _hash(course: Path) -> str:
    digest = hashlib.sha256(FORMAT)
    for path in sorted(path for path in course.rglob("*") if path.is_file()):
        digest.update(f"\n{path.relative_to(course)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _course(folder: Path, codes: frozenset[str], problems: Problems) -> CourseFile | None:
    file = f"{folder.name}/{ABOUT}"
    for path in folder.glob("*"):
        if path.name not in (ABOUT, MODULES):
            problems.add(f"{folder.name}/{path.name}", 1, f"a course is {ABOUT} and a folder {MODULES}")
    node = compose(folder / ABOUT, file, problems)
    about = Entry(node, file, problems, _COURSE_KEYS, "expires_earlier") if node else None
    if about is None or not about.is_mapping:
        return None
    code = about.code()
    if code and code != folder.name:
        about.report(f"the code {code!r} is not the name of the folder", "code")
    names = _Names(about.all_known("sectors", Sector.values, "sector"))
    content = Content(
        title=_title(about),
        summary=about.text("summary"),
        for_whom=about.text("for_whom"),
        level=about.known("level", Level.values, "level"),
        minutes=_whole(about, "minutes", 1, 240),
        pass_mark=_whole(about, "pass_mark", 1, 100),
        modules=tuple(_modules(folder, names, problems)),
        sectors=names.sectors,
        before=about.all_known("before", codes - {code}, "course"),
        sources=_sources(about),
        reviewed_on=about.day("reviewed_on"),
        review_due_on=about.day("review_due_on"),
    )
    _check_dates(about, content)
    if names.all_read:  # otherwise what is missing may stand in a module that cannot be read
        _check_versions(about, content, names)
    return CourseFile(code, content, about.flag("expires_earlier"))


def _title(entry: Entry) -> str:
    title = entry.text("title")
    if len(title) > _LONGEST_TITLE:
        entry.report(f"the title has {len(title)} characters; the limit is {_LONGEST_TITLE}", "title")
    return title


def _whole(entry: Entry, key: str, lowest: int, highest: int) -> int:
    entry.must(key)
    return entry.whole(key, lowest=lowest, highest=highest) or lowest


def _sources(about: Entry) -> tuple[Source, ...]:
    sources = []
    for entry in about.entries("sources", "title mark", "address note"):
        address = entry.optional_text("address")
        if address and (wrong := course_checks.address_reason(address)):
            entry.report(wrong, "address")
        mark = entry.choice("mark", Mark, "mark")
        sources.append(Source(entry.text("title"), mark.value, address, entry.optional_text("note")))
    if not sources:
        about.report("a course names at least one source", "sources")
    return tuple(sources)


def _check_dates(about: Entry, content: Content) -> None:
    for key in ("reviewed_on", "review_due_on"):
        about.must(key)
    if content.reviewed_on and content.review_due_on and content.review_due_on <= content.reviewed_on:
        about.report("the next review is due after the last one", "review_due_on")


def _modules(folder: Path, names: _Names, problems: Problems) -> Iterator[Module]:
    paths = sorted((folder / MODULES).glob("*"))
    if not paths:
        problems.add(f"{folder.name}/{MODULES}", 1, "there are no modules in this folder")
    for path in paths:
        file = f"{folder.name}/{MODULES}/{path.name}"
        if path.suffix != ".yaml" or not path.name[:2].isdecimal():
            problems.add(file, 1, "a module's file is named like 01-what-to-do.yaml")
            continue
        node = compose(path, file, problems)
        entry = Entry(node, file, problems, "title pages", "questions") if node else None
        if entry is None or not entry.is_mapping:
            names.all_read = False
        else:
            yield _module(entry, names)


def _module(entry: Entry, names: _Names) -> Module:
    pages = tuple(
        _page(page, names)
        for page in entry.entries("pages", "slug title", "for least_seconds body scenario video check")
    )
    if not pages:
        entry.report("a module has at least one page", "pages")
    questions = tuple(
        _question(each, _once(each, "code", names.questions), names.sectors)
        for each in entry.entries("questions", "code text options", "choose for")
    )
    return Module(_title(entry), pages, questions)


def _page(entry: Entry, names: _Names) -> Page:
    slug = _once(entry, "slug", names.pages)
    if sum(entry.has(key) for key in ("body", "scenario", "video", "check")) != 1:
        entry.report("a page has one of body, scenario, video and check")
    body, question, check, video = _markdown(entry, "body"), None, None, None
    if scenario := entry.entry("scenario", "story question options", "choose"):
        body = _markdown(scenario, "story")
        question = _question(scenario, slug, (), text="question")
    if asked := entry.entry("check", "draw", "from"):
        draw = _whole(asked, "draw", 1, 50)
        bank = asked.known("from", (FROM_COURSE,), "bank") if asked.has("from") else ""
        check = Check(draw, from_course=bank == FROM_COURSE)
    if seen := entry.entry("video", "address transcript", "caption"):
        video = _video(seen)
    least = entry.whole("least_seconds", lowest=0, highest=LONGEST_WAIT) or 0
    return Page(slug, _title(entry), body, question, check, _sectors(entry, names.sectors), least, video)


def _video(entry: Entry) -> Video:
    address = entry.text("address")
    if address and (wrong := course_checks.address_reason(address)):
        entry.report(wrong, "address")
    entry.must("transcript")
    return Video(address, _markdown(entry, "transcript"), entry.optional_text("caption"))


def _markdown(entry: Entry, key: str) -> str:
    text = entry.optional_text(key)
    for line, reason in course_markdown.problems(text):
        entry.problems.add(entry.file, entry.line_of(key, line), reason)
    return text


def _question(entry: Entry, code: str, sectors: tuple[str, ...], *, text: str = "text") -> Question:
    options = tuple(
        Option(option.text("text"), option.flag("right"), option.text("why"))
        for option in entry.entries("options", "text right why")
    )
    several = entry.has("choose")
    if several:
        entry.known("choose", ("several",), "way to choose")
    question = Question(code, entry.text(text), options, several, _sectors(entry, sectors))
    for reason in course_checks.of_options(question):
        entry.report(reason, "options")
    return question


def _sectors(entry: Entry, sectors: tuple[str, ...]) -> tuple[str, ...]:
    return entry.all_known("for", sectors, "version of this course", at_least=1)


def _once(entry: Entry, key: str, names: dict[str, Entry]) -> str:
    name = entry.code(key)
    if name in names:
        entry.report(f"the {key} {name!r} is used twice in this course", key)
    elif name:
        names[name] = entry
    return name


def _check_versions(about: Entry, content: Content, names: _Names) -> None:
    for problem in course_checks.of_versions(content):
        if not problem.page:
            about.report(problem.reason)
        elif problem.page in names.pages:
            names.pages[problem.page].report(problem.reason, problem.field)
