"""How the web server runs: sync workers, one per core, behind a proxy that buffers slow clients."""

import os

worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", "0")) or len(os.sched_getaffinity(0))
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 2000  # a slow leak never grows old
max_requests_jitter = 200
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- a nameless heartbeat file
control_socket_disable = True
accesslog = None  # the portal logs requests itself, with a request id and without personal values
errorlog = "-"
limit_request_line = 4094
limit_request_fields = 60
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
