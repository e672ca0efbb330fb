"""gunicorn's settings for the bare Flask app: the worker and the number of threads of the service."""

import runpy

service = runpy.run_path("gunicorn.conf.py")
wsgi_app = "benchmarks.bare_flask:app"
worker_class = service["Worker"]
threads = service["threads"]
control_socket_disable = True
