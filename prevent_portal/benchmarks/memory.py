"""How much memory processes hold, as Linux counts it. All figures are in MB."""

import threading
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
SECONDS_BETWEEN_LOOKS = 0.1
FORGET_THE_PEAK = "5"


def resident(pid: int) -> float:
    """What a process holds now."""
    return _field(pid, "VmRSS")


def growth_of(pid: int, doing: Callable[[], object]) -> float:
    """How far a process of ours rose above where it stood, while it did something."""
    (PROC / str(pid) / "clear_refs").write_text(FORGET_THE_PEAK)
    before = resident(pid)
    doing()
    return max(0.0, _field(pid, "VmHWM") - before)


def largest_child(doing: Callable[[], object]) -> float:
    """The peak of the largest of this process's children, while doing something."""
    largest, done = 0.0, threading.Event()

    def look() -> None:
        nonlocal largest
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            largest = max([largest, *(_field(pid, "VmHWM") for pid in children())])

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        doing()
    finally:
        done.set()
        watcher.join()
    return largest


def children(pid: int | str = "self") -> list[int]:
    """The processes that a process started and that still run."""
    found: list[int] = []
    for thread in (PROC / str(pid) / "task").iterdir():
        found += [int(number) for number in (thread / "children").read_text().split()]
    return found


def _field(pid: int | str, name: str) -> float:
    """0 for a process that has just ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)
