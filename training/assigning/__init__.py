"""Works out from posts, rules and records what each person is asked and how they stand. Idempotent; see ADR 41."""

from training.assigning.facts import Pair
from training.assigning.work import CHUNK, all_people, note_changed, work_out

__all__ = ["CHUNK", "Pair", "all_people", "note_changed", "work_out"]
