"""Kinds of job that only tests ask for. Each effect is one ledger event, which nobody can take back or count twice."""

import os
import signal
import time

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.faults import fault

EFFECT = "tests.effect"


def effect(job: jobs.JobContext, acting: Acting, **facts: object) -> None:
    ledger.record(EFFECT, actor=acting, at=job.now(), job=job.reference, attempt=job.attempt, **facts)


@jobs.handler("tests.once", limit_seconds=30, title="Do it once")
def once(job: jobs.JobContext, **_later: object) -> None:
    with job.step() as acting:
        effect(job, acting)
        job.finish(label="See it", url_name="jobs:job", reference=job.reference)


@jobs.handler(
    "tests.steps", permission="compliance.report", limit_seconds=120, messages={"part": "Part %(done)s of %(total)s"}
)
def steps(job: jobs.JobContext, *, parts: int, seconds: int = 0, **_later: object) -> None:
    for part in range(parts):
        job.progress(part, parts, "part")
        time.sleep(seconds)
        fault("tests.between_steps")
    with job.step() as acting:
        effect(job, acting)
        job.finish(label="See it", url_name="jobs:job", reference=job.reference)
        fault("tests.before_commit")


@jobs.handler("tests.dies_first", limit_seconds=30)
def dies_first(job: jobs.JobContext, *, times: int, **_later: object) -> None:
    if job.attempt <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    with job.step() as acting:
        effect(job, acting)


@jobs.handler("tests.fails", limit_seconds=30)
def fails(job: jobs.JobContext, *, times: int, **_later: object) -> None:
    with job.step() as acting:
        effect(job, acting)
        if job.attempt <= times:
            raise ZeroDivisionError("secret text of a person")


@jobs.handler("tests.refuses", limit_seconds=30)
def refuses(job: jobs.JobContext, **_later: object) -> None:
    with job.step() as acting:
        effect(job, acting)
        raise RuleBroken("The organisation has closed.")


@jobs.handler("tests.sleeps", limit_seconds=2)
def sleeps(job: jobs.JobContext, *, seconds: int, **_later: object) -> None:
    time.sleep(seconds)


@jobs.handler("tests.deaf", limit_seconds=1)
def deaf(job: jobs.JobContext, **_later: object) -> None:
    while True:
        try:
            time.sleep(60)
        except Exception:  # deaf to the polite request to stop
            continue


@jobs.handler("tests.long", limit_seconds=600)
def long(job: jobs.JobContext, *, seconds: int = 0, **_later: object) -> None:
    time.sleep(seconds)
    with job.step() as acting:
        effect(job, acting)


@jobs.handler("tests.arguments", limit_seconds=30)
def given_arguments(job: jobs.JobContext, **ids: object) -> None:
    with job.step() as acting:
        effect(job, acting, **{name: repr(value) for name, value in ids.items()})


@jobs.handler("tests.replaced", limit_seconds=30, still_wanted=lambda acting, job: False)
def replaced(job: jobs.JobContext, **_later: object) -> None:
    with job.step() as acting:
        effect(job, acting)
