"""A real worker or scheduler for the fault tests, with the kinds of job that only tests know.

``python -m tests.foundation.jobs.worker worker|beat …``
"""

import os
import sys
from datetime import timedelta


def main() -> None:
    import django

    django.setup()
    from foundation.jobs.actions import attempts
    from prevent_portal.celery import app
    from tests.foundation.jobs import handlers

    assert handlers
    if seconds := os.environ.get("LEASE_SECONDS"):
        attempts.LEASE = timedelta(seconds=int(seconds))
    if sys.argv[1] == "worker":
        app.worker_main([*sys.argv[1:], "--without-gossip", "--without-mingle", "--loglevel=INFO"])
    else:
        app.start(sys.argv[1:])


if __name__ == "__main__":
    main()
