class UnknownJob(LookupError):
    """Nobody handles a job of this name: a misspelling, or the app is not installed."""


class JobCancelled(Exception):
    """The person who asked for the job no longer wants it. Let it pass: the runner marks the job cancelled."""


class LeaseLost(Exception):
    """This worker was too slow to say that it lives, so the job is somebody else's now. Nothing more may be written."""
