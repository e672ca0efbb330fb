"""How gunicorn hosts the bare view: with the worker and the threads of the service, and nothing else of its own."""

import runpy

service = runpy.run_path("gunicorn.conf.py")
wsgi_app = "benchmarks.bare_flask:app"
worker_class = service["Worker"]
threads = service["threads"]
control_socket_disable = True
