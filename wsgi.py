"""The app that gunicorn and the `flask` command load."""

import sys

from sendy_contacts import create_app
from sendy_contacts.config import ConfigurationError
from sendy_contacts.database.connection import UnsupportedDatabase

try:
    app = create_app()
except (ConfigurationError, UnsupportedDatabase) as error:
    sys.exit(str(error))
