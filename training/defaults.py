"""Who is commonly asked for what, by sector: templates to begin a requirement with. A starting point, not law."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foundation.core.yaml_files import Entry, Problems, compose
from foundation.organisations.models import Employment
from foundation.organisations.roles import Role
from foundation.organisations.sectors import Sector
from training.course_files import CourseFilesError
from training.scope import Scope

FILE = Path(__file__).with_name("library") / "default_requirements.yaml"


@dataclass(frozen=True)
class Default:
    """One line of the matrix. ``course`` is the code of one of the portal's courses or of one from outside."""

    code: str
    sectors: tuple[str, ...]
    title: str
    course: str
    scope: Scope
    months: int | None
    target: int | None
    why: str


def for_sectors(sectors: Collection[str]) -> list[Default]:
    """The lines for an organisation of these sectors; all of them for one that named none."""
    return [each for each in read(FILE) if not sectors or set(each.sectors) & set(sectors)]


def find(code: str) -> Default | None:
    return next((each for each in read(FILE) if each.code == code), None)


@cache
def read(path: Path) -> tuple[Default, ...]:
    """Every line of the file, which does not change while the portal runs.

    Raises CourseFilesError with all problems.
    """
    problems = Problems()
    node = compose(path, path.name, problems)
    found: list[Default] = []
    if node is not None:
        file = Entry(node, path.name, problems, "requirements")
        for entry in file.entries("requirements", "code sectors title course why", "months target whom"):
            found.append(_default(entry, {each.code for each in found}))
    if lines := problems.lines():
        raise CourseFilesError(lines)
    return tuple(found)


def _default(entry: Entry, taken: Collection[str]) -> Default:
    code = entry.code()
    if code in taken:
        entry.report(f"the code {code!r} stands here twice", "code")
    return Default(
        code=code,
        sectors=tuple(entry.choices("sectors", Sector, "sector")),
        title=entry.text("title"),
        course=entry.code("course"),
        scope=_scope(entry.entry("whom", "", "staff_groups job_titles employments roles")),
        months=entry.whole("months", highest=120),
        target=entry.whole("target", highest=100),
        why=entry.text("why"),
    )


def _scope(whom: Entry | None) -> Scope:
    if whom is None:
        return Scope()
    return Scope(
        staff_groups=whom.texts("staff_groups"),
        job_titles=whom.texts("job_titles"),
        employments=tuple(map(str, whom.choices("employments", Employment, "employment"))),
        roles=tuple(map(str, whom.choices("roles", Role, "role"))),
    )
