"""The supervisor with a stand-in for the web server, run as a program by test_embedded_supervisor.py."""

import os
import sys
import time
from pathlib import Path

from prevent_portal.embedded import services, supervisor
from prevent_portal.embedded.exceptions import ServiceError

WEB = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
WORKER = "import time; print('at work', flush=True); time.sleep(600)"
BROKEN = "import sys; sys.exit('No module named portal')"

if __name__ == "__main__":
    var_dir, port = Path(sys.argv[1]), int(sys.argv[2])
    web = BROKEN if sys.argv[3:] == ["broken"] else WEB
    children = [
        supervisor.Child("web", [sys.executable, "-c", web, str(port)]),
        supervisor.Child("worker", [sys.executable, "-c", WORKER]),
    ]
    try:
        supervisor.refuse_second_run(var_dir)
        supervisor.refuse_port_in_use(port)
        services.ensure_running(var_dir)
        sys.exit(supervisor.Supervisor(var_dir, port, os.environ, children).run(time.time()))
    except ServiceError as error:
        sys.exit(str(error))
