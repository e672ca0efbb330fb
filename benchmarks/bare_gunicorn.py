"""How gunicorn hosts the bare view: with as many threads as the service, and with nothing else of its own."""

import runpy

wsgi_app = "benchmarks.bare_flask:app"
worker_class = "gthread"
threads = runpy.run_path("gunicorn.conf.py")["threads"]
control_socket_disable = True
