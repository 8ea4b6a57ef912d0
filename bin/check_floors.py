"""Compare what is installed with requirements/floors.txt. Needs no network; exits 1 and names each breach."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

FLOORS = Path(__file__).resolve().parent.parent / "requirements" / "floors.txt"


def breaches(lines: list[str]) -> list[str]:
    """One sentence for every line of a floors file that the installed packages do not meet."""
    found = []
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        floor = Requirement(text)
        try:
            installed = version(floor.name)
        except PackageNotFoundError:
            found.append(f"{floor.name} is not installed. Remove its line if we no longer use it.")
            continue
        if not floor.specifier.contains(installed, prereleases=True):
            found.append(f"{floor.name} {installed} is installed; {floor.specifier} is needed.")
    return found


if __name__ == "__main__":
    wrong = breaches(FLOORS.read_text().splitlines())
    for sentence in wrong:
        sys.stderr.write(sentence + "\n")
    sys.exit(1 if wrong else 0)
