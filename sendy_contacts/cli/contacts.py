"""flask contacts."""

from flask.cli import AppGroup

contacts = AppGroup("contacts", help="Import, export and change contacts.")
