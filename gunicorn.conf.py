"""How gunicorn hosts the service. PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS are gunicorn's own variables."""

import sys

from sendy_contacts.database import db, pending_migrations

wsgi_app = "wsgi:app"
worker_class = "gthread"
threads = 8
timeout = 60
control_socket_disable = True


def on_starting(_server):
    """Refuse to start on a schema that this release doesn't fit."""
    from wsgi import app  # noqa: F401 - opens the database, or says why it can't

    try:
        with db.connection_context():
            pending = pending_migrations()
        db.close_all()
    except Exception as error:
        sys.exit(f"SendyStack Contacts can't start: the database can't be opened ({type(error).__name__}).")
    if pending:
        names = ", ".join(pending)
        sys.exit(f"SendyStack Contacts can't start: migrations are pending ({names}). Run: flask db upgrade")
