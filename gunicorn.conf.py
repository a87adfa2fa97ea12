"""The web server of a real deployment, behind a proxy that buffers slow clients."""

import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client import multiprocess

# The figures of all processes together; they begin anew with the server.
METRICS = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", f"{tempfile.gettempdir()}/kam-metrics-{os.getpid()}"))
METRICS.mkdir(parents=True, exist_ok=True)

PORT = os.environ.get("PORT", "8000")
bind = f"{os.environ.get('HOST', '0.0.0.0')}:{PORT}"  # noqa: S104 - the proxy is another host
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
accesslog = None
errorlog = "-"


def child_exit(server, worker):
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    shutil.rmtree(METRICS, ignore_errors=True)
