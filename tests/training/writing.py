"""A folder with one small course in it, to be changed line by line."""

import shutil
from pathlib import Path

SMALL = Path(__file__).parent / "small_courses"
ABOUT = "small/course.yaml"
FIRST = "small/modules/01-what-to-do.yaml"
LAST = "small/modules/02-final-check.yaml"


class Courses:
    """A copy of the small course that a test may write in."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(SMALL, folder / "courses"))

    def change(self, file: str, old: str, new: str) -> None:
        """Put other words where these stand, once."""
        path = self.folder / file
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new))

    def add(self, code: str) -> None:
        """A second course like the first, under another code."""
        shutil.copytree(self.folder / "small", self.folder / code)
        self.change(f"{code}/course.yaml", "code: small", f"code: {code}")

    def remove(self, code: str) -> None:
        shutil.rmtree(self.folder / code)
