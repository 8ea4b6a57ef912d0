class UnknownJob(LookupError):  # noqa: N818 -- says what happened, as RuleBroken does
    """Nobody handles a job of this name: a misspelling, or the app is not installed."""


class JobCancelled(Exception):  # noqa: N818 -- says what happened, as RuleBroken does
    """The person who asked for the job no longer wants it. Let it pass: the runner marks the job cancelled."""


class LeaseLost(Exception):  # noqa: N818 -- says what happened, as RuleBroken does
    """This worker was too slow to say that it lives, so the job is somebody else's now. Nothing more may be written."""
