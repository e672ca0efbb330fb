"""SendyStack Contacts: the contact list of a WhatsApp broadcast platform.

Only `create_app` imports the service. So gunicorn's master can load `sendy_contacts.server`, and another service
`sendy_contacts.messages`, without Flask or a database driver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__version__ = "1.0.0"


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Return the app, configured from `environ` or the process's environment; see `app.create_app`."""
    from .app import create_app as create

    return create(environ)
